"""What is usual at a decision: shares of its options, or of kinds of them, by first match, in all worlds.

Without kinds an option has the share that is written. With them each kind has a share, one by default, which its
options that are open divide among themselves, evenly by default. What a solver makes of it is divided by the sum of
what is open, at each information set.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from quandary.base.arrays import Array, Mask
from quandary.base.problems import CaseError, Problem
from quandary.case.logic.conditions import in_story_order, mentioned, refuse_large
from quandary.case.logic.memory import observed
from quandary.case.logic.rules import Patterns, check_scope, plan_rules
from quandary.case.logic.usual import faults_of_usual
from quandary.case.model import Case, DecisionEvent, OddsRule
from quandary.compile.amounts import Amount, DrawnBlock, NumberRole, condition_of, share_amount, underlying
from quandary.compile.validity import Violation, stack, violation
from quandary.game.table import Table
from quandary.language.syntax import Factor, Likelier, OfRest, Otherwise, PointsChange, Rest


@dataclass(frozen=True, eq=False)
class UsualPlan:
    """What is usual at a decision, planned: ``shares`` has each rule's amounts by name, of options and kinds.

    ``open`` is the decision's table of open options where kinds have to know it.
    """

    decision: DecisionEvent
    shares: tuple[tuple[tuple[str, Amount], ...], ...]
    patterns: Patterns
    open: Table | None

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
        for shares in self.shares:
            known = {name: amount.value(drawn) for name, amount in shares}
            row = stack(known.get(name, even) for name in names)
            wrong: Mask = np.asarray(~(np.isfinite(row) & (row > 0.0)).all(axis=0))
            message = f'a share of what is usual at "{self.decision.id}" is not above 0'
            hint = "shares are numbers above 0; `only` bars what is never chosen"
            found = violation("Q252", message, shares[0][1].sourced.place, hint, wrong) if shares else []
            violations += found
            rows.append(np.where(wrong, 1.0, row) if found else row)
        return stack(rows)[self.patterns.first], violations

    def amounts(self) -> tuple[Amount, ...]:
        """Return every share, in the order written."""
        return tuple(amount for shares in self.shares for _, amount in shares)


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
    open_to = open_to if decision.kinds else None
    looked_at = {name for condition in conditions for name in mentioned(case, condition)} if not faults else set()
    axes = in_story_order(case, looked_at | (set(open_to.axes[:-1]) if open_to is not None else set()))
    try:
        refuse_large(case, axes, decision.place, what, per_cell=len(decision.options))
        patterns = None if faults else plan_rules(case, axes, conditions, (), place=decision.place, what=what)
    except CaseError as error:
        faults += error.problems
    problems.extend(faults)
    return None if faults or patterns is None else UsualPlan(decision, shares, patterns, open_to)


def _amounts(
    case: Case, decision: DecisionEvent, rule: OddsRule, faults: list[Problem]
) -> tuple[tuple[str, Amount], ...]:
    made = []
    for name, sourced in rule.odds:
        if isinstance(underlying(case, sourced.quantity), Factor | PointsChange | Rest | OfRest | Likelier):
            message = f'a share of what is usual at "{decision.id}" is a plain number'
            faults.append(Problem("Q236", message, sourced.place, "write a share such as 2, or 0.5 to 2"))
        else:
            role = NumberRole("usual share", (decision.id,), name, condition=condition_of(rule))
            made.append((name, share_amount(case, sourced, role)))
    return tuple(made)
