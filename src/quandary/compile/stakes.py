"""What actors want: normalised weights, worth by first match, effects that add points; utilities in all
worlds.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass

import numpy as np

from quandary.base.arrays import Array, Mask
from quandary.base.problems import CaseError, Problem
from quandary.case.logic.conditions import in_story_order, mentioned, refuse_large
from quandary.case.logic.rules import Patterns, check_scope, plan_rules
from quandary.case.model import Case, ChanceEvent, Rule, Sourced, Stake
from quandary.compile.amounts import Amount, DrawnBlock, NumberKind, NumberRole, condition_of, number_amount, underlying
from quandary.compile.validity import Violation, stack, violation
from quandary.game.table import Table
from quandary.language.syntax import Expression, Factor, Number, OfRest, Otherwise, PointsChange, Rest
from quandary.quantities.estimate import Scale


@dataclass(frozen=True, eq=False)
class WorthPlan:
    """A stake's worth: the value of the first rule that matches plus the points of every effect that does."""

    stake: Stake
    worth: tuple[Amount, ...]
    effects: tuple[Amount, ...]
    patterns: Patterns

    def table(self, drawn: DrawnBlock) -> tuple[Table, list[Violation]]:
        """Return the worth over the variables its rules mention, in points, and the worlds where it is no
        number.
        """
        values, violations = self.by_pattern(drawn)
        table = values[self.patterns.cell].reshape(*self.patterns.shape, values.shape[-1])
        return Table(self.patterns.axes, table), violations

    def by_pattern(self, drawn: DrawnBlock) -> tuple[Array, list[Violation]]:
        """Return the worth of each pattern of rules, ``(patterns, W or 1)``, and impossible worlds."""
        values = stack(amount.value(drawn) for amount in self.worth)[self.patterns.first]
        for number, amount in enumerate(self.effects):
            values = values + np.where(self.patterns.active[:, number, None], amount.value(drawn), 0.0)
        name = f'the worth of "{self.stake.actor}.{self.stake.id}"'
        wrong: Mask = ~np.logical_and.reduce(np.isfinite(values), axis=0)
        hint = "look for a division by zero, or a logarithm of a number that is not positive"
        violations = violation("Q248", f"{name} is not a finite number", self.stake.place, hint, wrong)
        if violations:
            values = np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)
        return values, violations

    def amounts(self) -> tuple[Amount, ...]:
        """Return every number of the worth and its effects, in the order written."""
        return self.worth + self.effects


@dataclass(frozen=True, eq=False)
class WeightsPlan:
    """The weights of one actor's weighted stakes, over the private chance variables any of them mentions."""

    actor: str
    stakes: tuple[Stake, ...]
    rules: tuple[tuple[Amount, ...], ...]
    patterns: tuple[Patterns, ...]

    def tables(self, drawn: DrawnBlock) -> tuple[dict[str, Table], list[Violation]]:
        """Return each stake's normalised weight, and the worlds where they cannot be normalised.

        In every world and private state the weights sum to one. An impossible world gets equal weights.
        """
        raw = stack(
            stack(amount.value(drawn) for amount in amounts)[patterns.first][patterns.cell]
            for amounts, patterns in zip(self.rules, self.patterns, strict=True)
        )
        total = raw.sum(axis=0)
        wrong = ~((raw >= 0) & np.isfinite(raw)).all(axis=(0, 1)) | ~(total > 0).all(axis=0)
        message = f'the weights of "{self.actor}" are below zero or sum to nothing'
        violations = violation("Q247", message, self.stakes[0].place, "weights are positive numbers", wrong)
        if violations:
            raw = np.where(wrong, 1.0, raw)
            total = raw.sum(axis=0)
        axes, shape = self.patterns[0].axes, self.patterns[0].shape
        tables = {
            stake.id: Table(axes, (row / total).reshape(*shape, raw.shape[-1]))
            for stake, row in zip(self.stakes, raw, strict=True)
        }
        return tables, violations

    def amounts(self) -> tuple[Amount, ...]:
        """Return every number of the weights, in the order written."""
        return tuple(amount for row in self.rules for amount in row)


def plain_weights(case: Case, actor: str, numbers: Container[str]) -> tuple[str, ...]:
    """Return the names of an actor's weights, each one of the case's uncertain ``numbers`` and without conditions.

    Empty where some is not, or there is one only: such weights say nothing by themselves.
    """
    stakes = [stake for stake in case.stakes if stake.actor == actor and stake.weight]
    names = tuple(rule.value.path for stake in stakes for rule in stake.weight)
    plain = len(names) == len(stakes) > 1 and all(name in numbers for name in names)
    return names if plain else ()


