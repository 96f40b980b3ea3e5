"""What may be chosen: the ``only`` rules of a decision as a 0/1 table."""

from __future__ import annotations

import numpy as np

from quandary.base.problems import CaseError, Problem
from quandary.case.logic.conditions import in_story_order, mentioned, refuse_large, shape_of
from quandary.case.logic.memory import observed
from quandary.case.logic.rules import check_scope, matching
from quandary.case.model import Case, DecisionEvent
from quandary.game.table import Table
from quandary.language.names import unknown


def allowed_table(case: Case, decision: DecisionEvent, problems: list[Problem]) -> Table | None:
    """Return 1 for the options that may be chosen, over the variables the rules mention and the decision
    itself.

    The first rule that matches counts; where none does, every option is allowed. ``None`` without rules, or
    where a fault was added to ``problems``. The last axis is 1.
    """
    if not decision.only:
        return None
    what = f'"{decision.id}"'
    conditions = [rule.condition for rule in decision.only]
    faults = check_scope(case, conditions, observed(case, decision.id), what)
    for rule in decision.only:
        wrong = [option for option in rule.options if option not in decision.options]
        for option in wrong:
            faults.append(unknown(f"option of {what}:", option, rule.place, decision.options))
        if not rule.options:
            faults.append(Problem("Q244", f"a rule of {what} leaves nothing to choose", rule.place, "name an option"))
    if faults:
        problems.extend(faults)
        return None
    axes = in_story_order(case, {name for condition in conditions for name in mentioned(case, condition)})
    try:
        refuse_large(case, axes, decision.place, f"`only` of {what}", per_cell=len(decision.options))
    except CaseError as error:
        problems.extend(error.problems)
        return None
    matches = matching(case, axes, conditions)
    chosen = [[option in rule.options for option in decision.options] for rule in decision.only]
    options = np.array(chosen, dtype=np.bool_)
    covered = np.logical_or.reduce(matches, axis=0)
    values = np.where(covered[:, None], options[matches.argmax(axis=0)], True)
    shape = (*shape_of(case, axes), len(decision.options), 1)
    return Table((*axes, decision.id), values.astype(np.float64).reshape(shape))
