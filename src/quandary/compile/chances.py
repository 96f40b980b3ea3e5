"""The table of a chance variable: base odds by first match, then points, then factors, in all worlds at once.

Effects: every rule that matches applies. Points come first: they are added to the named state and taken from
the state that the base rule gives ``rest``. Then p is proportional to the odds times the product of the
factors of the named states (unnamed states times 1), renormalised. With one named state this multiplies its
odds p / (1 - p) by the factor; with several, it multiplies the odds of each against any state that is not
named. An effect of which only the direction is known, or nothing, shifts a variable of more than two states up or down
its scale (``unknowns/shifts.py``), before all factors.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from quandary.base.arrays import Array
from quandary.base.places import Place
from quandary.base.problems import CaseError, Problem
from quandary.case.logic.conditions import refuse_large
from quandary.case.logic.rules import Patterns, check_scope, plan_rules
from quandary.case.logic.unknowns import expanded, has_unknown
from quandary.case.model import Case, ChanceEvent, OddsRule, Sourced
from quandary.compile.amounts import Amount, DrawnBlock, NumberRole, condition_of, underlying
from quandary.compile.odds import OddsPlan, plan_odds, rule_name, settle
from quandary.compile.unknowns.readings import UnknownNumber, UnknownUse, described, open_amount
from quandary.compile.unknowns.shifts import shifted
from quandary.compile.validity import ROUNDING, TOLERANCE, Violation, stack, violation
from quandary.game.table import Table
from quandary.language.names import unknown
from quandary.language.printing import written
from quandary.language.syntax import Factor, Influence, OneSided, PointsChange, Shift, is_open
from quandary.quantities.estimate import Scale


@dataclass(frozen=True, eq=False)
class EffectPlan:
    """One effect: by state index the points it adds (in points of 100) and the factors it multiplies with.

    ``shifts`` are factors on the cumulative odds, each with -1 where it is on the lowest state, so that one above 1
    shifts down. ``unknowns`` are the things in it that nobody has put a number to.
    """

    what: str
    place: Place
    points: tuple[tuple[int, Amount], ...]
    factors: tuple[tuple[int, Amount], ...]
    shifts: tuple[tuple[int, Amount], ...] = ()
    unknowns: tuple[UnknownNumber, ...] = ()

    def amounts(self) -> tuple[Amount, ...]:
        """Return every number of the effect."""
        return tuple(amount for _, amount in self.points + self.factors + self.shifts)


@dataclass(frozen=True, eq=False)
class ChancePlan:
    """A chance variable's table, planned: what to evaluate, and where each result goes.

    ``event`` is the variable with its unknown odds written out (``logic/unknowns.py``). ``shifting`` are the states
    that shifts move, in rising order.
    """

    event: ChanceEvent
    rules: tuple[OddsPlan, ...]
    effects: tuple[EffectPlan, ...]
    patterns: Patterns
    shifting: tuple[int, ...] = ()

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
        shifts = [[amount.value(drawn) ** sign for sign, amount in effect.shifts] for effect in self.effects]
        worlds = max([odds.shape[-1], *(len(value) for some in points + factors + shifts for value in some)])
        odds = np.repeat(odds, worlds, axis=-1) if odds.shape[-1] < worlds else odds
        violations += self._add_points(odds, points)
        self._shift(odds, shifts)
        violations += self._multiply(odds, factors)
        return settle(odds, 1), violations

    def amounts(self) -> tuple[Amount, ...]:
        """Return every number of the odds and effects, in the order written within each rule."""
        found = [amount for rule in self.rules for amount in rule.amounts()]
        found += [amount for effect in self.effects for amount in effect.amounts()]
        return tuple(dict.fromkeys(found))  # rows that are drawn apart share what is known of them

    def unknowns(self) -> Iterator[UnknownNumber]:
        """Yield the things that nobody has put a number to."""
        for rule in self.rules:
            if rule.shares is not None and rule.shares.unknown is not None:
                yield rule.shares.unknown
        for effect in self.effects:
            yield from effect.unknowns

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

    def _shift(self, odds: Array, shifts: list[list[Array]]) -> None:
        """Shift each row in place by the product of its effects' factors."""
        own = [np.prod(np.broadcast_arrays(*some), axis=0) if some else None for some in shifts]
        for row in range(len(odds)):
            some = [own[number] for number in np.flatnonzero(self.patterns.active[row])]
            factors = [factor for factor in some if factor is not None]
            if factors:
                whole = np.prod(np.broadcast_arrays(*factors), axis=0)
                odds[row] = shifted(odds[row], self.shifting, whole)

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
    what = f'"{event.id}"'
    by_effects = len(event.given) > 1 and any(map(has_unknown, event.odds))
    if by_effects and (fault := _rows_apart(event)) is not None:
        problems.append(fault)
        return None
    scope = check_scope(case, [rule.condition for rule in event.odds or event.base], event.given, what)
    scope += check_scope(case, [rule.condition for rule in event.effects], event.given, what)
    event = event if scope else expanded(case, event)
    listed = event.odds or event.base
    rules = _sharing_known(tuple(plan_odds(case, event, rule, problems) for rule in listed))
    effects = tuple(_plan_effect(case, event, rule, problems) for rule in event.effects)
    problems.extend(scope)
    if scope:
        return None
    conditions = [rule.condition for rule in listed]
    applied = [rule.condition for rule in event.effects]
    try:
        refuse_large(case, event.given, event.place, what, per_cell=len(event.states))
        patterns = plan_rules(case, event.given, conditions, applied, place=event.place, what=f"the odds of {what}")
    except CaseError as error:
        problems.extend(error.problems)
        return None
    shifting = tuple(range(len(event.states)))
    if by_effects:
        patterns, shifting = _of_the_unknown(patterns, rules)
    plan = ChancePlan(event, rules, effects, patterns, shifting)
    problems.extend(_points_without_rest(plan))
    return plan