def weighted(case: Case, weight: Table, worth: Table) -> Table:
    """Return the product of a weight and a worth, over both their variables in the order of the story."""
    axes = in_story_order(case, set(weight.axes) | set(worth.axes))
    return Table(axes, weight.over(axes) * worth.over(axes))


def plan_worth(case: Case, stake: Stake, problems: list[Problem]) -> WorthPlan | None:
    """Return the plan of one stake's worth; faults are added to ``problems``, ``None`` where it cannot be
    planned.
    """
    what = f'"{stake.actor}.{stake.id}"'
    rules = stake.worth or (_nothing(stake),)
    worth = tuple(_amount(case, rule, "worth", stake, problems) for rule in rules)
    effects = tuple(_points(case, stake, rule, problems) for rule in stake.effects)
    conditions = [rule.condition for rule in rules]
    applied = [rule.condition for rule in stake.effects]
    try:
        axes = _axes(case, conditions + applied)
        refuse_large(case, axes, stake.place, f"the worth of {what}")
        patterns = plan_rules(case, axes, conditions, applied, place=stake.place, what=f"the worth of {what}")
    except CaseError as error:
        problems.extend(error.problems)
        return None
    if None in worth or None in effects:
        return None
    return WorthPlan(
        stake, tuple(a for a in worth if a is not None), tuple(a for a in effects if a is not None), patterns
    )


def _nothing(stake: Stake) -> Rule:
    """Return the worth of a stake that names none: 0 everywhere."""
    path = f"stakes.{stake.actor}.{stake.id}.worth"
    return Rule(Otherwise(place=stake.place), Sourced(Number(0.0, place=stake.place), path, place=stake.place))


def plan_weights(case: Case, actor: str, problems: list[Problem]) -> WeightsPlan | None:
    """Return the plan of one actor's weights, ``None`` where it has no weighted stake or they cannot be
    planned.
    """
    stakes = tuple(stake for stake in case.stakes if stake.actor == actor and stake.weight)
    if not stakes:
        return None
    private = tuple(i.id for i in case.story if isinstance(i, ChanceEvent) and i.private == actor)
    conditions = [[rule.condition for rule in stake.weight] for stake in stakes]
    faults: list[Problem] = []
    for stake, some in zip(stakes, conditions, strict=True):
        faults += check_scope(case, some, private, f'the weight of "{actor}.{stake.id}"')
    amounts = [tuple(_amount(case, rule, "weight", stake, faults) for rule in stake.weight) for stake in stakes]
    try:
        axes = _axes(case, [condition for some in conditions for condition in some])
        patterns = tuple(
            plan_rules(case, axes, some, (), place=stake.place, what=f'the weight of "{actor}.{stake.id}"')
            for stake, some in zip(stakes, conditions, strict=True)
        )
    except CaseError as error:
        faults += [problem for problem in error.problems if problem not in faults]
    problems.extend(faults)
    if faults:
        return None
    return WeightsPlan(actor, stakes, tuple(tuple(a for a in row if a is not None) for row in amounts), patterns)


def _axes(case: Case, conditions: Sequence[Expression]) -> tuple[str, ...]:
    return in_story_order(case, {name for condition in conditions for name in mentioned(case, condition)})


def _amount(case: Case, rule: Rule, kind: NumberKind, stake: Stake, problems: list[Problem]) -> Amount | None:
    role = NumberRole(kind, (stake.actor, stake.id), condition=condition_of(rule))
    if isinstance(underlying(case, rule.value.quantity), Factor | PointsChange | Rest | OfRest):
        message = f"the {role} is a plain number; a factor, added points or a share of rest mean nothing here"
        problems.append(Problem("Q236", message, rule.value.place, "write 40, or 20 to 60"))
        return None
    return number_amount(case, rule.value, role)


def _points(case: Case, stake: Stake, rule: Rule, problems: list[Problem]) -> Amount | None:
    kind = underlying(case, rule.value.quantity)
    role = NumberRole("points", (stake.actor, stake.id), condition=condition_of(rule))
    if not isinstance(kind, PointsChange | Number):
        message = f'an effect on "{stake.actor}.{stake.id}" is not written as points'
        problems.append(Problem("Q236", message, rule.value.place, "write +10 to +25 points"))
        return None
    return Amount(rule.value, Scale.POINTS, role, case.words)
