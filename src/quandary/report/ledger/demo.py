"""The flagship's record as people read it: what was asked, and what everybody said of the question most spoke of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from quandary.ledger.histories import QuestionHistory
from quandary.ledger.records import ForecasterKind
from quandary.ledger.scores.scored import scores_of
from quandary.ledger.scores.summary import ScoreSummary
from quandary.report.ledger.said import day_told, forecast_told, last_told, name_of, outcome_told
from quandary.report.sheets import Paragraph, ReportPart, Sheet
from quandary.report.words.wording import UNDEFINED

INTRODUCTION = (
    "What the case kazakhstan-2022 said of the year to come on 8 January 2022, what others said that winter, and what "
    "came. The case was never tuned to the outcome."
)


def demo_parts(histories: Sequence[QuestionHistory], found: ScoreSummary, *, kept: bool) -> Iterator[ReportPart]:
    """Yield the record: its questions with the case's answers, and all that was said of the one most spoke of."""
    yield Paragraph(INTRODUCTION)
    yield Paragraph()
    yield questions_sheet(histories, found)
    most = max(histories, key=lambda one: len(one.said), default=None)
    if most is not None:
        question = most.question
        yield Paragraph()
        yield Paragraph(f"{question.text}: what everybody said (it came on {_came(most)})", "strong")
        yield said_sheet(most, found)
        told = dict.fromkeys(one.forecast.notes for one in most.said if one.forecast.notes.startswith("Asked"))
        if told:
            yield Paragraph(
                "Not all were asked the same: quandary ledger show tells each wording and its source.", "aside"
            )
    yield Paragraph()
    where = f"It is kept in {found.place}." if kept else "Nothing was kept: --keep adds it to your ledger."
    yield Paragraph(f"{where} What the forecasters scored:", "strong")


def questions_sheet(histories: Sequence[QuestionHistory], found: ScoreSummary) -> Sheet:
    """Return each question with the model's answer, else with what was said last, and what came."""
    rows = []
    for one in histories:
        models = [said.forecast for said in one.said if said.forecast.judge == ForecasterKind.MODEL]
        said = forecast_told(models[-1], one.question) if models else last_told(one, found.names)
        rows.append((one.question.text, one.question.until, said, outcome_told(one.resolution, one.question)))
    return Sheet("Questions", ("Question", "Until", "The case said", "Came"), tuple(rows))


def said_sheet(history: QuestionHistory, found: ScoreSummary) -> Sheet:
    """Return all that was said of a question in time, in the order of saying, each with its own Brier score."""
    rows = []
    for one in history.said:
        score = scores_of(history, one.forecast).get("brier") if one.at < history.ends else None
        rows.append(
            (
                day_told(one.forecast.said),
                name_of(one.forecast.by, found.names),
                forecast_told(one.forecast, history.question),
                UNDEFINED if score is None else f"{score:.3f}",
                "derived" if one.forecast.derived else "",
            )
        )
    return Sheet(history.question.text, ("Day", "Who", "Said", "Brier", ""), tuple(rows), numeric=frozenset({3}))


def _came(history: QuestionHistory) -> str:
    return "no day yet" if history.resolution is None else day_told(history.resolution.day)