def _rows_apart(event: ChanceEvent) -> Problem | None:
    """Return a fault where several rules of a child of several parents are unknown: they would be drawn apart."""
    unknown_rules = [rule for rule in event.odds if has_unknown(rule)]
    if len(unknown_rules) < 2:
        return None
    message = (
        f'several rules of "{event.id}" are unknown, and it has {len(event.given)} parents: drawn apart, they would '
        "average out and make knowledge of ignorance"
    )
    hint = "leave one unknown rule (otherwise: unknown): it is read as a base and an effect of each parent"
    return Problem("Q264", message, unknown_rules[1].place, hint)


def _sharing_known(rules: tuple[OddsPlan, ...]) -> tuple[OddsPlan, ...]:
    """Return rules in which rows written out of one rule share the numbers that are known in it."""
    known: dict[tuple[Place, str], Amount] = {}
    found = []
    for rule in rules:
        entries = rule.entries
        if rule.shares is not None:
            entries = tuple(
                replace(e, amount=known.setdefault((rule.place, e.amount.sourced.path), e.amount)) for e in entries
            )
        found.append(replace(rule, entries=entries))
    return tuple(found)


def _of_the_unknown(patterns: Patterns, rules: tuple[OddsPlan, ...]) -> tuple[Patterns, tuple[int, ...]]:
    """Return patterns whose effects apply where the odds are unknown only, and the unknown states that they move."""
    unknown_rules = np.array([rule.shares is not None for rule in rules])
    active = patterns.active & unknown_rules[patterns.first][:, None]
    shares = next((rule.shares for rule in rules if rule.shares is not None), None)
    return replace(patterns, active=active), () if shares is None else tuple(sorted(shares.members))


