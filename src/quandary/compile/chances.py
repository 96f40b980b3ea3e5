"""The table of a chance variable: base odds by first match, then points, then factors, in all worlds at once.

Effects: every rule that matches applies. Points come first: they are added to the named state and taken from
the state that the base rule gives ``rest``. Then p is proportional to the odds times the product of the
factors of the named states (unnamed states times 1), renormalised. With one named state this multiplies its
odds p / (1 - p) by the factor; with several, it multiplies the odds of each against any state that is not
named.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from quandary.base.arrays import Array
from quandary.base.places import Place
from quandary.base.problems import CaseError, Problem
from quandary.case.logic.conditions import refuse_large
from quandary.case.logic.rules import Patterns, check_scope, plan_rules
from quandary.case.model import Case, ChanceEvent, OddsRule
from quandary.compile.amounts import Amount, DrawnBlock, NumberRole, condition_of, underlying
from quandary.compile.odds import OddsPlan, plan_odds, rule_name, settle
from quandary.compile.validity import ROUNDING, TOLERANCE, Violation, stack, violation
from quandary.game.table import Table
from quandary.language.names import unknown
from quandary.language.syntax import Factor, PointsChange
from quandary.quantities.estimate import Scale


@dataclass(frozen=True, eq=False)
class EffectPlan:
    """One effect: by state index the points it adds (in points of 100) and the factors it multiplies with."""

    what: str
    place: Place
    points: tuple[tuple[int, Amount], ...]
    factors: tuple[tuple[int, Amount], ...]


@dataclass(frozen=True, eq=False)
class ChancePlan:
    """A chance variable's table, planned: what to evaluate, and where each result goes."""

    event: ChanceEvent
    rules: tuple[OddsPlan, ...]
    effects: tuple[EffectPlan, ...]
    patterns: Patterns

    def table(self, drawn: DrawnBlock) -> tuple[Table, list[Violation]]:
        """Return the table over ``(*given, name)`` and the worlds in which it is impossible."""
        odds, violations = self.by_pattern(drawn)
        values = odds[self.patterns.cell].reshape(*self.patterns.shape, *odds.shape[1:])
        return Table((*self.event.given, self.event.id), values), violations

    def by_pattern(self, drawn: DrawnBlock) -> tuple[Array, list[Violation]]:
        """Return the odds of each pattern of rules, ``(patterns, states, W or 1)``, and impossible worlds."""
        results = [rule.odds(drawn) for rule in self.rules]
        violations = [found for _, some in results for found in some]
        odds = stack(odds for odds, _ in results)[self.patterns.first]
        if not self.effects:
            return odds, violations
        points = [[amount.value(drawn) / 100 for _, amount in effect.points] for effect in self.effects]
        factors = [[amount.value(drawn) for _, amount in effect.factors] for effect in self.effects]
        worlds = max([odds.shape[-1], *(len(value) for some in points + factors for value in some)])
        odds = np.repeat(odds, worlds, axis=-1) if odds.shape[-1] < worlds else odds
        violations += self._add_points(odds, points)
        violations += self._multiply(odds, factors)
        return settle(odds, 1), violations

    def amounts(self) -> tuple[Amount, ...]:
        """Return every number of the odds and effects, in the order written within each rule."""
        found = [entry.amount for rule in self.rules for entry in rule.entries]
        for effect in self.effects:
            found += [amount for _, amount in effect.points + effect.factors]
        return tuple(found)

    def _rows(self, effect: int) -> list[int]:
        return [int(row) for row in np.flatnonzero(self.patterns.active[:, effect])]

    def _add_points(self, odds: Array, points: list[list[Array]]) -> list[Violation]:
        """Add each effect's points in place and take them from the rest states."""
        touched: dict[int, int] = {}
        for number, (effect, values) in enumerate(zip(self.effects, points, strict=True)):
            for (state, _), value in zip(effect.points, values, strict=True):
                for row in self._rows(number):
                    rest = self.rules[self.patterns.first[row]].rest
                    assert rest is not None  # plan_chance has checked
                    odds[row, state] += value
                    odds[row, rest] -= value
                    touched.setdefault(row, number)
        violations = []
        for row, number in touched.items():
            effect = self.effects[number]
            below = (odds[row] < -TOLERANCE).any(axis=0)
            base = self.rules[self.patterns.first[row]].what
            message = f"the points of {effect.what} leave {base} with odds below zero"
            hint = "points are taken from the state that has `rest`: add fewer, or use a factor such as x2"
            violations += violation("Q230", message, effect.place, hint, below)
            odds[row][odds[row] < ROUNDING] = 0.0
        return violations

    def _multiply(self, odds: Array, factors: list[list[Array]]) -> list[Violation]:
        """Multiply in place by each effect's factors."""
        violations = []
        for number, (effect, values) in enumerate(zip(self.effects, factors, strict=True)):
            for (state, _), value in zip(effect.factors, values, strict=True):
                message = f"a factor of {effect.what} is below zero or without end"
                wrong = ~(np.isfinite(value) & (value >= 0))
                violations += violation("Q230", message, effect.place, "write factors as x0.5 or x2 to x5", wrong)
                odds[self._rows(number), state] *= value
        return violations


