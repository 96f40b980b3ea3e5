"""Random causal games, and a reference that enumerates every history: slow and obvious."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from quandary.base import Array
from quandary.game import Behaviour, Chance, Decision, Diagram, Table, Utility


def random_diagram(
    rng: np.random.Generator,
    *,
    variables: int = 6,
    players: int = 2,
    worlds: int = 1,
    decisions: float = 0.5,
    arcs: float = 0.4,
    utilities: int = 4,
    barred: float = 0.0,
    scale: float = 1.0,
) -> Diagram:
    """Return a random game with generic (dense) tables, at least one decision and 2 or 3 states a
    variable."""
    made: list[Chance | Decision] = []
    for i in range(variables):
        parents = tuple(v.name for v in made if rng.random() < arcs)
        states = tuple(f"s{k}" for k in range(rng.integers(2, 4)))
        if rng.random() < decisions or (i == variables - 1 and not any(isinstance(v, Decision) for v in made)):
            made.append(Decision(f"v{i}", states, f"p{rng.integers(players)}", parents))
        else:
            made.append(Chance(f"v{i}", states, parents))
    sizes = {v.name: len(v.states) for v in made}
    tables = {}
    allowed = {}
    for v in made:
        shape = [sizes[p] for p in v.parents]
        if isinstance(v, Chance):
            values = rng.dirichlet(np.ones(sizes[v.name]), size=(*shape, worlds))
            tables[v.name] = Table((*v.parents, v.name), np.moveaxis(values, -1, -2).copy())
        elif rng.random() < barred:
            open_to = (rng.random((*shape, sizes[v.name], 1)) < 0.6).astype(float)
            open_to[..., 0, :] = np.maximum(open_to[..., 0, :], 1 - open_to.max(axis=-2))
            allowed[v.name] = Table((*v.parents, v.name), open_to)
    stakes = []
    for i in range(utilities):
        axes = tuple(n for n in sizes if rng.random() < 2.0 / variables) or (made[-1].name,)
        values = scale * rng.normal(size=(*[sizes[a] for a in axes], worlds))
        stakes.append(Utility(f"u{i}", f"p{rng.integers(players)}", Table(axes, values)))
    precision = {f"p{k}": np.full(1, 1.0) for k in range(players)}
    return Diagram(tuple(made), tables, tuple(stakes), precision, worlds, allowed)


def random_behaviour(rng: np.random.Generator, diagram: Diagram) -> dict[str, Table]:
    """Return random rules with full support on the allowed options."""
    rules = {}
    for d in diagram.decisions:
        axes = (*d.parents, d.name)
        shape = [diagram.cardinality(a) for a in axes]
        values = rng.uniform(0.1, 1.0, size=(*shape, 1)) * allowed_over(diagram, d)
        rules[d.name] = Table(axes, values / values.sum(axis=-2, keepdims=True))
    return rules


def allowed_over(diagram: Diagram, decision: Decision) -> Array:
    """Return 0/1 over ``(*parents, decision)``."""
    axes = (*decision.parents, decision.name)
    shape = [diagram.cardinality(a) for a in axes]
    table = diagram.allowed.get(decision.name)
    return np.broadcast_to(1.0 if table is None else table.over(axes), (*shape, 1))


def joint(diagram: Diagram, behaviour: Behaviour) -> Array:
    """Return the probability of every history: one axis per variable in order of time, worlds last."""
    names = tuple(v.name for v in diagram.variables)
    product = np.ones((*(len(v.states) for v in diagram.variables), diagram.worlds))
    for v in diagram.variables:
        table = diagram.tables[v.name] if isinstance(v, Chance) else behaviour[v.name]
        product = product * table.over(names)
    return product


def payoff(diagram: Diagram, player: str) -> Array:
    """Return the player's payoff after every history, with the same axes."""
    names = tuple(v.name for v in diagram.variables)
    total = np.zeros((*(len(v.states) for v in diagram.variables), diagram.worlds))
    for u in diagram.utilities:
        if u.player == player:
            total = total + u.table.over(names)
    return total


def summed_to(diagram: Diagram, over_histories: Array, axes: tuple[str, ...]) -> Array:
    """Return the sum over all variables but ``axes``, which come out in that order."""
    names = [v.name for v in diagram.variables]
    summed = over_histories.sum(axis=tuple(i for i, n in enumerate(names) if n not in axes))
    order = sorted(axes, key=names.index)
    return np.transpose(summed, [*(order.index(a) for a in axes), len(axes)])


def marginal(diagram: Diagram, behaviour: Behaviour, name: str) -> Array:
    """Return P(name), shape (states, W)."""
    return summed_to(diagram, joint(diagram, behaviour), (name,))


def reach_and_values(diagram: Diagram, behaviour: Behaviour, decision: Decision) -> tuple[Array, Array]:
    """Return the probability of each information set, and each option's expected payoff given that it is
    reached.

    Computed under the uniform rule at the decision itself, which changes neither.
    """
    axes = (*decision.parents, decision.name)
    shape = [diagram.cardinality(a) for a in axes]
    uniform = Table(axes, np.full((*shape, 1), 1.0 / shape[-1]))
    probability = joint(diagram, {**behaviour, decision.name: uniform})
    weight = summed_to(diagram, probability, axes)
    value = summed_to(diagram, probability * payoff(diagram, decision.player), axes)
    return weight.sum(axis=-2), np.divide(value, weight, out=np.zeros_like(value), where=weight > 0)


def logit_by_iteration(diagram: Diagram, rounds: int = 400, tolerance: float = 1e-12) -> dict[str, Table]:
    """Return the logit equilibrium found by damped iteration; raise if it does not settle (use low
    precision)."""
    rules = random_behaviour(np.random.default_rng(0), diagram)
    for _ in range(rounds):
        change = 0.0
        for d in reversed(diagram.decisions):
            _, values = reach_and_values(diagram, rules, d)
            weights = np.exp(diagram.precision[d.player] * (values - values.max(axis=-2, keepdims=True)))
            weights = weights * allowed_over(diagram, d)
            new = weights / weights.sum(axis=-2, keepdims=True)
            change = max(change, float(np.abs(new - rules[d.name].values).max()))
            rules[d.name] = Table((*d.parents, d.name), 0.5 * (new + rules[d.name].values))
        if change < tolerance:
            return rules
    raise AssertionError("the reference did not settle")


def with_precision(diagram: Diagram, precision: float) -> Diagram:
    """Return the game in which everyone has that precision."""
    return replace(diagram, precision={p: np.full(1, precision) for p in diagram.players})
