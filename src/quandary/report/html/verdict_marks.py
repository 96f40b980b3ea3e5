"""The mark of a verdict: a disc filled as far as worlds agree, a word, and an underline; never colour alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from quandary.ask.results import ClaimResult, TestResult, Verdict
from quandary.report.words.claim_rows import ClaimRow, Mark, needs_no_test
from quandary.report.words.claims import VERDICTS, verdict_word

STYLES: dict[Mark, str] = {
    "holds": "holds",
    "leans_true": "leans-true",
    "toss_up": "toss-up",
    "leans_false": "leans-false",
    "fails": "fails",
    "not_testable": "recorded",
    "restates": "given",
    "follows": "holds",
    "open": "toss-up",
    "contradicts": "fails",
}
"""What the style of the page calls each mark."""

_OF_VERDICT: dict[Verdict, Mark] = {
    Verdict.HOLDS: "holds",
    Verdict.LEANS_TRUE: "leans_true",
    Verdict.TOSS_UP: "toss_up",
    Verdict.LEANS_FALSE: "leans_false",
    Verdict.FAILS: "fails",
    Verdict.FOLLOWS_PROVED: "follows",
    Verdict.FOLLOWS_SEARCHED: "follows",
    Verdict.FOLLOWS_UNSEARCHED: "follows",
    Verdict.OPEN: "open",
    Verdict.CONTRADICTS: "contradicts",
}


ON_WORLDS = (Verdict.HOLDS, Verdict.LEANS_TRUE, Verdict.TOSS_UP, Verdict.LEANS_FALSE, Verdict.FAILS)
"""Verdicts by a share of worlds, which the page's key explains; the others say what they mean."""


@dataclass(frozen=True)
class VerdictMark:
    """``style`` names sign, colour and underline; ``word`` always stands beside them."""

    style: str
    word: str


RECORDED = VerdictMark("recorded", "recorded")
KEY = (
    *(VerdictMark(STYLES[mark], VERDICTS[verdict]) for verdict, mark in _OF_VERDICT.items() if verdict in ON_WORLDS),
    VerdictMark("given", "built into the case: restates it, or true by construction"),
    VerdictMark("recorded", "recorded: event, demand or question"),
)
"""What each mark means, for the page's key."""


def verdict_mark(test: TestResult) -> VerdictMark:
    """Return the mark of one reading; what only restates the case or is true by construction has one of its own."""
    if needs_no_test(test):
        restates = test.rests_on is not None and test.rests_on.restates
        return VerdictMark("given", "restates the case" if restates else "true by construction")
    return VerdictMark(STYLES[_OF_VERDICT.get(test.verdict, "not_testable")], verdict_word(test))


def verdict_marks(result: ClaimResult) -> Sequence[VerdictMark]:
    """Return a claim's marks, one for each reading, alike ones once; ``recorded`` where nothing is tested."""
    return list(dict.fromkeys(verdict_mark(test) for test in result.tests)) or [RECORDED]


def row_mark(row: ClaimRow) -> VerdictMark:
    """Return the mark of a row on the first screen."""
    return VerdictMark(STYLES[row.mark], row.verdict)
