"""The ledger's pages: its questions and what is due, one question with its history, and the scores."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from quandary.base.problems import Refusal
from quandary.ledger.histories import QuestionHistory
from quandary.ledger.moments import moment
from quandary.report.ledger.charts import history_chart, score_chart
from quandary.report.ledger.said import day_told, last_told, outcome_told
from quandary.use.ledger.demo import record
from quandary.use.ledger.listing import (
    LedgerListed,
    LedgerListRequest,
    LedgerShowRequest,
    LedgerTodayRequest,
    due_on,
    listed,
    shown,
)
from quandary.use.ledger.opening import store
from quandary.use.ledger.scoring import LedgerScored, LedgerScoreRequest, day_scores, scored
from quandary.use.results import Hands
from quandary.web.views.drawing import DrawnView, drawn, parts_of, view

if TYPE_CHECKING:
    from quandary.ledger.store.store import Store

PAGE = 50
"""Questions of one page."""
NO_LEDGER = "Q902"
"""The fault of a ledger that is not there."""
TOLD_APART = ("who", "tag", "horizon", "set", "source", "month")
TAKEN = {"last": "the last forecast of each question", "time-weighted": "weighted by time", "each": "each forecast"}
CHARTS = ("calibration", "discrimination", "months")


@dataclass(frozen=True)
class ListedQuestion:
    """A question as the list shows it."""

    number: int
    text: str
    until: str
    overdue: bool
    last: str
    came: str
    settled: bool


@contextmanager
def ledger_of(place: str) -> Iterator[tuple[Store, bool]]:
    """Yield the ledger that is served, and whether it is the flagship's record, since there is nothing in it yet."""
    try:
        with store(place or None) as kept:
            if kept.head()[0]:
                yield kept, False
                return
    except Refusal as refusal:
        if refusal.problem.code != NO_LEDGER:
            raise
    with record() as kept:
        yield kept, True


def ledger_page(given: Mapping[str, str], hands: Hands) -> str:
    """Return the list of questions that the address asks for, and what is due."""
    asked = {name: given.get(name, "") for name in ("words", "tag", "open")}
    after = int(given["after"]) if given.get("after", "").isdecimal() else 0
    request = LedgerListRequest(
        words=asked["words"], tag=asked["tag"], open=bool(asked["open"]), after=after, most=PAGE
    )
    with ledger_of(given.get("ledger", "")) as (kept, is_record):
        found = listed(kept, request)
        tags = sorted({tag for one in listed(kept, LedgerListRequest(most=0)).histories for tag in one.question.tags})
        due = due_on(kept, LedgerTodayRequest())
    more = found.matching > len(found.histories)
    return view(
        "ledger.html.j2",
        "Ledger",
        at="questions",
        asked=asked,
        after=after,
        tags=tags,
        rows=[_row(one, found) for one in found.histories],
        counts=found,
        next=found.histories[-1].number if more and found.histories else 0,
        nothing_due=due.due.nothing,
        due=list(parts_of(due.pieces())),
        is_record=is_record,
    )


def _row(one: QuestionHistory, found: LedgerListed) -> ListedQuestion:
    until, settled = one.question.until, one.resolution is not None
    overdue = bool(not settled and until and moment(until, end=True) <= found.today.toordinal())
    came = "not scored" if one.question.unscorable and not settled else outcome_told(one.resolution, one.question)
    return ListedQuestion(
        one.number,
        one.question.text,
        day_told(until) if until else "no last day",
        overdue,
        last_told(one, found.names),
        came,
        settled,
    )


def question_page(given: Mapping[str, str], hands: Hands) -> str:
    """Return one question: what all forecasters said of it, how it was settled, and each day's part of the scores."""
    named = given.get("question", "")
    named = f"#{named}" if named.isdecimal() else named
    with ledger_of(given.get("ledger", "")) as (kept, is_record):
        found = shown(kept, LedgerShowRequest(question=named), hands)
        key = f"#{found.history.number}"
        scores, unscored = None, ""
        try:
            scores = day_scores(kept, LedgerScoreRequest(why=key))
        except Refusal as refusal:
            unscored = refusal.problem.message
    chart: DrawnView | None = None
    undrawn = ""
    try:
        chart = drawn(history_chart(found.history, found.names))
    except Refusal as refusal:
        undrawn = refusal.problem.message
    told = list(parts_of(found.pieces()))
    return view(
        "question.html.j2",
        "Ledger",
        at="question",
        number=found.history.number,
        text=found.history.question.text,
        settled=found.history.resolution is not None,
        chart=chart,
        undrawn=undrawn,
        history=[one for one in told if one.tone != "title"],
        scores=[] if scores is None else list(parts_of(scores.pieces())),
        unscored=unscored,
        is_record=is_record,
    )


def scores_page(given: Mapping[str, str], hands: Hands) -> str:
    """Return the scores that the address asks for, with their charts."""
    asked = {name: given.get(name, "") for name in ("by", "of", "tag", "take", "against")}
    asked["by"], asked["take"] = asked["by"] or "who", asked["take"] or "last"
    with ledger_of(given.get("ledger", "")) as (kept, is_record):
        names = sorted(set(kept.people().values()))
        tags = sorted({tag for one in listed(kept, LedgerListRequest(most=0)).histories for tag in one.question.tags})
        request = LedgerScoreRequest(
            by=asked["by"], of=asked["of"], tag=asked["tag"], take=asked["take"], against=asked["against"]
        )
        found = scored(kept, request, hands)
    whole = found.found.whole
    return view(
        "scores.html.j2",
        "Ledger",
        at="scores",
        asked=asked,
        told_apart=TOLD_APART,
        taken=TAKEN,
        names=names,
        tags=tags,
        few=whole is not None and whole.few,
        forecasts=0 if whole is None else whole.forecasts,
        charts=list(_charts(found)),
        told=list(parts_of(found.pieces())),
        is_record=is_record,
    )


def _charts(found: LedgerScored) -> Iterator[DrawnView]:
    """Yield the charts that there is enough for: of few forecasts no curve is drawn."""
    few = found.found.whole is None or found.found.whole.few
    for what in CHARTS:
        if few and what == "calibration":
            continue
        try:
            yield drawn(score_chart(what, found.found, found.rows))
        except Refusal:
            return  # nothing of yes or no is settled: the words say so
