"""The signs of a case: how each chance variable and each worth goes with what it depends on, whatever the numbers are.

Of a number it is asked only on which side of nothing it lies: an effect whose factor is at least 1 everywhere raises. A
range counts inside its central 99.9 %, as in every proof by construction. A decision goes with what it sees
in no known way: its rule comes of play. Two patterns of rules are compared for each step up a parent's states, all else
the same: which effects come or go, and whether the base is another one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from math import inf

import numpy as np

from quandary.ask.claims.unknowns.signs import Aim, Sign, SignedNetwork, SignedNode, plus, times
from quandary.ask.games.worths import with_worths
from quandary.ask.query.ordered import HIGH, LOW
from quandary.ask.study import Study
from quandary.base.arrays import Array
from quandary.case.logic.conditions import indicator
from quandary.case.logic.rules import Patterns
from quandary.compile.amounts import Amount, DrawnBlock, underlying
from quandary.compile.chances import ChancePlan
from quandary.compile.stakes import WorthPlan
from quandary.game.graphs.requisite import prune
from quandary.language.syntax import (
    Call,
    Expression,
    Factor,
    Interval,
    Negate,
    Number,
    PointsChange,
    ProbabilityWord,
    is_open,
)
from quandary.language.vocabulary import DISTRIBUTIONS

Bounds = tuple[float, float]

Within = Mapping[str, frozenset[int]]
"""States of some variables beside which no other is compared."""

Directions = Mapping[str, int]
"""By the path of an effect whose direction is not known: 1 where it is taken to raise, -1 where to lower."""


class CaseSigns:
    """What is known by signs of a study's case."""

    def __init__(self, study: Study, directions: Directions | None = None) -> None:
        self.study = study
        self.model = study.model
        self.case = study.case
        self.directions = dict(directions or {})
        self._plans = {plan.event.id: plan for plan in self.model.chances}
        self._bounds: dict[int, Bounds | None] = {}

    @cached_property
    def decisions(self) -> dict[str, tuple[str, ...]]:
        """Return what each decision sees of that can matter to its owner."""
        opened = prune(with_worths(self.study.probe), constants=False).diagram
        return {decision.name: decision.parents for decision in opened.decisions}

    @cached_property
    def open_effects(self) -> tuple[str, ...]:
        """Return the paths of the effects whose direction is not known, in the order of the case."""
        found: dict[str, None] = {}
        for plan in self._plans.values():
            for effect in plan.effects:
                for _, amount in (*effect.factors, *effect.shifts):
                    if self._ends(amount) is not None and self._side(amount) is None:
                        found[amount.sourced.path] = None
        return tuple(found)

    def network(self, within: Within | None = None) -> SignedNetwork:
        """Return the case's variables by signs, those ``within`` compared in these states only."""
        nodes: dict[str, SignedNode] = {}
        for variable in self.study.probe.diagram.variables:
            size = len(variable.states)
            if variable.name in self._plans:
                nodes[variable.name] = self._chance(self._plans[variable.name], size, within or {})
            else:
                parents = self.decisions.get(variable.name, variable.parents)
                nodes[variable.name] = SignedNode(size, dict.fromkeys(parents))
        return SignedNetwork(nodes)

    def of_condition(self, condition: Expression) -> Aim:
        """Return how the chance of a condition goes with each variable that it mentions."""
        table = indicator(self.case, condition)
        return {name: _of_steps(table.values[..., 0], axis) for axis, name in enumerate(table.axes)}

    def states_in(self, condition: Expression) -> tuple[tuple[str, ...], frozenset[int]]:
        """Return what a condition mentions and, where that is one variable, the states that it leaves."""
        table = indicator(self.case, condition)
        if len(table.axes) != 1:
            return table.axes, frozenset()
        return table.axes, frozenset(int(i) for i in np.flatnonzero(table.values[:, 0] > 0))

    def of_worth(self, actor: str, stake: str | None) -> Aim:
        """Return how an actor's payoff, or one stake's worth, goes with each variable."""
        found: dict[str, list[Sign]] = {}
        for plan in self.model.worths:
            if plan.stake.actor != actor or stake not in (None, plan.stake.id):
                continue
            weight = self.study.probe.weights.get((actor, plan.stake.id))
            private = () if weight is None or stake is not None else weight.axes
            for axis, name in enumerate(plan.patterns.axes):
                found.setdefault(name, []).append(self._worth(plan, axis))
            for name in private:
                found.setdefault(name, []).append(None)
        return {name: plus(signs) for name, signs in found.items()}

    def _chance(self, plan: ChancePlan, states: int, within: Within) -> SignedNode:
        patterns = plan.patterns
        signs: dict[str, Sign] = {}
        ratio = True
        for axis, name in enumerate(patterns.axes):
            found = [self._step(plan, low, high, states) for low, high in _steps(patterns, axis, within.get(name))]
            signs[name] = plus(sign for sign, _ in found)
            ratio = ratio and all(keeps for _, keeps in found)
        additive = states == 2 and _adds_up(patterns) and not any(effect.points for effect in plan.effects)
        return SignedNode(states, signs, ratio, additive)

    def _step(self, plan: ChancePlan, low: int, high: int, states: int) -> tuple[Sign, bool]:
        """Return how a variable goes from one pattern to another, and whether by its likelihood ratios."""
        first, active = plan.patterns.first, plan.patterns.active
        before, after = (set(np.flatnonzero(active[row]).tolist()) for row in (low, high))
        signs: list[Sign] = []
        ratio = True
        if first[low] != first[high]:
            signs.append(self._bases(plan, int(first[low]), int(first[high]), states))
            ratio = states == 2
            if states > 2 and (before or after) and signs[0] != 0:
                return None, False
        own = [i for i in before | after if plan.effects[i].points]
        if states > 2 and own and (first[low] != first[high] or before != after):
            return None, False
        for number in after - before:
            signs.append(self._effect(plan, number, states))
        for number in before - after:
            signs.append(times(-1, self._effect(plan, number, states)))
        return plus(signs), ratio

    def _effect(self, plan: ChancePlan, number: int, states: int) -> Sign:
        """Return which way an effect moves its variable where it comes in, all else the same."""
        effect = plan.effects[number]
        ends = {0: -1, states - 1: 1}
        signs: list[Sign] = []
        for state, amount in (*effect.factors, *effect.points):
            nothing = 0.0 if (state, amount) in effect.points else 1.0
            side = self._side(amount, nothing)
            signs.append(times(ends[state], side) if state in ends else 0 if side == 0 else None)
        for sign, amount in effect.shifts:
            whole = len(plan.shifting) == states
            signs.append(times(sign, self._side(amount)) if whole else None)
        return plus(signs)

    def _side(self, amount: Amount, nothing: float = 1.0) -> Sign:
        """Return on which side of nothing a number lies everywhere, 0 where it is nothing."""
        bounds = self._ends(amount)
        if bounds is None:
            return None
        low, high = bounds
        if low == high == nothing:
            return 0
        if low >= nothing:
            return 1
        if high <= nothing:
            return -1
        return self.directions.get(amount.sourced.path)

    def _ends(self, amount: Amount) -> Bounds | None:
        """Return between which ends a number lies, ``None`` where it is more than one plain number."""
        if id(amount) not in self._bounds:
            self._bounds[id(amount)] = self._found_ends(amount)
        return self._bounds[id(amount)]

    def _found_ends(self, amount: Amount) -> Bounds | None:
        if not _is_plain(underlying(self.case, amount.quantity)):
            return None
        uniforms = {name: np.array([LOW, HIGH]) for name in self.model.names}
        values = np.broadcast_to(amount.value(DrawnBlock(uniforms, self.model.values(uniforms))), (2,))
        return (float(values.min()), float(values.max())) if np.isfinite(values).all() else None

    def _bases(self, plan: ChancePlan, low: int, high: int, states: int) -> Sign:
        """Return how two rules' odds go where their ranges settle it: every upper part is more likely in one."""
        rules = [self._tails(plan, number, states) for number in (low, high)]
        below, above = rules
        if below is None or above is None:
            return None
        if all(below[k] == above[k] and below[k][0] == below[k][1] for k in range(states - 1)):
            return 0
        if all(above[k][0] >= below[k][1] for k in range(states - 1)):
            return 1
        return -1 if all(below[k][0] >= above[k][1] for k in range(states - 1)) else None

    def _tails(self, plan: ChancePlan, number: int, states: int) -> list[Bounds] | None:
        """Return between what the chance of each upper part of the states lies under a rule, from state 1 on."""
        rule = plan.rules[number]
        if any(entry.of_rest for entry in rule.entries):
            return None
        known: dict[int, Bounds] = {}
        for entry in rule.entries:
            ends = self._ends(entry.amount)
            if ends is None:
                return None
            known[entry.state] = ends
        open_ones = {} if rule.rest is None else {rule.rest: (0.0, inf)}
        if rule.shares is not None:
            shares = zip(rule.shares.members, rule.shares.lower, rule.shares.upper, strict=True)
            open_ones = {state: (low, high) for state, low, high in shares}
        return [_tail(known, open_ones, k, states) for k in range(1, states)]

    def _worth(self, plan: WorthPlan, axis: int) -> Sign:
        signs: list[Sign] = []
        for low, high in _steps(plan.patterns, axis, None):
            first, active = plan.patterns.first, plan.patterns.active
            if first[low] != first[high]:
                signs.append(self._worths(plan, int(first[low]), int(first[high])))
            before, after = (set(np.flatnonzero(active[row]).tolist()) for row in (low, high))
            signs += [self._side(plan.effects[i], 0.0) for i in after - before]
            signs += [times(-1, self._side(plan.effects[i], 0.0)) for i in before - after]
        return plus(signs)

    def _worths(self, plan: WorthPlan, low: int, high: int) -> Sign:
        if plan.stake.ordered:
            return (high > low) - (high < low)
        below, above = self._ends(plan.worth[low]), self._ends(plan.worth[high])
        if below is None or above is None:
            return None
        if below == above and below[0] == below[1]:
            return 0
        return 1 if above[0] >= below[1] else -1 if below[0] >= above[1] else None


