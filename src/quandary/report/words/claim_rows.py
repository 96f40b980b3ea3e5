"""The claims of a case as a short table: what is contested first, plain holds folded, what needs no test counted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from quandary.ask.results import ByConstructionStatus, ClaimResult, TestResult, Verdict
from quandary.quantities.shares import Share
from quandary.report.words.claims import NUMERALS, few_said, is_even, test_query, verdict_word
from quandary.report.words.naming.names import CaseNames
from quandary.report.words.record import Report
from quandary.report.words.unknowns import row_said
from quandary.report.words.wording import is_certain, listing

NUMBERS_IN_WORDS = NUMERALS

MOST_ROWS = 8
"""Rows of claims on a screen; what is left is counted."""

Mark = Literal[
    "holds",
    "leans_true",
    "toss_up",
    "leans_false",
    "fails",
    "not_testable",
    "restates",
    "follows",
    "open",
    "contradicts",
]
"""Which disc stands before a verdict: filled as far as worlds agree; ``restates`` for what needs no test."""


@dataclass(frozen=True)
class ClaimRow:
    """One reading of a claim, or several with one verdict: whose words, the verdict, in how many worlds it is right.

    ``claim`` and ``readings`` are their names in the case, in its order. ``quote`` is whole; ``same`` says that the row
    above has it already. ``reading_said`` tells readings of one claim apart, ``remark`` what qualifies the verdict.
    ``share`` is the least of theirs; ``told`` that of all as a number of 100 worlds, or two, empty where there is none.
    """

    claim: str
    readings: tuple[str, ...]
    mark: Mark
    verdict: str
    speaker: str
    quote: str
    same: bool
    reading_said: str
    remark: str
    share: float | None
    told: str
    on_edge: bool

    @property
    def reading(self) -> str:
        """Return the name of the first reading."""
        return self.readings[0]


@dataclass(frozen=True)
class Fold:
    """Claims that are counted instead of shown: how many, and between which shares, as told, their readings lie.

    Of how many there is ``hardly`` any difference; ``edge`` are on the edge of restating a line of the case.
    """

    claims: int
    low: str
    high: str
    hardly: int = 0
    edge: int = 0

    @property
    def spread(self) -> str:
        """Return ``93 to 100``."""
        return self.low if self.low == self.high else f"{self.low} to {self.high}"


@dataclass(frozen=True)
class ClaimTable:
    """The claims of a run: the rows shown, those folded, and how many there are of each.

    ``tested`` claims have a reading that is a test. The readings of the ``needless`` only restate a line of the case or
    are true by construction; one that restates a line and does not hold has a row all the same. ``holds`` are claims
    that plainly hold, ``others`` those beyond ``MOST_ROWS``; statements that are ``recorded`` carry no verdict.
    ``few_worlds``: too few worlds count for any of the readings.
    """

    rows: tuple[ClaimRow, ...]
    tested: int
    needless: int
    holds: Fold | None
    others: Fold | None
    recorded: int
    few_worlds: bool


def claim_table(report: Report) -> ClaimTable | None:
    """Return the claims as a short table; ``None`` for a case that records no statement."""
    claims = report.findings.claims
    if not claims:
        return None
    judged = [claim for claim in claims if claim.tests]
    needless = [claim for claim in judged if all(map(needs_no_test, claim.tests))]
    tested = [claim for claim in judged if claim not in needless]
    counted = sum(any(test.is_test for test in claim.tests) for claim in judged)
    few = bool(tested) and all(test.few_worlds for claim in tested for test in claim.tests if not needs_no_test(test))
    plain = [claim for claim in tested if all(_is_plain(test, few=few) for test in claim.tests)]
    shown = _in_order([claim for claim in tested if claim not in plain])
    kept, left = _fitting(shown)
    return ClaimTable(
        rows=tuple(row for claim in kept for row in claim_rows(report.names, claim, few=few)),
        tested=counted,
        needless=len(judged) - counted,
        holds=_fold(plain),
        others=_fold(left),
        recorded=len(claims) - len(judged),
        few_worlds=few,
    )


def claim_rows(names: CaseNames, claim: ClaimResult, *, few: bool = False) -> Iterator[ClaimRow]:
    """Yield a row for each verdict that readings of a claim have, the one that is right in fewest worlds first.

    Readings of one verdict stand in the order of the case: of shares that are near, other worlds would name others
    first. Readings that need no test have no row, beside such as are tests. Where too few worlds count for all claims
    (``few``) none says so. What hangs on unknown numbers has no share of worlds: beside it stands what decides it.
    """
    groups: dict[tuple[Mark, str], list[TestResult]] = {}
    for test in _shown(claim):
        groups.setdefault((_mark(test), _verdict(test)), []).append(test)
    ordered = sorted(groups.items(), key=lambda item: min(map(_share, item[1])))
    for number, ((mark, verdict), tests) in enumerate(ordered):
        shares = [test.share.share for test in tests if test.share is not None and test.fillings is None]
        said = (_over(names, claim, test) or _remark(test, few=few) for test in tests)
        yield ClaimRow(
            claim=claim.claim.id,
            readings=tuple(test.name for test in tests),
            mark=mark,
            verdict=verdict,
            speaker=claim.claim.speaker,
            quote=claim.claim.quote,
            same=number > 0,
            reading_said=_readings(names, claim, tests),
            remark=listing(list(dict.fromkeys(filter(None, said))), "or"),
            share=min(shares, default=None),
            told=_told(tests),
            on_edge=any(test.edge is not None for test in tests),
        )


def _shown(claim: ClaimResult) -> Sequence[TestResult]:
    """Return the readings that have a row: those that are a test, or all where none is."""
    return [test for test in claim.tests if not needs_no_test(test)] or claim.tests


def _mark(test: TestResult) -> Mark:
    return "restates" if needs_no_test(test) else _MARKS.get(test.verdict, "not_testable")


def _readings(names: CaseNames, claim: ClaimResult, tests: Sequence[TestResult]) -> str:
    """Return which of a claim's readings these are; nothing where they are all."""
    if len(tests) == len(claim.tests):
        return ""
    return listing([names.reading(claim.claim, test.name) for test in tests])


