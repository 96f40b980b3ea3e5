"""Random small diagrams for laws, and a slow reference that enumerates every play."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
from hypothesis import strategies as st

from quandary.base import Array
from quandary.game import Behaviour, Chance, Decision, Diagram, Table, Utility


def random_table(rng: np.random.Generator, axes: tuple[str, ...], cards: dict[str, int], worlds: int) -> Table:
    shape = (*(cards[a] for a in axes), worlds)
    weights = rng.dirichlet(np.full(cards[axes[-1]], 1.5), (*shape[:-2], worlds))
    return Table(axes, np.moveaxis(weights, -1, -2).copy())


def random_diagram(
    seed: int,
    *,
    worlds: int = 3,
    players: int = 2,
    variables: int = 5,
    spread: float = 1.5,
    memory: bool = True,
    bars: bool = False,
) -> Diagram:
    """Return a diagram drawn from ``seed``: owners remember (unless not ``memory``), payoffs are normal."""
    rng = np.random.default_rng(seed)
    names = [f"v{i}" for i in range(variables)]
    cards = {n: int(rng.integers(2, 4)) for n in names}
    made: list[Chance | Decision] = []
    known: dict[str, list[str]] = {f"p{i}": [] for i in range(players)}
    for i, name in enumerate(names):
        states = tuple(f"s{k}" for k in range(cards[name]))
        earlier = names[:i]
        seen = [n for n in earlier if rng.random() < 0.4][-3:]
        if rng.random() < 0.6 or i == variables - 1:
            player = f"p{int(rng.integers(players))}"
            seen = [n for n in earlier if n in seen or (memory and n in known[player])]
            known[player] = [*seen, name]
            made.append(Decision(name, states, player, tuple(seen)))
        else:
            made.append(Chance(name, states, tuple(seen)))
    tables = {v.name: random_table(rng, (*v.parents, v.name), cards, worlds) for v in made if isinstance(v, Chance)}
    utilities = []
    for i in range(2 * players):
        scope = tuple(n for n in names if rng.random() < 0.5)[:3] or (names[-1],)
        shape = (*(cards[a] for a in scope), worlds)
        utilities.append(Utility(f"u{i}", f"p{i % players}", Table(scope, spread * rng.normal(size=shape))))
    precision = {f"p{i}": rng.uniform(0.3, 1.2, worlds) for i in range(players)}
    allowed = _bars(rng, made, cards) if bars else {}
    return Diagram(tuple(made), tables, tuple(utilities), precision, worlds, allowed)


def tied_diagram(seed: int, payoffs: int) -> Diagram:
    """Return a random diagram of one world whose payoffs are whole numbers below ``payoffs``, so that ties abound."""
    rng = np.random.default_rng([seed, payoffs])
    players, variables = int(rng.integers(2, 4)), int(rng.integers(3, 6))
    diagram = random_diagram(seed, worlds=1, players=players, variables=variables, bars=bool(rng.integers(2)))
    utilities = []
    for utility in diagram.utilities:
        whole = rng.integers(0, payoffs, size=utility.table.values.shape).astype(np.float64)
        utilities.append(replace(utility, table=Table(utility.table.axes, whole)))
    return replace(diagram, utilities=tuple(utilities), precision={p: np.ones(1) for p in diagram.precision})


def signalling_diagram(seed: int, moves: int, *, payoffs: int = 0) -> Diagram:
    """Return a random diagram of one world whose players know a secret each and see all moves, in turn.

    With ``payoffs`` they are whole numbers below it, so that ties abound; else they are normal.
    """
    rng = np.random.default_rng([seed, moves, payoffs])
    players = [f"p{i}" for i in range(int(rng.integers(2, 4)))]
    made: list[Chance | Decision] = [Chance(f"t{p}", ("low", "high", "odd")[: rng.integers(2, 4)], ()) for p in players]
    for i in range(moves):
        player, states = players[i % len(players)], tuple(f"s{k}" for k in range(int(rng.integers(2, 4))))
        made.append(Decision(f"m{i}", states, player, (f"t{player}", *(f"m{k}" for k in range(i)))))
    cards = {v.name: len(v.states) for v in made}
    tables = {v.name: random_table(rng, (v.name,), cards, 1) for v in made if isinstance(v, Chance)}
    utilities = []
    for i, player in enumerate(players * 3):
        scope = tuple(n for n in cards if n == f"t{player}" or rng.random() < 0.5)
        shape = (*(cards[a] for a in scope), 1)
        values = rng.integers(0, payoffs, size=shape).astype(np.float64) if payoffs else rng.normal(size=shape)
        utilities.append(Utility(f"u{i}", player, Table(scope, values)))
    return Diagram(tuple(made), tables, tuple(utilities), {p: np.ones(1) for p in players}, 1, {})


def barred_diagram(seed: int, worlds: int) -> Diagram:
    """Return a random diagram full of bars: options, whole decisions with nothing to choose, chances of 0 and 100 %.

    A decision may be left one option, and one that sees it nothing to choose at the sets that this leaves in play;
    tables, payoffs and precisions may be the same in all worlds, and a chance zero in some worlds only.
    """
    rng = np.random.default_rng([seed, worlds])
    players = [f"p{i}" for i in range(int(rng.integers(1, 4)))]
    names = [f"v{i}" for i in range(int(rng.integers(3, 9)))]
    cards = {name: int(rng.integers(1 if rng.random() < 0.1 else 2, 5)) for name in names}
    made: list[Chance | Decision] = []
    known: dict[str, list[str]] = {player: [] for player in players}
    memory = rng.random() < 0.6
    for i, name in enumerate(names):
        seen = [n for n in names[:i] if rng.random() < 0.4][-3:]
        states = tuple(f"s{k}" for k in range(cards[name]))
        if rng.random() < 0.65:
            player = players[rng.integers(len(players))]
            seen = [n for n in names[:i] if n in seen or (memory and n in known[player])]
            known[player] = [*seen, name]
            made.append(Decision(name, states, player, tuple(seen)))
        else:
            made.append(Chance(name, states, tuple(seen)))
    tables = {v.name: _with_zeros(rng, v, cards, worlds) for v in made if isinstance(v, Chance)}
    utilities = []
    for i in range(2 * len(players)):
        scope = tuple(n for n in names if rng.random() < 0.5)[:4] or (names[-1],)
        shape = (*(cards[a] for a in scope), 1 if rng.random() < 0.2 else worlds)
        utilities.append(Utility(f"u{i}", players[i % len(players)], Table(scope, 1.5 * rng.normal(size=shape))))
    precision = {p: rng.uniform(0.3, 1.2, 1 if rng.random() < 0.2 else worlds) for p in players}
    decisions = [v for v in made if isinstance(v, Decision)]
    allowed = _some_barred(rng, decisions, cards) | _forced(rng, decisions, cards)
    return Diagram(tuple(made), tables, tuple(utilities), precision, worlds, allowed)


def _with_zeros(rng: np.random.Generator, chance: Chance, cards: dict[str, int], worlds: int) -> Table:
    """Return a chance table that may hold zeros: the same in all worlds, all but one state, or others in each world."""
    shape = (*(cards[a] for a in chance.parents), 1 if rng.random() < 0.3 else worlds)
    weights = rng.dirichlet(np.full(len(chance.states), 1.5), shape)
    kind = rng.random()
    zero = rng.random(weights.shape) < (0.3 if kind < 0.1 else 0.0)
    if 0.1 <= kind < 0.5:
        zero[...] = rng.random((*shape[:-1], 1, len(chance.states))) < 0.4
    elif 0.5 <= kind < 0.6:
        zero[..., 1:] = True
    zero[..., 0] = False
    weights = np.where(zero, 0.0, weights)
    weights /= weights.sum(axis=-1, keepdims=True)
    return Table((*chance.parents, chance.name), np.moveaxis(weights, -1, -2).copy())


def _some_barred(rng: np.random.Generator, decisions: list[Decision], cards: dict[str, int]) -> dict[str, Table]:
    allowed = {}
    for decision in decisions:
        if rng.random() < 0.6:
            axes = (*(p for p in decision.parents if rng.random() < 0.6), decision.name)
            values = np.ones([*(cards[a] for a in axes), 1])
            for row in values.reshape(-1, cards[decision.name]):
                if rng.random() < 0.6:
                    row[rng.permutation(len(row))[rng.integers(1, len(row) + 1) :]] = 0.0
            allowed[decision.name] = Table(axes, values)
    return allowed


def _forced(rng: np.random.Generator, decisions: list[Decision], cards: dict[str, int]) -> dict[str, Table]:
    """Return bars that leave an earlier decision an option or two, and nothing to choose to one that sees these."""
    allowed: dict[str, Table] = {}
    for decision in decisions:
        seen = [d.name for d in decisions if d.name in decision.parents]
        if seen and rng.random() < 0.3:
            first = seen[rng.integers(len(seen))]
            alone = np.ones((cards[first], 1))
            alone[int(rng.integers(1, 3)) :] = 0.0
            one = np.ones((cards[first], cards[decision.name], 1))
            one[:2, 1:] = 0.0
            allowed |= {first: Table((first,), alone), decision.name: Table((first, decision.name), one)}
    return allowed


def _bars(rng: np.random.Generator, made: list[Chance | Decision], cards: dict[str, int]) -> dict[str, Table]:
    allowed = {}
    for variable in made:
        if isinstance(variable, Decision) and variable.parents and rng.random() < 0.5:
            axes = (variable.parents[0], variable.name)
            values = np.ones((cards[axes[0]], cards[axes[1]], 1))
            values[0, 1:] = 0.0
            allowed[variable.name] = Table(axes, values)
    return allowed


@st.composite
def diagrams(draw: st.DrawFn, *, bars: bool = True, spread: float = 1.5, worlds: int = 3) -> Diagram:
    """Return a strategy over small random diagrams."""
    return random_diagram(
        draw(st.integers(0, 2**32 - 1)),
        worlds=worlds,
        players=draw(st.integers(1, 3)),
        variables=draw(st.integers(2, 6)),
        spread=spread,
        bars=bars and draw(st.booleans()),
    )


def with_usual(diagram: Diagram, seed: int) -> Diagram:
    """Return the diagram with something usual at most decisions, over some of what they see, in one or all worlds."""
    rng = np.random.default_rng([seed, 5])
    usual = {}
    for decision in diagram.decisions:
        if rng.random() < 0.8:
            axes = (*(p for p in decision.parents if rng.random() < 0.5), decision.name)
            shape = (*(diagram.cardinality(a) for a in axes), diagram.worlds if rng.random() < 0.5 else 1)
            usual[decision.name] = Table(axes, np.exp(1.3 * rng.normal(size=shape)))
    return replace(diagram, usual=usual)


def random_behaviour(diagram: Diagram, seed: int) -> Behaviour:
    rng = np.random.default_rng(seed)
    cards = {v.name: len(v.states) for v in diagram.variables}
    behaviour = {}
    for d in diagram.decisions:
        axes = (*d.parents, d.name)
        values = random_table(rng, axes, cards, diagram.worlds).values
        if d.name in diagram.allowed:
            values = values * diagram.allowed[d.name].over(axes)
            values = values / values.sum(axis=-2, keepdims=True)
        behaviour[d.name] = Table(axes, values)
    return behaviour


def every_play(diagram: Diagram, behaviour: Behaviour) -> list[tuple[dict[str, int], Array]]:
    """Return every combination of states with its probability in each world, in plain Python."""
    plays = []
    for states in itertools.product(*(range(len(v.states)) for v in diagram.variables)):
        play = dict(zip([v.name for v in diagram.variables], states, strict=True))
        probability = np.ones(diagram.worlds)
        for variable in diagram.variables:
            decision = isinstance(variable, Decision)
            table = behaviour[variable.name] if decision else diagram.tables[variable.name]
            probability = probability * table.values[tuple(play[a] for a in table.axes)]
        plays.append((play, probability))
    return plays


def slow_action_values(diagram: Diagram, behaviour: Behaviour, decision: Decision, utilities: list[Utility]) -> Array:
    """Return E[utilities | parents, option] by enumeration, over (*parents, decision, W); 0 at sets never reached."""
    axes = (*decision.parents, decision.name)
    shape = (*(diagram.cardinality(a) for a in axes), diagram.worlds)
    count = len(decision.states)
    free = Table((decision.name,), np.full((count, 1), 1.0 / count))
    total, weight = np.zeros(shape), np.zeros(shape)
    for play, probability in every_play(diagram, {**behaviour, decision.name: free}):
        index = tuple(play[a] for a in axes)
        weight[index] += probability
        for utility in utilities:
            total[index] += probability * utility.table.values[tuple(play[a] for a in utility.table.axes)]
    return total / np.where(weight > 0.0, weight, 1.0)


def in_world(diagram: Diagram, world: int) -> Diagram:
    """Return the diagram in one of its worlds."""
    index = np.array([world])
    return replace(
        diagram,
        tables={n: t.take_worlds(index) for n, t in diagram.tables.items()},
        utilities=tuple(replace(u, table=u.table.take_worlds(index)) for u in diagram.utilities),
        precision={p: v if len(v) == 1 else v[index] for p, v in diagram.precision.items()},
        usual={n: t.take_worlds(index) for n, t in diagram.usual.items()},
        worlds=1,
    )
