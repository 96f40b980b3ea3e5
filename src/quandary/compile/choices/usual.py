"""What is usual at a decision: shares of its options, or of kinds of them, by first match, in all worlds.

Without kinds an option has the share that is written. With them each kind has a share, one by default, which its
options that are open divide among themselves, evenly by default. What a solver makes of it is divided by the sum of
what is open, at each information set.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from quandary.base.arrays import Array, Mask
from quandary.base.problems import CaseError, Problem
from quandary.case.logic.conditions import in_story_order, mentioned, refuse_large
from quandary.case.logic.memory import observed
from quandary.case.logic.rules import Patterns, check_scope, plan_rules
from quandary.case.logic.usual import faults_of_usual
from quandary.case.model import Case, DecisionEvent, OddsRule, Sourced
from quandary.compile.amounts import (
    Amount,
    DrawnBlock,
    NumberRole,
    carries_percent,
    condition_of,
    share_amount,
    underlying,
)
from quandary.compile.unknowns.readings import UnknownNumber
from quandary.compile.unknowns.sharing import SharesPlan, left_by, plan_shares
from quandary.compile.validity import Violation, stack, violation
from quandary.game.table import Table
from quandary.language.syntax import Factor, Likelier, OfRest, Otherwise, PointsChange, Rest, is_open


@dataclass(frozen=True, eq=False)
class UsualPlan:
    """What is usual at a decision, planned: ``shares`` has each rule's amounts by name, of options and kinds.

    ``open`` is the decision's table of open options where kinds have to know it. ``unknown`` are, for each rule, the
    shares that nobody has put a number to: those of each whole (kinds, or the options inside one) share what is left.
    Members are numbered as options, then kinds.
    """

    decision: DecisionEvent
    shares: tuple[tuple[tuple[str, Amount], ...], ...]
    patterns: Patterns
    open: Table | None
    unknown: tuple[tuple[SharesPlan, ...], ...] = ()

    def table(self, drawn: DrawnBlock) -> tuple[Table, list[Violation]]:
        """Return numbers above 0 over what the rules look at and the decision, and the worlds where there are none."""
        rows, violations = self._rows(drawn)
        table = self._of_options(rows)
        if self.decision.when is not None:  # where it does not arise nothing is divided
            one = np.ones((*table.values.shape[:-2], 1, table.values.shape[-1]))
            table = Table(table.axes, np.concatenate([table.values, one], axis=-2))
        return table, violations

    def _of_options(self, rows: Array) -> Table:
        decision, kinds = self.decision, self.decision.kinds
        options = rows[:, : len(decision.options)][self.patterns.cell]
        axes = (*self.patterns.axes, decision.id)
        shape = (*self.patterns.shape, len(decision.options), rows.shape[-1])
        table = Table(axes, options.reshape(shape))
        if not kinds:
            return table
        of_kind = np.array(
            [[option in kind.options for option in decision.options] for kind in kinds], dtype=np.float64
        )
        over = table.over(axes)
        inside = over if self.open is None else over * self.open.over(axes)
        whole = np.einsum("ko,...ow->...kw", of_kind, inside)
        whole = np.where(whole > 0.0, whole, 1.0)  # nothing of the kind is open there
        shares = rows[:, len(decision.options) :][self.patterns.cell].reshape(*self.patterns.shape, len(kinds), -1)
        values = over * np.einsum("ko,...kw->...ow", of_kind, shares / whole)
        return Table(axes, values)

    def violations(self, drawn: DrawnBlock) -> list[Violation]:
        """Return the worlds in which a share is not above 0."""
        return self._rows(drawn)[1]

    def _rows(self, drawn: DrawnBlock) -> tuple[Array, list[Violation]]:
        """Return for each pattern of rules the shares of options, then of kinds, ``(patterns, names, W or 1)``."""
        names = [*self.decision.options, *(kind.id for kind in self.decision.kinds)]
        even = np.ones(1)
        rows, violations = [], []
        for number, shares in enumerate(self.shares):
            known = {name: amount.value(drawn) for name, amount in shares}
            known |= self._unknown(names, known, self.unknown[number] if self.unknown else (), drawn)
            row = stack(known.get(name, even) for name in names)
            wrong: Mask = np.asarray(~(np.isfinite(row) & (row > 0.0)).all(axis=0))
            message = f'a share of what is usual at "{self.decision.id}" is not above 0'
            hint = "shares are numbers above 0; `only` bars what is never chosen"
            found = violation("Q252", message, self.decision.place, hint, wrong)
            if shares:
                found = violation("Q252", message, shares[0][1].sourced.place, hint, wrong)
            violations += found
            rows.append(np.where(wrong, 1.0, row) if found else row)
        return stack(rows)[self.patterns.first], violations

    def _unknown(
        self, names: list[str], known: Mapping[str, Array], wholes: tuple[SharesPlan, ...], drawn: DrawnBlock
    ) -> dict[str, Array]:
        """Return the unknown shares of a rule by name: nothing of a whole of which the known ones take too much."""
        found: dict[str, Array] = {}
        for whole in wholes:
            beside = _whole_of(self.decision, names[whole.members[0]])
            left = left_by([known[name] for name in beside if name in known])
            parts = whole.values(drawn, np.where(whole.impossible(left), 0.0, left))
            found |= {names[member]: part for member, part in zip(whole.members, parts, strict=True)}
        return found

    def unknowns(self) -> Iterator[UnknownNumber]:
        """Yield the things that nobody has put a number to."""
        for wholes in self.unknown:
            yield from (whole.unknown for whole in wholes if whole.unknown is not None)

    def amounts(self) -> tuple[Amount, ...]:
        """Return every share, in the order written."""
        known = [amount for shares in self.shares for _, amount in shares]
        return tuple(known + [amount for wholes in self.unknown for whole in wholes for amount in whole.amounts])


def plan_usual(case: Case, decision: DecisionEvent, open_to: Table | None, problems: list[Problem]) -> UsualPlan | None:
    """Return the plan of what is usual at a decision, ``None`` where nothing is said or it cannot be planned.

    ``open_to``: which options are open where it arises (``open_options``). Faults are added to ``problems``.
    """
    if not decision.usual and not decision.kinds:
        return None
    what = f'what is usual at "{decision.id}"'
    rules = decision.usual or (OddsRule(Otherwise(place=decision.place), (), decision.place),)
    conditions = [rule.condition for rule in rules]
    faults = [*faults_of_usual(decision), *check_scope(case, conditions, observed(case, decision.id), what)]
    shares = tuple(_amounts(case, decision, rule, faults) for rule in rules)
    unknown = tuple(tuple(_unknown_shares(case, decision, rule, faults)) for rule in rules)
    open_to = open_to if decision.kinds else None
    looked_at = {name for condition in conditions for name in mentioned(case, condition)} if not faults else set()
    axes = in_story_order(case, looked_at | (set(open_to.axes[:-1]) if open_to is not None else set()))
    try:
        refuse_large(case, axes, decision.place, what, per_cell=len(decision.options))
        patterns = None if faults else plan_rules(case, axes, conditions, (), place=decision.place, what=what)
    except CaseError as error:
        faults += error.problems
    problems.extend(faults)
    return None if faults or patterns is None else UsualPlan(decision, shares, patterns, open_to, unknown)


def _amounts(
    case: Case, decision: DecisionEvent, rule: OddsRule, faults: list[Problem]
) -> tuple[tuple[str, Amount], ...]:
    made = []
    for name, sourced in rule.odds:
        if is_open(sourced.quantity):
            continue
        if isinstance(underlying(case, sourced.quantity), Factor | PointsChange | Rest | OfRest | Likelier):
            message = f'a share of what is usual at "{decision.id}" is a plain number'
            faults.append(Problem("Q236", message, sourced.place, "write a share such as 2, or 0.5 to 2"))
        else:
            role = NumberRole("usual share", (decision.id,), name, condition=condition_of(rule))
            made.append((name, share_amount(case, sourced, role)))
    return tuple(made)


def _unknown_shares(case: Case, decision: DecisionEvent, rule: OddsRule, faults: list[Problem]) -> Iterator[SharesPlan]:
    """Yield how the unknown shares of each whole are drawn; faults are added to ``faults``."""
    names = [*decision.options, *(kind.id for kind in decision.kinds)]
    named = dict(rule.odds)
    wholes: dict[tuple[str, ...], list[tuple[int, str, Sourced]]] = {}
    for name, sourced in rule.odds:
        if is_open(sourced.quantity) and name in names:
            wholes.setdefault(_whole_of(decision, name), []).append((names.index(name), name, sourced))
    for whole, members in wholes.items():
        beside = [named[name] for name in whole if name in named and not is_open(named[name].quantity)]
        for known in beside:
            if not carries_percent(case, known.quantity):
                message = f'a share of what is usual at "{decision.id}" carries no %, and stands beside unknown ones'
                hint = "write it in percent, so that it says what is left for them"
                faults.append(Problem("Q264", message, known.place, hint))
        if len(members) == 1 and not beside and len(whole) > 1:
            message = (
                f'one share of what is usual at "{decision.id}" is unknown, and nothing says what it is a share of'
            )
            faults.append(Problem("Q264", message, members[0][2].place, "write the others too, or unknown for each"))
            continue
        role = NumberRole("usual share", (decision.id,), None, condition=condition_of(rule))
        path = members[0][2].path.removesuffix(f".{members[0][1]}")
        try:
            yield plan_shares(case, members, role, "usual", path, beside_known=bool(beside))
        except CaseError as error:
            faults += error.problems


def _whole_of(decision: DecisionEvent, name: str) -> tuple[str, ...]:
    """Return the names that divide a whole with a name: all options, all kinds, or the options of one kind."""
    if name in (kind.id for kind in decision.kinds):
        return tuple(kind.id for kind in decision.kinds)
    return next((kind.options for kind in decision.kinds if name in kind.options), decision.options)