def _told(tests: Sequence[TestResult]) -> str:
    shares = sorted(test.share.share for test in tests if test.share is not None and test.fillings is None)
    told = list(dict.fromkeys(map(worlds_told, shares)))
    return told[0] if len(told) == 1 else f"{told[0]} to {told[-1]}" if told else ""


def needs_no_test(test: TestResult) -> bool:
    """Return whether a reading holds, and the case says so already: it restates a line, or nothing else could be."""
    return test.verdict is Verdict.HOLDS and not test.is_test


def worlds_told(share: float) -> str:
    """Return a share as a number of 100 worlds; only all are 100, and only none are 0."""
    if share <= 0:
        return "0"
    if is_certain(share):
        return "100"
    if share < 0.005:
        return "< 1"
    return "> 99" if share > 0.995 else f"{100 * share:.0f}"


def perhaps_restates(test: TestResult) -> bool:
    """Return whether a reading holds of which it is open whether it restates a line of the case."""
    return test.verdict is Verdict.HOLDS and test.rests_on is not None and bool(test.rests_on.edge)


def _is_plain(test: TestResult, *, few: bool) -> bool:
    """Return whether a reading holds and nothing puts that in doubt, but that for all too ``few`` worlds count."""
    return test.verdict is Verdict.HOLDS and test.edge is None and (few or not test.few_worlds)


def _verdict(test: TestResult) -> str:
    if not needs_no_test(test):
        return verdict_word(test)
    return "restates" if test.restates else "holds"


def _over(names: CaseNames, claim: ClaimResult, test: TestResult) -> str:
    """Return what stands beside a verdict over fillings; empty for one on worlds."""
    query = test_query(claim, test)
    return "" if test.fillings is None or query is None else row_said(names, query, test)


