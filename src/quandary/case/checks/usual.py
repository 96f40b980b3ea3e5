"""What is usual at a decision: kinds part its options, every share has a name and is above 0, and counts somewhere."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from quandary.base.problems import CaseError, Problem, Severity
from quandary.case.checks.known import Known
from quandary.case.checks.written import Written
from quandary.case.logic.conditions import LARGEST_TABLE, in_story_order, mentioned, shape_of
from quandary.case.logic.rules import matching, unreachable
from quandary.case.logic.usual import faults_of_usual
from quandary.case.model import Case, DecisionEvent


def usual_names_everything(written: Written) -> Iterator[Problem]:
    """Yield what is wrong with what is usual at a decision, and with its kinds."""
    for item in written.case.story:
        complete = written.is_complete(f"story.{item.id}")
        if isinstance(item, DecisionEvent) and (item.usual or item.kinds) and item.options and complete:
            yield from faults_of_usual(item)


def usual_can_be_chosen(written: Written) -> Iterator[Problem]:
    """Yield options with a share of what is usual that ``only`` bars whatever is seen: the share never counts."""
    known = Known(written)
    if len(known.variables) < len(written.case.story):
        return
    for item in written.case.story:
        if isinstance(item, DecisionEvent) and item.usual and item.only:
            closed = _never_open(written.case, item)
            for name in dict.fromkeys(name for rule in item.usual for name, _ in rule.odds if name in closed):
                place = next(sourced.place for rule in item.usual for own, sourced in rule.odds if own == name)
                message = f'"{name}" has a share of what is usual at "{item.id}", where `only` bars it everywhere'
                hint = "the share never counts: open the option somewhere, or take it off the options"
                yield Problem("Q253", message, place, hint, Severity.WARNING)


def _never_open(case: Case, item: DecisionEvent) -> set[str]:
    """Return the options that no rule of ``only`` that is ever reached leaves open, nor the absence of a rule."""
    conditions = [rule.condition for rule in item.only]
    try:
        axes = in_story_order(case, {name for one in conditions for name in mentioned(case, one)})
    except CaseError:
        return set()  # unknown names and circles are told by other checks
    if prod(shape_of(case, axes)) > LARGEST_TABLE:
        return set()
    holds = matching(case, axes, conditions)
    if not holds.any(axis=0).all():
        return set()
    idle = unreachable(holds)
    return set(item.options) - {o for row, rule in enumerate(item.only) if row not in idle for o in rule.options}
