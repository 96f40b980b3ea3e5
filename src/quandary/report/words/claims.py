"""Claims in words: the verdict, one line on why, what was set aside, when it was said, and what history said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

import numpy as np

from quandary.ask.answer import Answer
from quandary.ask.claims.history import resolution_of
from quandary.ask.claims.sizes import joins_comparisons
from quandary.ask.claims.verdicts import verdict_of
from quandary.ask.query.combining import comparison_of
from quandary.ask.results import (
    NAMED,
    ByConstruction,
    ByConstructionStatus,
    ClaimResult,
    History,
    OtherForm,
    OverFillings,
    Run,
    TestResult,
    Verdict,
)
from quandary.base.problems import clause, counted
from quandary.case.model import Resolution
from quandary.compile.numbers import UncertainNumber
from quandary.language.heads import Unit
from quandary.language.syntax import Compare, Expression
from quandary.quantities.arithmetic import SOLVING
from quandary.quantities.shares import Share
from quandary.report.words.method import arising_said, counting_said, more_than_asked
from quandary.report.words.naming.names import CaseNames
from quandary.report.words.naming.numbers import number_name
from quandary.report.words.naming.queries import query_title
from quandary.report.words.questions import aside_sentence, dropped_sentence
from quandary.report.words.units import (
    error_said,
    interval_said,
    is_chance,
    likelier_said,
    moved_said,
    undefined_in,
    unit_of,
)
from quandary.report.words.unknowns import claim_over_said, question_over_said, row_said
from quandary.report.words.wording import day, listing, of_worlds

VERDICTS = {
    Verdict.HOLDS: "holds",
    Verdict.LEANS_TRUE: "leans true",
    Verdict.TOSS_UP: "toss-up",
    Verdict.LEANS_FALSE: "leans false",
    Verdict.FAILS: "fails",
    Verdict.NOT_TESTABLE: "not testable",
    Verdict.FOLLOWS_PROVED: "follows (proved)",
    Verdict.FOLLOWS_SEARCHED: "follows (searched)",
    Verdict.FOLLOWS_UNSEARCHED: "follows?",
    Verdict.OPEN: "open",
    Verdict.CONTRADICTS: "contradicts",
}
NEITHER = "neither way"
"""The verdict on a difference that is none in any world: it goes neither this way nor the other."""
EDGES = {
    Verdict.HOLDS: "holding",
    Verdict.LEANS_TRUE: "leaning true",
    Verdict.TOSS_UP: "a toss-up",
    Verdict.LEANS_FALSE: "leaning false",
    Verdict.FAILS: "failing",
}
WOULD = {
    Verdict.HOLDS: "would hold",
    Verdict.LEANS_TRUE: "would lean true",
    Verdict.TOSS_UP: "would be a toss-up",
    Verdict.LEANS_FALSE: "would lean false",
    Verdict.FAILS: "would fail",
    Verdict.NOT_TESTABLE: "could not be tested",
}
FORESEEN = {"do_foreseen": "had everybody foreseen it", "do": "had nobody foreseen it"}
HISTORIES = {
    History.OPEN: "open",
    History.VOID: "void: its condition did not happen",
    History.CAME_TRUE: "came true",
    History.DID_NOT: "did not come true",
    History.NOT_SETTLED: "not settled",
    History.KEPT: "kept",
    History.BROKEN: "broken",
}
NO_SIZE = "no one difference is its size, since it joins several statements"
NUMERALS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def is_even(test: TestResult) -> bool:
    """Return whether both sides of a reading are the same in every world that counts, so that it fails by nothing."""
    if test.verdict is not Verdict.FAILS or test.effect is None:
        return False
    known = test.effect.draws[test.effect.weights > 0]
    known = known[~np.isnan(known)]
    return bool(len(known)) and float(np.abs(known).max()) < 100 * SOLVING


def verdict_word(test: TestResult) -> str:
    """Return the verdict in one word or two; of sides that are the same everywhere that it is neither way."""
    return NEITHER if is_even(test) else VERDICTS[test.verdict]


def verdict_said(test: TestResult) -> str:
    """Return the verdict with all that qualifies it: ``hardly any difference; holds, on the edge of leaning true``."""
    if test.fillings is not None:
        return VERDICTS[test.verdict]
    words = [verdict_word(test)]
    found = test.by_construction
    if test.is_forced:
        words.append(f"{'true' if found.outcome else 'false'} by construction")
    elif found.status is ByConstructionStatus.SETTLED:
        words.append("settled by what was seen")
    if test.edge is not None:
        words.append(f"on the edge of {EDGES[test.edge]}")
    words += few_said(test.few_worlds, test.few_edge)
    return _hardly(test) + ", ".join(words)


def few_said(few: bool, edge: bool) -> list[str]:
    """Return that few worlds count, or that other worlds may leave few or enough; nothing where enough do."""
    if edge:
        return ["on the edge of few worlds"]
    return ["few worlds"] if few else []


def verdict_label(test: TestResult) -> str:
    """Return the verdict in few words, for a chart; what forces it stands beside the claim."""
    if test.fillings is not None:
        return VERDICTS[test.verdict]
    words = [
        verdict_word(test),
        *(["on the edge"] * (test.edge is not None)),
        *few_said(test.few_worlds, test.few_edge),
    ]
    return _hardly(test, "hardly any difference in half; ") + ", ".join(words)


def _hardly(test: TestResult, in_half: str = "hardly any difference in about half of the worlds; ") -> str:
    if is_even(test):
        return ""
    if test.size is not None and test.size.edge:
        return in_half
    return "hardly any difference; " if test.size is not None and test.size.hardly_any else ""


def judged_line(test: TestResult, query: Expression) -> str:
    """Return the verdict on a question that is true or false, its size, and the other form's where that is another."""
    other = [_other(test.other)] if test.other is not None and test.forms_differ else []
    size = [] if test.share is None else size_said(test, query)
    return "; ".join((f"verdict: {verdict_said(test)}", *size, *other))


