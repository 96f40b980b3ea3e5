"""The mark of a verdict: a disc filled as far as worlds agree, a word, and an underline; never colour alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from quandary.ask.results import ByConstructionStatus, ClaimResult, TestResult, Verdict
from quandary.report.words.claims import FORCED, VERDICTS


@dataclass(frozen=True)
class VerdictMark:
    """``style`` names sign, colour and underline; ``word`` always stands beside them."""

    style: str
    word: str


STYLES = {
    Verdict.HOLDS: "holds",
    Verdict.LEANS_TRUE: "leans-true",
    Verdict.TOSS_UP: "toss-up",
    Verdict.LEANS_FALSE: "leans-false",
    Verdict.FAILS: "fails",
}
RECORDED = VerdictMark("recorded", "recorded")
KEY = (
    *(VerdictMark(style, VERDICTS[verdict]) for verdict, style in STYLES.items()),
    VerdictMark("given", "restates a line, or by construction"),
    VerdictMark("recorded", "recorded: event, demand or question"),
)
"""What each mark means, for the page's key."""


def verdict_mark(test: TestResult) -> VerdictMark:
    """Return the mark of one reading; what restates the case or is so by construction has one of its own."""
    if test.rests_on is not None and test.rests_on.restates:
        return VerdictMark("given", "restates the case")
    found = test.by_construction
    if found.status in FORCED and found.outcome is not None:
        return VerdictMark("given", f"{'true' if found.outcome else 'false'} by construction")
    if found.status is ByConstructionStatus.SETTLED:
        return VerdictMark("given", "settled by what was seen")
    return VerdictMark(STYLES.get(test.verdict, "recorded"), VERDICTS[test.verdict])


def verdict_marks(result: ClaimResult) -> Sequence[VerdictMark]:
    """Return a claim's marks, one for each reading, alike ones once; ``recorded`` where nothing is tested."""
    return list(dict.fromkeys(verdict_mark(test) for test in result.tests)) or [RECORDED]