def _remark(test: TestResult, *, few: bool) -> str:
    """Return what qualifies a verdict, in few words."""
    said = []
    if is_even(test):
        said.append("no difference in any world")
    elif test.size is not None and (test.size.hardly_any or test.size.edge):
        said.append("hardly any difference" + (" in half" if test.size.edge else ""))
    if test.restates and not needs_no_test(test):
        said.append("one line of the case decides")
    elif test.is_forced and not test.restates:
        said.append("by construction")
    elif test.by_construction.status is ByConstructionStatus.SETTLED:
        said.append("settled by what was seen")
    if perhaps_restates(test):
        said.append("on the edge of restating a line")
    if test.edge is not None:
        said.append("on the edge")
    if not few:
        said += few_said(test.few_worlds, test.few_edge)
    if test.share is None:
        said.append("no world has an answer")
    return ", ".join(said)


def _share(test: TestResult) -> float:
    return -1.0 if test.share is None else test.share.share


def _in_order(claims: Sequence[ClaimResult]) -> list[ClaimResult]:
    """Return what is contested first, right in fewest worlds; then what is open; then what fails; then the rest.

    The rest stands in the order of the case, and so do contested claims of which noise leaves open which is right in
    fewer worlds: those whose intervals reach that of the first one, then the same of what is left.
    """
    contested = {claim.claim.id: least for claim in claims if (least := _least_contested(claim)) is not None}
    left = sorted((c for c in claims if c.claim.id in contested), key=lambda c: contested[c.claim.id].share)
    ordered: list[ClaimResult] = []
    while left:
        reach = contested[left[0].claim.id].high
        ordered += [claim for claim in claims if claim in left and contested[claim.claim.id].low <= reach]
        left = [claim for claim in left if claim not in ordered]
    others = [claim for claim in claims if claim not in ordered]
    return ordered + sorted(others, key=lambda claim: min(_FIRST.get(test.verdict, 2) for test in claim.tests))


def _least_contested(claim: ClaimResult) -> Share | None:
    """Return the least share of a claim's contested readings; ``None`` where none is."""
    found = [test.share for test in claim.tests if is_contested(test) and test.share is not None]
    return min(found, key=lambda share: share.share, default=None)


def is_contested(test: TestResult) -> bool:
    """Return whether a reading neither holds nor fails in nearly all worlds, or may do so in other worlds."""
    return test.verdict in _CONTESTED or test.edge is not None


def _fitting(claims: Sequence[ClaimResult]) -> tuple[Sequence[ClaimResult], Sequence[ClaimResult]]:
    """Return the claims whose rows fit on a screen, at least one, and the others."""
    used = 0
    for number, claim in enumerate(claims):
        used += len({(_mark(test), _verdict(test)) for test in _shown(claim)})
        if number and used > MOST_ROWS:
            return claims[:number], claims[number:]
    return claims, ()


def _fold(claims: Sequence[ClaimResult]) -> Fold | None:
    tests = [test for claim in claims for test in claim.tests if not needs_no_test(test)]
    shares = [test.share.share for test in tests if test.share is not None]
    if not claims:
        return None
    low, high = (worlds_told(end) for end in (min(shares), max(shares))) if shares else ("", "")
    hardly = sum(any(test.size is not None and test.size.hardly_any for test in claim.tests) for claim in claims)
    edge = sum(any(map(perhaps_restates, claim.tests)) for claim in claims)
    return Fold(len(claims), low, high, hardly, edge)


_CONTESTED = (Verdict.LEANS_TRUE, Verdict.TOSS_UP, Verdict.LEANS_FALSE)
_FIRST = {Verdict.OPEN: 0, Verdict.CONTRADICTS: 1, Verdict.FAILS: 1}
_MARKS: dict[Verdict, Mark] = {
    Verdict.HOLDS: "holds",
    Verdict.LEANS_TRUE: "leans_true",
    Verdict.TOSS_UP: "toss_up",
    Verdict.LEANS_FALSE: "leans_false",
    Verdict.FAILS: "fails",
    Verdict.NOT_TESTABLE: "not_testable",
    Verdict.FOLLOWS_PROVED: "follows",
    Verdict.FOLLOWS_SEARCHED: "follows",
    Verdict.FOLLOWS_UNSEARCHED: "follows",
    Verdict.OPEN: "open",
    Verdict.CONTRADICTS: "contradicts",
}