def _plan_effect(case: Case, event: ChanceEvent, rule: OddsRule, problems: list[Problem]) -> EffectPlan:
    points: list[tuple[int, Amount]] = []
    factors: list[tuple[int, Amount]] = []
    shifts: list[tuple[int, Amount]] = []
    unknowns: list[UnknownNumber] = []
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
            continue
        role = NumberRole("factor", (event.id,), state, condition=condition_of(rule))
        if isinstance(kind, Shift):
            if (fault := _in_the_middle(event, index, kind, sourced.place)) is not None:
                problems.append(fault)
                continue
            up = (1 if index else -1) * (1 if kind.direction == "raises" else -1)
            shifts.append((up, Amount(sourced, Scale.FACTOR, role, case.words)))
        elif isinstance(kind, Factor):
            factors.append((index, Amount(sourced, Scale.FACTOR, role, case.words)))
        elif is_open(kind):
            try:
                where, amount, own = _open_effect(case, event, index, sourced, role)
            except CaseError as error:
                problems.extend(error.problems)
                continue
            (factors if where is None else shifts).append((index if where is None else where, amount))
            unknowns += own
        else:
            message = f"{what} is neither a factor nor points"
            problems.append(Problem("Q236", message, sourced.place, "write x2 to x5, or +1 to +6 points"))
    return EffectPlan(what, rule.place, tuple(points), tuple(factors), tuple(shifts), tuple(unknowns))


def _open_effect(
    case: Case, event: ChanceEvent, index: int, sourced: Sourced, role: NumberRole
) -> tuple[int | None, Amount, list[UnknownNumber]]:
    """Return whether an effect of unknown size shifts the scale (up by 1, down by -1, ``None``: its own state's odds),
    its amount, and it as a thing unknown, where it is no assumption's.
    """
    kind = underlying(case, sourced.quantity)
    ends = {0: -1, len(event.states) - 1: 1}
    if isinstance(kind, Influence) and (fault := _in_the_middle(event, index, kind, sourced.place)) is not None:
        raise CaseError([fault])
    shifts = len(event.states) > 2 and not isinstance(kind, OneSided)
    if is_open(sourced.quantity):
        order = event.states if index else tuple(reversed(event.states))
        along = f", a shift along {' < '.join(order)}" if shifts and index in ends else ""
        amount = open_amount(case, sourced, UnknownUse.EFFECT, role, along)
        own = [described(amount, "effect")]
    else:
        amount, own = Amount(sourced, Scale.FACTOR, role, case.words), []
    return (ends.get(index) if shifts else None), amount, own


def _in_the_middle(event: ChanceEvent, index: int, kind: Influence | Shift, place: Place) -> Problem | None:
    """Return the fault of a direction that is said of a state with others on both sides, ``None`` at an end."""
    if index in (0, len(event.states) - 1):
        return None
    message = (
        f'"{written(kind)}" says nothing of "{event.states[index]}", which has states of "{event.id}" on both sides'
    )
    hint = f"say it of an end of the scale: {{{event.states[-1]}: raises}}, or write a factor such as x1 to x20"
    return Problem("Q264", message, place, hint)


def _points_without_rest(plan: ChancePlan) -> list[Problem]:
    """Return a fault for points that no ``rest`` state can give, or that go to the rest state itself."""
    problems: dict[tuple[int, int], Problem] = {}
    for number, effect in enumerate(plan.effects):
        for row in np.flatnonzero(plan.patterns.active[:, number]):
            first = int(plan.patterns.first[row])
            rest = plan.rules[first].rest
            shares = plan.rules[first].shares
            clash = rest is None or any(state == rest for state, _ in effect.points)
            if effect.points and clash:
                why = "has no `rest` state to take them from" if rest is None else "gives that state `rest`"
                why = why if shares is None else "is unknown, so that nothing says what they can be taken from"
                message = f"{effect.what} adds points, but {plan.rules[first].what} {why}"
                hint = "points are taken from the state with `rest`: name another state, or use a factor"
                problems.setdefault((number, first), Problem("Q232", message, effect.place, hint))
    return list(problems.values())
