"""What may be chosen: the ``only`` rules of a decision, and its ``when``, as a 0/1 table."""

from __future__ import annotations

import numpy as np

from quandary.base.problems import CaseError, Problem
from quandary.case.logic.arising import arising_table, being_asked
from quandary.case.logic.conditions import in_story_order, mentioned, refuse_large, shape_of
from quandary.case.logic.memory import observed
from quandary.case.logic.rules import check_scope, matching
from quandary.case.model import Case, DecisionEvent
from quandary.game.table import Table
from quandary.language.names import unknown


def allowed_table(case: Case, decision: DecisionEvent, rules: Table | None, problems: list[Problem]) -> Table | None:
    """Return 1 for what may be chosen, over the variables that say so and the decision itself.

    ``rules``: what they leave open (``open_options``). Where ``when`` does not hold, nothing is but the state of not
    arising. ``None`` where nothing is said, or a fault was added to ``problems``. The last axis is 1.
    """
    if decision.when is None or (decision.only and rules is None):
        return rules
    try:
        return _where_it_arises(case, decision, rules)
    except CaseError as error:
        problems.extend(error.problems)
        return None


def _where_it_arises(case: Case, decision: DecisionEvent, rules: Table | None) -> Table:
    """Return the options that rules leave open where the decision arises, and its not arising elsewhere."""
    asked, arises = being_asked(case, decision), arising_table(case, decision)
    assert arises is not None
    if asked is not None:
        arises = Table((asked,), np.array([[0.0], [1.0]]))
    before = set(arises.axes) | (set() if rules is None else set(rules.axes[:-1]))
    axes = (*in_story_order(case, before - {asked}), *([] if asked is None else [asked]))
    shape = (*shape_of(case, [axis for axis in axes if axis != asked]), *([] if asked is None else [2]))
    refuse_large(case, [axis for axis in axes if axis != asked], decision.place, f'what "{decision.id}" may choose',
                 per_cell=2 * (len(decision.options) + 1))  # fmt: skip
    there = np.broadcast_to(arises.over(axes), (*shape, 1))[..., None, :]
    open_to = np.ones((*shape, len(decision.options), 1))
    if rules is not None:
        open_to = open_to * rules.over((*axes, decision.id))
    return Table((*axes, decision.id), np.concatenate([open_to * there, 1.0 - there], axis=-2))


def open_options(case: Case, decision: DecisionEvent, problems: list[Problem]) -> Table | None:
    """Return 1 for each option that ``only`` leaves open where the decision arises, over what its rules look at.

    The first rule that matches counts; where none does, every option is open. ``None`` where nothing is said, or a
    fault was added to ``problems``. The last axis is 1.
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