def _tail(known: Mapping[int, Bounds], open_ones: Mapping[int, Bounds], k: int, states: int) -> Bounds:
    """Return between what the chance of the states from ``k`` on lies: some are known, and others share the rest."""
    least = [known.get(s, open_ones.get(s, (0.0, 0.0)))[0] for s in range(states)]
    most = [known.get(s, open_ones.get(s, (0.0, 0.0)))[1] for s in range(states)]
    low = max(sum(least[k:]), 1.0 - sum(most[:k]), 0.0)
    return min(low, 1.0), min(sum(most[k:]), 1.0 - sum(least[:k]), 1.0)


def _is_plain(quantity: Expression) -> bool:
    """Return whether a number rises or falls with one uniform only, so that its ends are at the uniform's ends."""
    match quantity:
        case Number() | Interval() | ProbabilityWord():
            return True
        case Factor(inner) | PointsChange(inner) | Negate(inner):
            return _is_plain(inner)
        case Call(name, args):
            return name in DISTRIBUTIONS and all(isinstance(arg, Number | Negate) for arg in args)
        case _:
            return is_open(quantity)


def _steps(patterns: Patterns, axis: int, within: frozenset[int] | None) -> Iterator[tuple[int, int]]:
    """Yield each two different patterns that lie a step apart along an axis, the lower first."""
    cells = np.moveaxis(patterns.cell.reshape(patterns.shape), axis, 0)
    rows = sorted(within) if within is not None else range(len(cells))
    found: set[tuple[int, int]] = set()
    for low, high in zip(rows, list(rows)[1:], strict=False):
        found |= set(zip(cells[low].reshape(-1).tolist(), cells[high].reshape(-1).tolist(), strict=True))
    yield from sorted((low, high) for low, high in found if low != high)


def _adds_up(patterns: Patterns) -> bool:
    """Return whether each effect, and the choice of the base, looks at one variable at most."""
    parts = [patterns.first[patterns.cell], *patterns.active[patterns.cell].T]
    return all(_looked_at(part.reshape(patterns.shape)) <= 1 for part in parts)


def _looked_at(part: Array) -> int:
    return sum(bool(np.any(np.diff(part.astype(np.int64), axis=axis))) for axis in range(part.ndim))


def _of_steps(values: Array, axis: int) -> Sign:
    """Return how a table goes along an axis, everywhere."""
    steps = np.diff(values, axis=axis)
    if not steps.any():
        return 0
    return 1 if (steps >= 0).all() else -1 if (steps <= 0).all() else None
