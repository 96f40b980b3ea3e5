"""What hangs on numbers that nobody has put, in words: what follows, what is open, what contradicts."""

from __future__ import annotations

from collections.abc import Sequence

from quandary.ask.query.combining import comparison_of
from quandary.ask.results import (
    CheckResult,
    ClaimResult,
    Contradiction,
    OverFillings,
    TestResult,
    UnknownsFound,
    Verdict,
)
from quandary.base.problems import counted
from quandary.compile.unknowns.readings import UnknownNumber
from quandary.language.heads import Unit
from quandary.language.syntax import Expression, Is, Name, calls_in
from quandary.report.words.naming.names import CaseNames
from quandary.report.words.naming.numbers import ELSEWHERE, has_others, role_name
from quandary.report.words.units import between_said, said, said_interval, unit_of, unit_told, with_interval
from quandary.report.words.wording import listing, of_worlds

SHARES = (Unit.SHARE, Unit.PART, Unit.WORLDS)
SAME = 1e-9
"""Ends of what was found over fillings that lie no further apart are the same."""

SPAN = {
    Verdict.FOLLOWS_PROVED: "whatever the numbers are",
    Verdict.FOLLOWS_SEARCHED: "nothing found against it",
    Verdict.FOLLOWS_UNSEARCHED: "no filling drawn is against it; not searched",
}


def unknowns_sentence(found: UnknownsFound | None) -> str:
    """Return what a run with unknown numbers is, before all else; empty without any."""
    if found is None or not found.things:
        return ""
    return f"Nobody has put numbers to {counted(len(found.things), 'thing')}."


def thing_name(names: CaseNames, thing: UnknownNumber) -> str:
    """Return one of the things unknown, in the case's own words, as it stands in a sentence."""
    told = _thing(names.plain, thing)
    return f"{told} [{thing.path}, line {thing.place.line}]" if names.code else told


def _thing(names: CaseNames, thing: UnknownNumber) -> str:
    role = thing.role
    seen = "" if role.believed_by is None else f", as {names.actor_inside(role.believed_by)} sees it,"
    match thing.kind:
        case "odds":
            return f"the odds of {names.variable_inside(role.of[0])}{seen}{_where(names, thing)}"
        case "usual":
            return f"what is usual at {names.variable_inside(role.of[0])}{_where(names, thing)}"
        case "weight":
            return f"what counts for {names.actor_inside(role.of[0])}"
        case "worth" if thing.parts:
            return f"how far apart the worths of {names.wanted(role.of[0], role.of[-1])} lie"
        case "effect" if role.condition is not None and role.state is not None:
            return _effect(names, thing)
        case _:
            return role_name(names, role)


def _effect(names: CaseNames, thing: UnknownNumber) -> str:
    role = thing.role
    assert role.condition is not None
    assert role.state is not None
    state = names.clause(Is(Name(role.of), (role.state,)))
    how = {1: "how much more likely", -1: "how much less likely", 0: "whether it is more or less likely"}[thing.sign]
    link = "" if thing.sign == 0 else " it is"
    return f"{how}{link} that {state} {names.when(role.condition)}"


def _where(names: CaseNames, thing: UnknownNumber) -> str:
    if thing.role.condition is not None:
        return f" {names.when(thing.role.condition)}"
    return f" {ELSEWHERE}" if has_others(names, thing.role) else ""


def range_over(query: Expression, over: OverFillings) -> str:
    """Return between what an answer was found: ``from 4 to 97 %``; empty where it is no one number.

    Ends are whole percents: beyond them it is only how far a search went.
    """
    if over.low is None or over.high is None:
        return ""
    comparison = comparison_of(query)
    if comparison is None:
        return _span(over.low, over.high, unit_told(query))
    sides = [side for side in (comparison.left, comparison.right) if any(True for _ in calls_in(side))]
    if len(sides) == 1:
        return _span(over.low, over.high, unit_told(sides[0]))
    return between_said(over.low, over.high, unit_of(comparison), sign=True)


def share_span(low: float, high: float) -> str:
    """Return two shares as whole percents: ``0 to 97 %``."""
    first, second = (f"{100 * end:.0f}" for end in (low, high))
    return f"{second} %" if first == second else f"{first} to {second} %"


def open_state(over: OverFillings | None) -> str:
    """Return between what the chance of a state lies: ``0 to 97 %``; ``as known`` where it hangs on nothing unknown."""
    if over is None or over.low is None or over.high is None:
        return "as known"
    return share_span(over.low, over.high)


def _span(low: float, high: float, unit: Unit) -> str:
    if unit in SHARES:
        span = share_span(low, high)
        return span if span == share_span(low, low) else f"from {span}"
    return f"from {said_interval(low, high, unit)}"


