"""Parts that belong together: odds or base, effects on a base, actors with stakes, claims with tests."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import date

from quandary.base.places import Place
from quandary.base.problems import CaseError, Problem, Severity
from quandary.case.checks.known import Known
from quandary.case.checks.written import Written
from quandary.case.logic.conditions import mentioned
from quandary.case.model import Case, ChanceEvent, DecisionEvent
from quandary.language import heads
from quandary.language.names import unknown
from quandary.language.syntax import And, Ask, Compare, Expression, Not, Or, Otherwise


def chance_has_odds(written: Written) -> Iterator[Problem]:
    """Yield chance events with neither odds nor base, with both, or with effects on odds."""
    for item in written.case.story:
        if not isinstance(item, ChanceEvent):
            continue
        path = f"story.{item.id}"
        has = {key: written.has(f"{path}.{key}") for key in ("odds", "base", "effects")}
        if has["odds"] and has["base"]:
            message = f'"{item.id}" has both odds and base'
            yield Problem("Q180", message, item.place, "keep odds, or base with effects")
        elif has["odds"] and has["effects"]:
            message = f'"{item.id}" has effects without a base'
            yield Problem("Q180", message, item.place, "rename odds to base: effects change base odds")
        elif not has["odds"] and not has["base"]:
            message = f'the chance event "{item.id}" has no odds'
            hint = "write odds: {state: 20% to 40%, other_state: rest}"
            yield Problem("Q180", message, item.place, hint)


POSSIBLE = re.compile(r"\b(?:may|might|could)\b", re.IGNORECASE)
"""Words that say that something is possible, and not that it will be."""


def effects_are_conditional(written: Written) -> Iterator[Problem]:
    """Yield `otherwise` among effects, which all apply, so that nothing is left over."""
    for item in written.case.story:
        for rule in item.effects if isinstance(item, ChanceEvent) else ():
            if isinstance(rule.condition, Otherwise):
                yield _otherwise_in_effects(rule.place)
    for stake in written.case.stakes:
        for effect in stake.effects:
            if isinstance(effect.condition, Otherwise) and effect.place != effect.value.place:
                yield _otherwise_in_effects(effect.place)


def _otherwise_in_effects(place: Place) -> Problem:
    message = "effects have no otherwise: all that match apply"
    return Problem("Q181", message, place, "put what always counts into base or worth")


def claims_have_tests(written: Written) -> Iterator[Problem]:
    """Yield claims of kind `claim` with neither tests nor a reason why not, and claims with both."""
    for claim in written.case.claims:
        tested = written.has(f"claims.{claim.id}.tests")
        if claim.kind == "claim" and not tested and claim.not_testable is None:
            message = f'the claim "{claim.id}" has no test'
            hint = "write tests: {sign: query}, not_testable: why, or another kind such as normative"
            yield Problem("Q175", message, claim.place, hint)
        elif tested and claim.not_testable is not None:
            message = f'the claim "{claim.id}" has tests and says that it is not testable'
            yield Problem("Q175", message, claim.place, "keep one of them")


def links_join_claims(written: Written) -> Iterator[Problem]:
    """Yield links to a claim that is not there, and links of a claim to itself."""
    claims = [claim.id for claim in written.case.claims]
    for claim in written.case.claims:
        for other in claim.joins:
            if other not in claims or other == claim.id:
                place = written.place(f"claims.{claim.id}.joins.{other}", claim.place)
                yield unknown("claim", other, place, [name for name in claims if name != claim.id])


def history_is_told_once(written: Written) -> Iterator[Problem]:
    """Yield claims of several readings that history is said to have answered at once, and void commitments."""
    for claim in written.case.claims:
        unanswered = any(test.resolved is None for test in claim.tests)
        if claim.resolved is not None and len(claim.tests) > 1 and unanswered:
            message = f'the claim "{claim.id}" has several readings, and history is said to have answered all at once'
            hint = "write resolved at each reading: tests: {weak: {query: ..., resolved: {on: ..., as: came_true}}}"
            yield Problem("Q315", message, claim.resolved.place, hint, Severity.WARNING)
        answers = [(claim.resolved, None), *((test.resolved, test.name) for test in claim.tests)]
        for resolved, reading in answers:
            if resolved is not None and resolved.outcome == "void" and not claim.may_be_void(reading):
                what, answer = (
                    ("commitment", "kept or broken") if claim.is_commitment else ("claim", "came_true or did_not")
                )
                message = f'the {what} "{claim.id}" is said to be void, and it has no condition'
                hint = f"write {answer}, or leave it open; one with a condition is of kind: conditional {what}"
                yield Problem("Q316", message, resolved.place, hint, Severity.WARNING)


def possibilities_are_marked(written: Written) -> Iterator[Problem]:
    """Yield tested claims that say "may", "might" or "could" in their own words and are not marked so."""
    for claim in written.case.claims:
        word = possibility(claim.quote)
        if word is not None and claim.tests and not written.has(f"claims.{claim.id}.could"):
            message = f'the claim "{claim.id}" says "{word}", and is judged by history as if it said that it will be so'
            hint = "write could: true, so that its not happening does not refute it, or could: false"
            yield Problem(
                "Q318", message, written.place(f"claims.{claim.id}.quote", claim.place), hint, Severity.WARNING
            )


def possibility(quote: str) -> str | None:
    """Return the word by which a quote says that something is possible: "may", "might" or "could".

    A month is none: May with a capital inside a sentence, or beside a number.
    """
    for found in POSSIBLE.finditer(quote):
        word = found[0]
        begins = not quote[: found.start()].rstrip(" \"'“‘(").rstrip()[-1:].strip(".!?:;…")
        if word == "May" and not (begins and not quote[found.end() :].lstrip()[:1].isdigit()):
            continue
        return word.lower()
    return None


def tests_compare(written: Written) -> Iterator[Problem]:
    """Yield tests of claims that cannot hold or fail: a number instead of a comparison."""
    for claim in written.case.claims:
        for test in claim.tests:
            if not isinstance(test.query, Compare | And | Or | Not) and not heads.DILEMMA.asks(test.query):
                message = f'the test "{test.name}" is a number; a claim holds or does not'
                hint = "compare it: P(...) < P(...), or P(...) > 50%"
                yield Problem("Q182", message, test.place, hint)


def actors_are_needed(written: Written) -> Iterator[Problem]:
    """Yield actors who decide something and want nothing: whatever they choose is all the same to them."""
    case = written.case
    deciding = {item.by for item in case.story if isinstance(item, DecisionEvent)}
    wanting = {stake.actor for stake in case.stakes}
    for actor in case.actors.values():
        if actor.id in deciding and actor.id not in wanting:
            message = f'the actor "{actor.id}" decides but has no stakes, so its choices are even odds'
            yield Problem("Q321", message, actor.place, "write stakes for it", Severity.WARNING)


def story_is_told(written: Written) -> Iterator[Problem]:
    """Yield a case without a story."""
    if not written.case.story and not written.has("story"):
        hint = "write story: with chance events and decisions in order of time"
        yield Problem("Q116", "the case has no story", written.start, hint)


def forecasts_look_ahead(written: Written) -> Iterator[Problem]:
    """Yield forecasts of a period that was over before the day the analysis speaks from."""
    case = written.case
    for forecast in case.forecasts:
        if forecast.until is not None and forecast.until < case.as_of < date.max:
            message = f'the forecast "{forecast.id}" ends on {forecast.until}, before as_of ({case.as_of})'
            hint = "what is over by as_of is evidence or a check, not a forecast"
            yield Problem("Q128", message, written.place(f"forecasts.{forecast.id}.until", forecast.place), hint)


def resolutions_follow(written: Written) -> Iterator[Problem]:
    """Yield forecasts that history had answered before the day the analysis speaks from."""
    case = written.case
    for forecast in case.forecasts:
        resolved = forecast.resolved
        if resolved is not None and resolved.on < case.as_of:
            message = f'"{forecast.id}" was settled on {resolved.on}, before as_of ({case.as_of})'
            hint = "what is known by as_of is evidence, not a forecast"
            yield Problem("Q314", message, resolved.place, hint, Severity.WARNING)


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
    """Return all that a query asks, whatever the order of its conditions and settings."""
    parts = (getattr(asked, field.name) for field in fields(asked) if field.compare)
    return tuple(frozenset(part) if isinstance(part, tuple) else part for part in parts)


def _cannot_reach(case: Case, left: Ask, right: Ask, leads: Mapping[str, set[str]]) -> list[str]:
    """Return what alone differs between the sides, where the story leads from none of it to what is asked."""
    probable = left.head == right.head and left.head in (heads.P.name, heads.WOULD.name)
    if not probable or left.target != right.target or set(left.given) != set(right.given):
        return []
    if set(left.beliefs) != set(right.beliefs):
        return []  # what an actor believes reaches what it does, by no arc of the story
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
