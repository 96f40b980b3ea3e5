"""What actors want: normalised weights, worth by first match, effects that add points; utilities in all
worlds.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from quandary.base.arrays import Array, Mask
from quandary.base.problems import CaseError, Problem
from quandary.case.logic.conditions import in_story_order, mentioned, refuse_large
from quandary.case.logic.rules import Patterns, check_scope, plan_rules
from quandary.case.model import Case, ChanceEvent, Rule, Sourced, Stake
from quandary.compile.amounts import (
    Amount,
    DrawnBlock,
    NumberKind,
    NumberRole,
    carries_percent,
    condition_of,
    number_amount,
    underlying,
)
from quandary.compile.unknowns.readings import (
    IN_ORDER,
    UnknownNumber,
    UnknownUse,
    described,
    open_amount,
    ordered_estimate,
)
from quandary.compile.unknowns.sharing import SharesPlan, left_by, plan_shares
from quandary.compile.validity import Violation, stack, violation
from quandary.game.table import Table
from quandary.language.printing import written
from quandary.language.syntax import Expression, Factor, Number, OfRest, Otherwise, PointsChange, Rest, is_open
from quandary.quantities.estimate import Scale


@dataclass(frozen=True, eq=False)
class WorthPlan:
    """A stake's worth: the value of the first rule that matches plus the points of every effect that does.

    ``unknowns`` are the things in it that nobody has put a number to.
    """

    stake: Stake
    worth: tuple[Amount, ...]
    effects: tuple[Amount, ...]
    patterns: Patterns
    unknowns: tuple[UnknownNumber, ...] = ()

    def table(self, drawn: DrawnBlock) -> tuple[Table, list[Violation]]:
        """Return the worth over the variables its rules mention, in points, and the worlds where it is no
        number.
        """
        values, violations = self.by_pattern(drawn)
        table = values[self.patterns.cell].reshape(*self.patterns.shape, values.shape[-1])
        return Table(self.patterns.axes, table), violations

    def by_pattern(self, drawn: DrawnBlock) -> tuple[Array, list[Violation]]:
        """Return the worth of each pattern of rules, ``(patterns, W or 1)``, and impossible worlds."""
        values = stack(self._worths(drawn))[self.patterns.first]
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

    def _worths(self, drawn: DrawnBlock) -> list[Array]:
        """Return the worth of each rule; where only their order is known, each takes a share of what is left above."""
        values = [amount.value(drawn) for amount in self.worth]
        if self.stake.ordered:
            for at in range(1, len(values) - 1):
                values[at] = values[at - 1] + (values[-1] - values[at - 1]) * values[at]
        return values


@dataclass(frozen=True, eq=False)
class WeightsPlan:
    """The weights of one actor's weighted stakes, over the private chance variables any of them mentions.

    Weights that nobody has put a number to share what the others, in percent, leave of the whole: ``shares`` has a plan
    for each cell of the private variables, its members numbered as the stakes; none where all are known.
    """

    actor: str
    stakes: tuple[Stake, ...]
    rules: tuple[tuple[Amount, ...], ...]
    patterns: tuple[Patterns, ...]
    shares: tuple[SharesPlan, ...] = ()

    def tables(self, drawn: DrawnBlock) -> tuple[dict[str, Table], list[Violation]]:
        """Return each stake's normalised weight, and the worlds where they cannot be normalised.

        In every world and private state the weights sum to one. An impossible world gets equal weights.
        """
        if self.shares:
            return self._shared(drawn)
        raw = stack(
            stack(amount.value(drawn) for amount in amounts)[patterns.first][patterns.cell]
            for amounts, patterns in zip(self.rules, self.patterns, strict=True)
        )
        return self._normalised(raw, np.zeros(1, dtype=np.bool_))

    def _shared(self, drawn: DrawnBlock) -> tuple[dict[str, Table], list[Violation]]:
        """Return the same where some weights are unknown."""
        cells, impossible = [], np.zeros(1, dtype=np.bool_)
        for cell, shares in enumerate(self.shares):
            known = {
                number: amounts[patterns.first[patterns.cell[cell]]].value(drawn)
                for number, (amounts, patterns) in enumerate(zip(self.rules, self.patterns, strict=True))
                if number not in shares.members
            }
            left = left_by([*known.values()])
            impossible = impossible | shares.impossible(left)
            parts = shares.values(drawn, np.maximum(left, 0.0)) if shares.members else np.zeros((0, 1))
            own = dict(zip(shares.members, parts, strict=True))
            cells.append(stack(known.get(number, own.get(number, left)) for number in range(len(self.stakes))))
        return self._normalised(np.stack(np.broadcast_arrays(*cells), axis=1), impossible)

    def _normalised(self, raw: Array, impossible: Mask) -> tuple[dict[str, Table], list[Violation]]:
        """Return weights from raw ones, ``(stakes, cells, W)``, and the worlds where they cannot be normalised."""
        total = raw.sum(axis=0)
        wrong = ~((raw >= 0) & np.isfinite(raw)).all(axis=(0, 1)) | ~(total > 0).all(axis=0)
        message = f'the weights of "{self.actor}" are below zero or sum to nothing'
        violations = violation("Q247", message, self.stakes[0].place, "weights are positive numbers", wrong)
        message = f'the known weights of "{self.actor}" leave no room for the unknown ones'
        hint = "lower them, so that they sum to less than 100%"
        violations += violation("Q247", message, self.stakes[0].place, hint, impossible & ~wrong)
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

    def unknowns(self) -> Iterator[UnknownNumber]:
        """Yield what nobody has put a number to: the weights of the actor, one thing."""
        whole = [one.unknown for one in self.shares if one.unknown is not None]
        if whole:
            names = tuple(dict.fromkeys(name for one in whole for name in one.names))
            yield replace(max(whole, key=lambda one: len(one.parts)), names=names)


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
    worth = _ordered(case, stake) if stake.ordered else tuple(_worth(case, rule, stake, problems) for rule in rules)
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
    found = tuple(a for a in worth if a is not None)
    added = tuple(a for a in effects if a is not None)
    return WorthPlan(stake, found, added, patterns, tuple(_unknown_worths(stake, found, added)))


def _unknown_worths(stake: Stake, worth: Sequence[Amount], effects: Sequence[Amount]) -> Iterator[UnknownNumber]:
    """Yield the things unknown of a stake's worth; worths of which the order is known are one."""
    unknown_ones = [amount for amount in worth if amount.estimate is not None]
    if stake.ordered:
        parts = tuple(written(rule.condition) for rule in stake.worth)
        role = NumberRole("worth", (stake.actor, stake.id))
        if unknown_ones:
            first = described(unknown_ones[0], "worth")
            names = tuple(amount.sourced.path for amount in unknown_ones)
            path = f"stakes.{stake.actor}.{stake.id}.worth"
            yield replace(first, path=path, role=role, reading=IN_ORDER, names=names, parts=parts, ends=(0.0, 100.0))
    else:
        yield from (described(amount, "worth") for amount in unknown_ones)
    yield from (described(amount, "points") for amount in effects if amount.estimate is not None)


