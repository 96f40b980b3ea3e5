"""How much any player could gain at any information set: a check of behaviours that trusts no solver.

It shares no code with the engine: conditional values are ratios of plain sums over the joint distribution, each
written as one ``numpy.einsum``, and the definition is applied as it stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from quandary.base.arrays import Array, Mask
from quandary.base.problems import Problem, Refusal
from quandary.game.diagram import Behaviour, Decision, Diagram
from quandary.game.table import Table

LETTERS = 50
"""So many variables can ``numpy.einsum`` name; a decision that more ancestors bear upon is refused."""

TREMBLE = 1e-12
"""Probability of a tremble: beliefs are off their limit by about as much, and twenty trembles do not underflow."""


@dataclass(frozen=True, eq=False)
class Regret:
    """``gains[decision]`` is over its parents: best option's value less the behaviour's, given the set is reached.

    Sets that no full-support behaviour reaches hold NaN. ``largest`` is per player the largest gain, ``(W,)``.
    Where the behaviour itself never reaches a set that is in play, the beliefs there are the limit of equal, vanishing
    trembles: every allowed move of probability zero is played with ``TREMBLE``, all others as in the behaviour.
    """

    gains: Mapping[str, Table]
    largest: Mapping[str, Array]


def regret(diagram: Diagram, behaviour: Behaviour) -> Regret:
    """Return every gain from changing one choice at one information set. Raises ``Refusal`` (Q455) for huge games."""
    gains = {d.name: Table(d.parents, _gain(diagram, behaviour, d)) for d in diagram.decisions}
    largest = {p: np.zeros(diagram.worlds) for p in diagram.players}
    for decision in diagram.decisions:
        worst = np.nan_to_num(gains[decision.name].values, nan=0.0)
        worst = worst.reshape(-1, worst.shape[-1]).max(axis=0)
        largest[decision.player] = np.maximum(largest[decision.player], worst)
    return Regret(gains, largest)


def _gain(diagram: Diagram, behaviour: Behaviour, decision: Decision) -> Array:
    values, in_play = _values(diagram, behaviour, decision)
    axes = (*decision.parents, decision.name)
    allowed = _allowed(diagram, decision).over(axes) > 0.0
    best = np.where(allowed, values, -np.inf).max(axis=-2)
    chosen = behaviour[decision.name].over(axes)
    own = (np.where(chosen > 0.0, values, 0.0) * chosen).sum(axis=-2)
    return np.where(in_play, best - own, np.nan)


def _values(diagram: Diagram, behaviour: Behaviour, decision: Decision) -> tuple[Array, Mask]:
    """Return the value of each option at each set, and whether the set is in play."""
    uniform = {d.name: _allowed(diagram, d) for d in diagram.decisions}
    earlier = _ancestors(diagram, set(decision.parents))
    mixed = {n: _trembling(behaviour[n], uniform[n]) if n in earlier else behaviour[n] for n in behaviour}
    free = Table((decision.name,), np.ones((len(decision.states), 1)))
    axes = (*decision.parents, decision.name)
    possible = _total(diagram, uniform, decision.parents, []) > 0.0
    reached = _total(diagram, behaviour, decision.parents, [])
    shape = (*(diagram.cardinality(a) for a in axes), diagram.worlds)
    exact, off = np.zeros(shape), np.zeros(shape)
    for utility in diagram.utilities:
        if utility.player == decision.player:
            exact = exact + _total(diagram, {**behaviour, decision.name: free}, axes, [utility.table])
            off = off + _total(diagram, {**mixed, decision.name: free}, axes, [utility.table])
    base = _total(diagram, mixed, decision.parents, [])
    on_path = np.expand_dims(reached > 0.0, -2)
    with np.errstate(invalid="ignore", divide="ignore"):
        values = np.where(on_path, exact / np.expand_dims(reached, -2), off / np.expand_dims(base, -2))
    return values, possible


def _trembling(rule: Table, allowed: Table) -> Table:
    """Return the rule with ``TREMBLE`` for every allowed move that it never makes."""
    never = (rule.values == 0.0) & (allowed.over(rule.axes) > 0.0)
    return Table(rule.axes, np.where(never, TREMBLE, rule.values))


def _allowed(diagram: Diagram, decision: Decision) -> Table:
    """Return uniform choice over what is allowed."""
    table = diagram.allowed.get(decision.name)
    if table is None:
        count = len(decision.states)
        return Table((decision.name,), np.full((count, 1), 1.0 / count))
    values = np.moveaxis(table.values, table.axes.index(decision.name), -2)
    axes = (*(a for a in table.axes if a != decision.name), decision.name)
    return Table(axes, values / values.sum(axis=-2, keepdims=True))


def _ancestors(diagram: Diagram, names: set[str]) -> set[str]:
    found: set[str] = set()
    for variable in reversed(diagram.variables):
        if variable.name in names or variable.name in found:
            found |= {variable.name, *variable.parents}
    return found


def _total(diagram: Diagram, policies: Mapping[str, Table], keep: Sequence[str], factors: Iterable[Table]) -> Array:
    """Return the sum over the joint distribution of the product of the factors, for each state of ``keep``."""
    factors = list(factors)
    bearing = _ancestors(diagram, {*keep, *(a for f in factors for a in f.axes)})
    if len(bearing) > LETTERS:
        message = f"regret sums over {len(bearing)} variables at once; it can do {LETTERS}."
        raise Refusal(Problem("Q455", message, hint="check the residual instead, or a smaller game"))
    label = {name: i + 1 for i, name in enumerate(sorted(bearing))}
    tables = [policies[v.name] if isinstance(v, Decision) else diagram.tables[v.name] for v in diagram.variables]
    used = [t for v, t in zip(diagram.variables, tables, strict=True) if v.name in bearing] + factors
    operands: list[object] = [np.ones(diagram.worlds), [0]]
    for table in used:
        values = np.broadcast_to(table.values, (*table.values.shape[:-1], diagram.worlds))
        operands += [values, [*(label[a] for a in table.axes), 0]]
    for name in keep:
        operands += [np.ones(diagram.cardinality(name)), [label[name]]]
    result: Array = np.einsum(*operands, [*(label[a] for a in keep), 0], optimize="greedy")  # type: ignore[call-overload]
    return result
