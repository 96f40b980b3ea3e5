"""Comparisons that say nothing: the same on both sides, or a cause that cannot reach what is asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from quandary.base.places import Place
from quandary.base.problems import CaseError, Problem, Severity
from quandary.case.checks.known import Known
from quandary.case.checks.written import Written
from quandary.case.logic.conditions import mentioned
from quandary.case.model import Case, ChanceEvent, DecisionEvent
from quandary.language import heads
from quandary.language.syntax import And, Ask, Compare, Expression, Not, Or


def comparisons_have_two_sides(written: Written) -> Iterator[Problem]:
    """Yield comparisons whose sides ask for the same thing, and those whose change cannot reach it."""
    leads = None
    for query, place in _queries(written.case):
        for one in _comparisons(query):
            left, right = one.left, one.right
            if not isinstance(left, Ask) or not isinstance(right, Ask):
                continue
            if _plain(left) == _plain(right):
                message = "both sides of this comparison are the same, so nothing is tested"
                hint = "set the cause to another state on one side"
                yield Problem("Q197", message, one.place if one.place.line else place, hint)
                continue
            if leads is None:
                leads = _leads(written)
            names = _cannot_reach(written.case, left, right, leads)
            if names:
                what = " or ".join(f'"{name}"' for name in names)
                message = f"nothing in the story leads from {what} to what is asked, so both sides are equal"
                hint = "draw the arc the claim speaks of (given, sees), or test something else"
                yield Problem("Q198", message, one.place if one.place.line else place, hint, Severity.WARNING)


def _queries(case: Case) -> Iterator[tuple[Expression, Place]]:
    for claim in case.claims:
        yield from ((test.query, test.place) for test in claim.tests)
    yield from ((check.query, check.place) for check in case.checks)


def _comparisons(query: Expression) -> Iterator[Compare]:
    match query:
        case Compare():
            yield query
        case And(operands) | Or(operands):
            for operand in operands:
                yield from _comparisons(operand)
        case Not(operand):
            yield from _comparisons(operand)


def _plain(asked: Ask) -> tuple[object, ...]:
    """Return what a query asks, whatever the order of its conditions and settings."""
    return (
        asked.head,
        asked.target,
        frozenset(asked.given),
        frozenset(asked.do),
        frozenset(asked.against),
        frozenset(asked.stakes),
    )


def _cannot_reach(case: Case, left: Ask, right: Ask, leads: Mapping[str, set[str]]) -> list[str]:
    """Return what alone differs between the sides, where the story leads from none of it to what is asked."""
    probable = left.head == right.head and left.head in (heads.P.name, heads.WOULD.name)
    if not probable or left.target != right.target or set(left.given) != set(right.given):
        return []
    differing = set(left.do) ^ set(right.do)
    if not differing or any(one.foreseen for one in differing):
        return []
    names = {one.variable.text for one in differing}
    try:
        seen = [one.saw for one in case.evidence]  # asked with the evidence: what it may explain counts
        asked = {name for part in (left.target, *left.given, *seen) for name in mentioned(case, part)}
    except CaseError:
        return []  # unknown names are told by other checks
    if not asked or not names <= set(leads):
        return []
    reached, waiting = set(names), list(names)
    while waiting:
        for later in leads[waiting.pop()] - reached:
            reached.add(later)
            waiting.append(later)
    return [] if reached & asked else sorted(names)


def _leads(written: Written) -> dict[str, set[str]]:
    """Return for each variable those that the story makes depend on it.

    A decision depends on what it sees, remembers, and arises from; an entry with faults on everything before it.
    """
    case = written.case
    found: dict[str, set[str]] = {item.id: set() for item in case.story}
    known = Known(written).variables
    remembered: dict[str, set[str]] = {}
    before: list[str] = []
    for item in case.story:
        used = _used(case, item)
        if isinstance(item, DecisionEvent):
            memory = remembered.setdefault(item.by, set())
            used = used | memory | {name for name in before if getattr(known[name], "private", None) == item.by}
            memory |= set(item.sees) | {item.id}
        if not written.is_complete(f"story.{item.id}"):
            used = used | set(before)
        for name in used:
            found.get(name, set()).add(item.id)
        before.append(item.id)
    return found


def _used(case: Case, item: ChanceEvent | DecisionEvent) -> set[str]:
    """Return what the record of a variable names."""
    if isinstance(item, ChanceEvent):
        names = set(item.given)
        conditions: list[Expression] = [rule.condition for rule in (*item.odds, *item.base, *item.effects)]
    else:
        names = set(item.sees)
        conditions = [rule.condition for rule in item.only]
        conditions += [rule.condition for rule in item.usual]
        conditions += [] if item.when is None else [item.when]
    for condition in conditions:
        try:
            names |= set(mentioned(case, condition))
        except CaseError:
            continue  # unknown names are told by other checks
    return names