def _ordered(case: Case, stake: Stake) -> tuple[Amount, ...]:
    """Return the worths of a stake of which the order is known, from the worst, 0, to the best, 100."""
    made = []
    for at, rule in enumerate(stake.worth):
        role = NumberRole("worth", (stake.actor, stake.id), condition=condition_of(rule))
        last = len(stake.worth) - 1
        if at in (0, last):
            made.append(number_amount(case, rule.value, role))
        else:
            made.append(Amount(rule.value, Scale.NUMBER, role, case.words, ordered_estimate(last - 1 - at)))
    return tuple(made)


def _worth(case: Case, rule: Rule, stake: Stake, problems: list[Problem]) -> Amount | None:
    if not is_open(rule.value.quantity):
        return _amount(case, rule, "worth", stake, problems)
    role = NumberRole("worth", (stake.actor, stake.id), condition=condition_of(rule))
    return _open(case, rule, UnknownUse.WORTH, role, problems)


def _open(case: Case, rule: Rule, use: UnknownUse, role: NumberRole, problems: list[Problem]) -> Amount | None:
    try:
        return open_amount(case, rule.value, use, role)
    except CaseError as error:
        problems.extend(error.problems)
        return None


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
    plan = WeightsPlan(actor, stakes, tuple(tuple(a for a in row if a is not None) for row in amounts), patterns)
    if not any(is_open(amount.quantity) for row in plan.rules for amount in row):
        return plan
    try:
        shares = tuple(_shares(case, plan, cell) for cell in range(len(patterns[0].cell)))
    except CaseError as error:
        problems.extend(dict.fromkeys(error.problems))
        return None
    drawn = {amount.sourced.path: amount for one in shares for amount in one.amounts}
    rules = tuple(tuple(drawn.get(amount.sourced.path, amount) for amount in row) for row in plan.rules)
    return replace(plan, rules=rules, shares=shares)