def test_query(result: ClaimResult, test: TestResult) -> Expression | None:
    """Return the syntax of one tested reading."""
    return next((t.query for t in result.claim.tests if t.name == test.name), None)


def aside_said(names: CaseNames, test: TestResult) -> str:
    """Return what a reading's interventions set aside, in words; empty where they set nothing aside."""
    if not test.aside:
        return ""
    return aside_sentence([names.clause(condition) for condition in test.aside])


def why_said(names: CaseNames, result: ClaimResult, test: TestResult, numbers: Mapping[str, UncertainNumber]) -> str:
    """Return one line on why a reading got its verdict."""
    return "; ".join(_why(names, test, test_query(result, test), numbers))


def _why(
    names: CaseNames, test: TestResult, query: Expression | None, numbers: Mapping[str, UncertainNumber]
) -> Iterator[str]:
    if test.share is None:
        yield clause(test.reason or "undefined in every world")
        return
    if test.fillings is not None:
        yield from claim_over_said(names, query, test)
        return
    yield _share(test, test.share)
    if query is not None:
        yield from size_said(test, query)
    yield from _by_construction(test.by_construction, query)
    if told := arising_said(test.answer):
        yield f"the choice {told}"
    if told := counting_said(test.answer):
        yield told
    if test.carrier is not None and test.rests_on is None:
        yield f"hangs on {number_name(names, numbers[test.carrier.name])}"
    if test.other is not None and test.forms_differ:
        yield _other(test.other)
    if test.undefined:
        yield _undefined(test)


def _share(test: TestResult, share: Share) -> str:
    """Return the share of worlds; where rounding would hide on which side of a border it lies, more digits.

    Behind it stands where a share of other worlds may lie, of 100, where that shows at all.
    """
    told = of_worlds(share.share)
    told_so = (d for d in (0, 1, 2, 3) if verdict_of(float(f"{100 * share.share:.{d}f}") / 100) is test.verdict)
    digits = next(told_so, 0)
    if digits:
        told = f"{100 * share.share:.{digits}f} of 100 worlds"
    off = 100 * max(share.high - share.share, share.share - share.low)
    doubtful = off >= 0.5 and 0.01 <= share.share <= 0.99
    told = f"in {told}{f' ({100 * share.low:.0f} to {100 * share.high:.0f})' if doubtful else ''}"
    if not test.few_worlds:
        return told
    drawn = test.answer.worlds
    counting = f"{test.effective_worlds:,.0f}"
    return f"{told}, of only {drawn:,}" if counting == f"{drawn:,}" else f"{told}, of which only {counting} count"


def size_said(test: TestResult, query: Expression) -> Iterator[str]:
    """Yield how large the difference is that one comparison is about, and in how many worlds it is hardly any.

    Of a difference that is compared with a number, that is the difference itself, and not what is left beyond it; of
    ``not`` of a comparison it is the difference the other way round. What joins several has no size, and says so.
    """
    yield from without_size(query)
    if (comparison := comparison_of(query)) is not None:
        yield from _difference(test, comparison)


def without_size(query: Expression) -> list[str]:
    """Return why no one difference is the size of what joins several statements; nothing for a single one."""
    return [NO_SIZE] if joins_comparisons(query) else []


def _difference(test: TestResult, query: Compare) -> Iterator[str]:
    size = test.size
    small = (
        f", hardly any difference in {of_worlds(size.small_in)}"
        if size is not None and (size.hardly_any or size.edge)
        else ""
    )
    if test.effect is not None:
        yield _effect(test.effect, query) + small


