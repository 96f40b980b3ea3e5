"""Rules that never count, because earlier ones have taken every combination."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod

from quandary.base.problems import CaseError, Problem, Severity
from quandary.case.checks.known import Known
from quandary.case.checks.written import Written
from quandary.case.logic.conditions import LARGEST_TABLE, in_story_order, mentioned, shape_of
from quandary.case.logic.rules import matching, unreachable
from quandary.case.model import Case, ChanceEvent, OddsRule, OnlyRule, Rule

AnyRule = Rule | OddsRule | OnlyRule


def rules_are_reached(written: Written) -> Iterator[Problem]:
    """Yield first-match rules that no combination is left for."""
    case = written.case
    known = Known(written)
    if len(known.variables) < len(case.story):
        return
    for rules in _lists(case):
        for rule in _idle(case, rules):
            message = "this rule never counts: the rules before it cover every combination it matches"
            hint = "move it up, make an earlier rule narrower, or remove it"
            yield Problem("Q320", message, rule.place, hint, Severity.WARNING)


def _lists(case: Case) -> Iterator[Sequence[AnyRule]]:
    for item in case.story:
        if isinstance(item, ChanceEvent):
            yield item.odds
            yield item.base
        else:
            yield item.only
            yield item.usual
    for stake in case.stakes:
        yield stake.weight
        yield stake.worth
    for belief in case.believes.values():
        yield from (own.odds for own in belief.odds)
        yield from (own.worth for own in belief.worths)


def _idle(case: Case, rules: Sequence[AnyRule]) -> Iterator[AnyRule]:
    if len(rules) < 2:
        return
    conditions = [rule.condition for rule in rules]
    try:
        axes = in_story_order(case, {name for one in conditions for name in mentioned(case, one)})
    except CaseError:
        return  # unknown names and circles are told by other checks
    if prod(shape_of(case, axes)) <= LARGEST_TABLE:
        for row in unreachable(matching(case, axes, conditions)):
            yield rules[row]