def _shares(case: Case, plan: WeightsPlan, cell: int) -> SharesPlan:
    """Return how the unknown weights share what is left in one cell of the private variables."""
    counting = [
        rules[patterns.first[patterns.cell[cell]]] for rules, patterns in zip(plan.rules, plan.patterns, strict=True)
    ]
    members = [(n, plan.stakes[n].id, one.sourced) for n, one in enumerate(counting) if is_open(one.quantity)]
    for number, one in enumerate(counting):
        if not is_open(one.quantity) and members and not carries_percent(case, one.quantity):
            message = (
                f'the weight of "{plan.actor}.{plan.stakes[number].id}" carries no %, and stands beside unknown ones'
            )
            hint = "write it in percent, so that it says what is left for them"
            raise CaseError([Problem("Q264", message, one.sourced.place, hint)])
    if not members:
        return SharesPlan((), (), (), (), None)
    rising = next((a.weights for a in case.actors.values() if a.id == plan.actor), ())
    ranked = {stake: at for at, stake in enumerate(rising)}
    inside = {stake for _, stake, _ in members}
    if rising and inside == set(rising):
        members.sort(key=lambda member: ranked[member[1]])
    elif rising:
        message = f'the order of the weights of "{plan.actor}" is not one of all its unknown weights'
        hint = "name each stake whose weight is unknown, and no other: weights: least < ... < most"
        raise CaseError([Problem("Q264", message, members[0][2].place, hint)])
    beside = len(members) < len(counting)
    path, role = f"stakes.{plan.actor}", NumberRole("weight", (plan.actor,))
    return plan_shares(case, members, role, "weight", path, beside_known=beside, rising=bool(rising))


def _axes(case: Case, conditions: Sequence[Expression]) -> tuple[str, ...]:
    return in_story_order(case, {name for condition in conditions for name in mentioned(case, condition)})


def _amount(case: Case, rule: Rule, kind: NumberKind, stake: Stake, problems: list[Problem]) -> Amount | None:
    role = NumberRole(kind, (stake.actor, stake.id), condition=condition_of(rule))
    if is_open(rule.value.quantity):
        return Amount(rule.value, Scale.PROBABILITY, role, case.words)  # read with the others of its whole
    if isinstance(underlying(case, rule.value.quantity), Factor | PointsChange | Rest | OfRest):
        message = f"the {role} is a plain number; a factor, added points or a share of rest mean nothing here"
        problems.append(Problem("Q236", message, rule.value.place, "write 40, or 20 to 60"))
        return None
    return number_amount(case, rule.value, role)


def _points(case: Case, stake: Stake, rule: Rule, problems: list[Problem]) -> Amount | None:
    kind = underlying(case, rule.value.quantity)
    role = NumberRole("points", (stake.actor, stake.id), condition=condition_of(rule))
    if is_open(rule.value.quantity):
        return _open(case, rule, UnknownUse.POINTS, role, problems)
    if not isinstance(kind, PointsChange | Number):
        message = f'an effect on "{stake.actor}.{stake.id}" is not written as points'
        problems.append(Problem("Q236", message, rule.value.place, "write +10 to +25 points"))
        return None
    return Amount(rule.value, Scale.POINTS, role, case.words)