def _effect(effect: Answer, query: Compare) -> str:
    unit = unit_of(query)
    of_chances = unit is Unit.DIFFERENCE and is_chance(query.left) and is_chance(query.right)
    moved = likelier_said(effect.mean) if of_chances else moved_said(effect.mean, unit)
    return f"{moved} ({interval_said(effect, unit, sign=True)})"


def forced_and_other(test: TestResult, query: Expression | None) -> Iterator[str]:
    """Yield what forces a reading, and its verdict in the other form of ``do`` where it has one, alike or not."""
    yield from _by_construction(test.by_construction, query)
    if test.other is not None:
        yield _other(test.other) if test.forms_differ else f"the same verdict {FORESEEN[test.other.form]}"


def _by_construction(found: ByConstruction, query: Expression | None) -> Iterator[str]:
    """Yield what forces a reading, or that nothing but nearness to its edge kept a counter-example from being found."""
    margin = ""
    if found.smallest_margin is not None and query is not None:
        margin = f", smallest margin {error_said(found.smallest_margin, unit_of(comparison_of(query) or query))}"
    searched = f"no counter-example in {counted(found.searched, 'world')}, drawn or searched for{margin}"
    if found.status is ByConstructionStatus.PROVED:
        yield f"proved: {found.reason}"
    elif found.status is ByConstructionStatus.SETTLED:
        yield f"with what was seen {searched}, and one without it"
    elif found.status is ByConstructionStatus.NO_COUNTER_EXAMPLE and found.outcome is not None:
        yield f"{searched}; so the case only restates its author here: add what others say works against it"


def _other(other: OtherForm) -> str:
    """Return the verdict where the other form of ``do`` has another one."""
    few = "".join(f" ({told})" for told in few_said(other.few_worlds, other.few_edge))
    return f"{WOULD[other.verdict]} {FORESEEN[other.form]}{few}"


def _undefined(test: TestResult) -> str:
    """Return in how many worlds a reading has no value, which the first of them are, and why."""
    named = listing([f"{world:,}" for world in test.undefined[:NAMED]])
    more = " and others" if len(test.undefined) > NAMED else ""
    return f"{undefined_in(test.answer)} (world{'s' if len(test.undefined) > 1 else ''} {named}{more})"


def said_on(result: ClaimResult) -> str:
    """Return when a claim was made, where that was another day than that of the case's numbers; else nothing."""
    return day_said(result.on, result.days_late) if result.days_late else ""


def day_said(on: date | None, days_late: int | None) -> str:
    """Return on which day a claim was made, and how many days after that of the case; empty without a day."""
    if on is None or days_late is None:
        return ""
    days = abs(days_late)
    told = f"{NUMERALS[days] if days < len(NUMERALS) else f'{days:,}'} day{'' if days == 1 else 's'}"
    if days_late > 0:
        return f"said {told} later, on {day(on)}"
    if days_late == 0:
        return f"said on {day(on)}, the day of the case"
    return f"said {told} earlier, on {day(on)}, and tested with what had been seen by then"


def untested(result: ClaimResult) -> str:
    """Return why a statement carries no verdict."""
    kind = result.claim.kind
    if result.reason:
        return clause(result.reason)
    article = "an" if kind[:1] in "aeiou" else "a"
    return f"{article} {kind}: nothing to test"


def history(result: ClaimResult) -> str:
    """Return what history said of a claim as a whole, empty while it is open."""
    return _history(result.history, result.claim.resolved)


def reading_history(result: ClaimResult, test: TestResult) -> str:
    """Return what history said of one reading, empty while it is open."""
    return _history(test.history, resolution_of(result.claim, test.name))


def _history(found: History, resolved: Resolution | None) -> str:
    if found is History.OPEN:
        return ""
    if found is not History.NOT_SETTLED:
        return HISTORIES[found]
    happened = resolved is None or resolved.outcome is not False
    why_not = "one history does not show it" if happened else "it did not happen, and was only said to be possible"
    return f"{HISTORIES[found]}: {why_not}"


def open_lines(
    names: CaseNames, query: Expression, asked: tuple[Answer, OverFillings], judged: TestResult | None, run: Run
) -> list[str]:
    """Return what is said of a question that hangs on unknown numbers: its range over fillings, and what decides it.

    ``asked`` is its answer, and what it is over fillings; ``judged`` its verdict where it is true or false.
    """
    answer, over = asked
    title = query_title(names, query)
    if judged is not None and judged.fillings is not None:
        lines = [f"{title}: {VERDICTS[judged.verdict]}, {row_said(names, query, judged)}"]
    else:
        lines = [f"{title}: {question_over_said(names, query, over)}"]
    if answer.dropped:
        lines.insert(0, dropped_sentence(names, answer.dropped))
    made = f"  over {counted(over.tried, 'filling')} of what nobody has put numbers to, seed {run.seed}"
    return [
        *lines,
        made,
        "  put the numbers: quandary elicit",
        *(f"  {line}" for line in more_than_asked(run, "a verdict")),
    ]