def plan_chance(case: Case, event: ChanceEvent, problems: list[Problem]) -> ChancePlan | None:
    """Return the plan of one chance variable; faults are added to ``problems``, ``None`` where it cannot be
    planned.
    """
    listed = event.odds or event.base
    what = f'"{event.id}"'
    rules = tuple(plan_odds(case, event, rule, problems) for rule in listed)
    effects = tuple(_plan_effect(case, event, rule, problems) for rule in event.effects)
    conditions = [rule.condition for rule in listed]
    applied = [rule.condition for rule in event.effects]
    scope = check_scope(case, conditions + applied, event.given, what)
    problems.extend(scope)
    if scope:
        return None
    try:
        refuse_large(case, event.given, event.place, what, per_cell=len(event.states))
        patterns = plan_rules(case, event.given, conditions, applied, place=event.place, what=f"the odds of {what}")
    except CaseError as error:
        problems.extend(error.problems)
        return None
    plan = ChancePlan(event, rules, effects, patterns)
    problems.extend(_points_without_rest(plan))
    return plan


def _plan_effect(case: Case, event: ChanceEvent, rule: OddsRule, problems: list[Problem]) -> EffectPlan:
    points: list[tuple[int, Amount]] = []
    factors: list[tuple[int, Amount]] = []
    what = f"the effect in {rule_name(event, rule.condition)}"
    for state, sourced in rule.odds:
        if state not in event.states:
            problems.append(unknown(f'state of "{event.id}":', state, sourced.place, event.states))
            continue
        index = event.states.index(state)
        kind = underlying(case, sourced.quantity)
        if isinstance(kind, PointsChange):
            role = NumberRole("points", (event.id,), state, condition=condition_of(rule))
            points.append((index, Amount(sourced, Scale.POINTS, role, case.words)))
        elif isinstance(kind, Factor):
            role = NumberRole("factor", (event.id,), state, condition=condition_of(rule))
            factors.append((index, Amount(sourced, Scale.FACTOR, role, case.words)))
        else:
            message = f"{what} is neither a factor nor points"
            problems.append(Problem("Q236", message, sourced.place, "write x2 to x5, or +1 to +6 points"))
    return EffectPlan(what, rule.place, tuple(points), tuple(factors))


def _points_without_rest(plan: ChancePlan) -> list[Problem]:
    """Return a fault for points that no ``rest`` state can give, or that go to the rest state itself."""
    problems: dict[tuple[int, int], Problem] = {}
    for number, effect in enumerate(plan.effects):
        for row in np.flatnonzero(plan.patterns.active[:, number]):
            first = int(plan.patterns.first[row])
            rest = plan.rules[first].rest
            clash = rest is None or any(state == rest for state, _ in effect.points)
            if effect.points and clash:
                why = "has no `rest` state to take them from" if rest is None else "gives that state `rest`"
                message = f"{effect.what} adds points, but {plan.rules[first].what} {why}"
                hint = "points are taken from the state with `rest`: name another state, or use a factor"
                problems.setdefault((number, first), Problem("Q232", message, effect.place, hint))
    return list(problems.values())