def span_over(over: OverFillings, unit: Unit) -> str:
    """Return between what a number was found over fillings; of what is so or not so in how many of them."""
    if over.low is None or over.high is None or unit is Unit.WORLDS:
        ends = {over.low, over.high}
        return "in all fillings tried" if ends == {1.0} else "in none tried" if ends == {0.0} else "in some fillings"
    if unit is Unit.POINTS:  # ends are how far a search went: hundredths of them say nothing
        low, high = f"{over.low:.1f}", f"{over.high:.1f}"
        return f"{low} points of worth" if low == high else f"from {low} to {high} points of worth"
    return _span(over.low, over.high, unit)


def check_found(check: CheckResult) -> str:
    """Return what a check's answer is: its mean and interval; over fillings between what it lies."""
    if check.fillings is not None:
        return range_over(check.check.query, check.fillings) or "open"
    return with_interval(check.answer, unit_told(check.check.query))


def check_verdict(check: CheckResult) -> str:
    """Return whether a check meets its range, in a word."""
    if check.overlaps is None:
        return "undefined" if check.fillings is None else "open"
    return "overlaps" if check.overlaps else "MISSES"


def decides_said(names: CaseNames, over: OverFillings) -> str:
    """Return what decides most, as a clause."""
    found = [thing_name(names, thing) for thing in over.decides]
    if not found:
        return "no one thing decides much"
    if len(found) == 1:
        return f"{found[0]} {'decide' if over.decides[0].kind == 'odds' else 'decides'} most"
    return f"{listing(found)} decide most, together"


def open_said(names: CaseNames, query: Expression, over: OverFillings) -> str:
    """Return ``from 4 to 97 %; who wins the operation decides most``."""
    return "; ".join(filter(None, (range_over(query, over), decides_said(names, over))))


def row_said(names: CaseNames, query: Expression, test: TestResult) -> str:
    """Return what stands beside a verdict over fillings, in few words."""
    over = test.fillings
    assert over is not None
    if test.verdict is Verdict.OPEN:
        return open_said(names, query, over)
    if test.verdict is Verdict.CONTRADICTS:
        return "no numbers make it true" if over.proved else "no numbers found that make it true"
    return SPAN.get(test.verdict, "")


def fillings_said(over: OverFillings) -> str:
    """Return how many fillings were tried and in how many it is so, counted both ways: only where all is told."""
    parts = []
    if over.share is not None:
        told = of_worlds(over.share).replace("worlds", "fillings")
        parts.append(f"{told} tried")
        if over.by_kinds is not None:
            parts.append(f"{_hundred(over.by_kinds)} where states that nothing tells apart count as one")
    if over.least_share is not None:
        parts.append(f"in at least {of_worlds(over.least_share)} of the ranges in any filling found")
    if not over.proved:
        parts.append(f"{counted(over.searched, 'more world')} searched")
    return ", ".join(parts)


def _hundred(share: float) -> str:
    return f"{100 * share:.0f}"


def claim_over_said(names: CaseNames, query: Expression | None, test: TestResult) -> list[str]:
    """Return all that is said of a reading over fillings: range, what decides, and how many were tried."""
    over = test.fillings
    assert over is not None
    said = [] if query is None else [row_said(names, query, test)]
    if query is not None and test.verdict is not Verdict.OPEN and (span := range_over(query, over)):
        said.append(span)
    return [*said, fillings_said(over)]


def question_over_said(names: CaseNames, query: Expression, over: OverFillings) -> str:
    """Return an answer that hangs on unknown numbers, as a phrase."""
    if (fixed := _fixed(query, over)) is not None:
        return f"{fixed}, whatever these numbers are"
    return f"Open: {open_said(names, query, over)}"


def _fixed(query: Expression, over: OverFillings) -> str | None:
    """Return what an answer is that came out the same in all fillings found, ``None`` for any other."""
    if over.low is None or over.high is None or over.high - over.low > SAME or comparison_of(query) is not None:
        return None
    unit = unit_told(query)
    return share_span(over.low, over.high) if unit in SHARES else said(over.low, unit)


def contradiction_lines(names: CaseNames, found: UnknownsFound | None, claims: Sequence[ClaimResult]) -> list[str]:
    """Return a sentence for each pair of claims that no filling makes both true."""
    if found is None:
        return []
    results = {claim.claim.id: claim for claim in claims}
    return [_pair(names, one, results) for one in found.contradictions]


def _pair(names: CaseNames, pair: Contradiction, results: dict[str, ClaimResult]) -> str:
    both = [_quoted(names, results[claim], reading) for claim, reading in (pair.first, pair.second)]
    end = "no numbers make both true" if pair.proved else f"in {pair.searched:,} worlds no numbers made both true"
    return f"{both[0]} and {both[1]} contradict each other: {end}."


def _quoted(names: CaseNames, result: ClaimResult, reading: str) -> str:
    which = f" ({names.reading(result.claim, reading)})" if len(result.tests) > 1 else ""
    return f"“{result.claim.quote}”{which}"
