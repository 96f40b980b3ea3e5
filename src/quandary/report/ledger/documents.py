"""What the ledger's tasks find, as documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, ClassVar

from quandary.ledger.chain import Verification
from quandary.ledger.due import Due
from quandary.ledger.histories import QuestionHistory
from quandary.ledger.importing import Imported
from quandary.ledger.lint import Flaw
from quandary.ledger.records import LedgerForecast, LedgerQuestion
from quandary.ledger.scores.scored import Scored
from quandary.ledger.store.store import Appended, key_of
from quandary.report.documents.document import ResultDocument, document, key
from quandary.report.ledger.kept_documents import (
    ForecastDocument,
    KeptQuestionDocument,
    LedgerQuestionDocument,
    ResolutionDocument,
    flaw_document,
    question_document,
    resolution_document,
    said_document,
    wording_document,
)
from quandary.report.ledger.said import name_of
from quandary.report.ledger.score_documents import ScoreDocument, forecaster_score


@document
class AppendedDocument:
    """What was added to a ledger."""

    ledger: str = key("the ledger: a file, or an address without its password")
    added: int = key("entries that are new")
    known: int = key("entries that were there already")
    head: str = key("the digest of the last entry: keep it, and verify --head proves that nothing before it changed")


@document
class LedgerAddDocument(ResultDocument):
    """What was added."""

    SCHEMA: ClassVar[str] = "quandary.ledger-add/1"

    appended: AppendedDocument = key("what was added", inline=True)
    questions: tuple[LedgerQuestionDocument, ...] = key("each question with what was forecast of it")


@document
class UnreadDocument:
    """A row that could not be read."""

    file: str = key("the file")
    line: int = key("its line, from 1")
    reason: str = key("why")


@document
class LedgerImportDocument(ResultDocument):
    """What became of a file."""

    SCHEMA: ClassVar[str] = "quandary.ledger-import/1"

    file: str = key("the file")
    format: str = key("its format")
    rows: int = key("rows in it")
    unread: int = key("rows that could not be read")
    first_unread: tuple[UnreadDocument, ...] = key("the first of them, 100 at most")
    chain_kept: bool | None = key(
        "of entries whether they came with numbers, times and digests, or were entered anew; null of rows"
    )
    appended: AppendedDocument = key("what was added", inline=True)


@document
class LedgerListDocument(ResultDocument):
    """Questions of a ledger."""

    SCHEMA: ClassVar[str] = "quandary.ledger-list/1"

    ledger: str = key("the ledger")
    all: int = key("questions in it")
    matching: int = key("questions like what was asked for; those told are the first of them")
    questions: tuple[LedgerQuestionDocument, ...] = key("the questions, in the order in which they were asked")


@document
class LedgerShowDocument(ResultDocument):
    """One question."""

    SCHEMA: ClassVar[str] = "quandary.ledger-show/1"

    ledger: str = key("the ledger")
    question: LedgerQuestionDocument = key("the question")
    worded_before: tuple[KeptQuestionDocument, ...] = key("earlier wordings of it")
    settled_before: tuple[ResolutionDocument, ...] = key("resolutions that were corrected")


@document
class LedgerResolveDocument(ResultDocument):
    """A question, settled."""

    SCHEMA: ClassVar[str] = "quandary.ledger-resolve/1"

    appended: AppendedDocument = key("what was added", inline=True)
    question: LedgerQuestionDocument = key("the question")
    scores: tuple[ScoreDocument, ...] = key("what each forecaster scored on it")


@document
class DueDetailsDocument:
    """What is known of what is due; what does not apply is left out."""

    until: str | None = key("its last day", left_out=True)
    condition: str | None = key("the condition that did not happen", left_out=True)
    who: str | None = key("the person whose forecast it is", left_out=True)
    model: float | None = key("the probability that a model gives", left_out=True)
    person: float | None = key("the one that the person gives", left_out=True)
    low: float | None = key("the lower end of the range that broke", left_out=True)
    high: float | None = key("its upper end", left_out=True)
    came: float | None = key("what came; left out where the range is over, and nothing came", left_out=True)


@document
class DueDocument:
    """Something to look at."""

    number: int = key("the question's number")
    text: str = key("the question")
    what: str = key("overdue, soon, condition failed, apart, or range broken")
    details: DueDetailsDocument = key("what is known of it")


@document
class LedgerTodayDocument(ResultDocument):
    """What is due."""

    SCHEMA: ClassVar[str] = "quandary.ledger-today/1"

    ledger: str = key("the ledger")
    today: str = key("the day")
    due: tuple[DueDocument, ...] = key("what is to be looked at")


@document
class LedgerVerifyDocument(ResultDocument):
    """Whether a ledger is whole."""

    SCHEMA: ClassVar[str] = "quandary.ledger-verify/1"

    ledger: str = key("the ledger")
    entries: int = key("entries that hold")
    head: str = key("the digest of the last of them")
    whole: bool = key("whether nothing was found broken")
    proved: bool = key("whether a head kept elsewhere was found, which proves that nothing before it changed")
    broken: int | None = key("the first entry that is broken")
    reason: str = key("why it is")


@document
class LedgerExportDocument(ResultDocument):
    """What was written."""

    SCHEMA: ClassVar[str] = "quandary.ledger-export/1"

    output: str = key("the file")
    format: str = key("its format")
    questions: int = key("questions in it")
    left_out: int = key("questions that the format cannot hold, or that the person did not forecast")
    head: str = key("the digest of the ledger's last entry")


@document
class LedgerForgetDocument(ResultDocument):
    """That a name is gone."""

    SCHEMA: ClassVar[str] = "quandary.ledger-forget/1"

    head: str = key("the digest of the ledger's last entry")


@document
class LedgerBackupDocument(ResultDocument):
    """A copy that was made or put back."""

    SCHEMA: ClassVar[str] = "quandary.ledger-backup/1"

    written: str = key("the file")
    entries: int = key("entries in it, verified")
    head: str = key("the digest of the last of them")


def add_document(
    place: str,
    appended: Appended,
    entries: Sequence[tuple[int, LedgerQuestion, tuple[tuple[str, LedgerForecast], ...], tuple[Flaw, ...]]],
) -> LedgerAddDocument:
    """Return what was added."""
    questions = tuple(
        LedgerQuestionDocument(
            number,
            key_of(question),
            wording_document(question),
            tuple(ForecastDocument(name, one.said, None, said_document(one)) for name, one in forecasts),
            None,
            tuple(map(flaw_document, wrong)),
        )
        for number, question, forecasts, wrong in entries
    )
    return LedgerAddDocument(_appended(place, appended), questions)


def import_document(place: str, file: str, found: Imported) -> LedgerImportDocument:
    """Return what became of a file."""
    first = tuple(UnreadDocument(one.file, one.line, one.reason) for one in found.first)
    appended = _appended(place, found.appended)
    return LedgerImportDocument(file, found.kind, found.rows, found.unread, first, found.chained, appended)


def list_document(
    place: str, found: Sequence[QuestionHistory], names: Mapping[str, str], counts: tuple[int, int]
) -> LedgerListDocument:
    """Return questions; ``counts`` are how many match, and how many there are."""
    matching, every = counts
    return LedgerListDocument(place, every, matching, tuple(question_document(one, names) for one in found))


def ledger_show_document(place: str, history: QuestionHistory, names: Mapping[str, str]) -> LedgerShowDocument:
    """Return one question."""
    worded, settled = map(wording_document, history.worded), map(resolution_document, history.corrected)
    return LedgerShowDocument(place, question_document(history, names), tuple(worded), tuple(settled))


def resolve_document(
    place: str, history: QuestionHistory, appended: Appended, found: Sequence[Scored], names: Mapping[str, str]
) -> LedgerResolveDocument:
    """Return a question, settled."""
    scores = tuple(forecaster_score(one, names) for one in found)
    return LedgerResolveDocument(_appended(place, appended), question_document(history, names), scores)


def today_document(place: str, found: Due, names: Mapping[str, str]) -> LedgerTodayDocument:
    """Return what is due."""
    rows: list[DueDocument] = []
    for what, histories in (("overdue", found.overdue), ("soon", found.soon)):
        rows += [_due(one, what, until=one.question.until) for one in histories]
    rows += [_due(one, "condition failed", condition=by.question.text) for one, by in found.failed]
    for apart in found.apart:
        probabilities = {"model": apart.model.probability, "person": apart.person.probability}
        rows.append(_due(apart.history, "apart", **probabilities, who=name_of(apart.person.by, names)))
    for broken in found.broken:
        ends = {"low": broken.forecast.low, "high": broken.forecast.high, "came": broken.came}
        rows.append(_due(broken.history, "range broken", **ends, who=name_of(broken.forecast.by, names)))
    return LedgerTodayDocument(place, found.today.isoformat(), tuple(rows))


def verify_document(place: str, found: Verification) -> LedgerVerifyDocument:
    """Return whether a ledger is whole."""
    return LedgerVerifyDocument(
        place, found.entries, found.head, found.whole, bool(found.held), found.broken, found.reason
    )


def export_document(output: str, kind: str, questions: int, left_out: int, head: str) -> LedgerExportDocument:
    """Return what was written."""
    return LedgerExportDocument(output, kind, questions, left_out, head)


def forget_document(head: str) -> LedgerForgetDocument:
    """Return that a name is gone."""
    return LedgerForgetDocument(head)


def backup_document(written: str, entries: int, head: str) -> LedgerBackupDocument:
    """Return a copy that was made or put back."""
    return LedgerBackupDocument(written, entries, head)


def _appended(place: str, appended: Appended) -> AppendedDocument:
    return AppendedDocument(place, appended.added, appended.known, appended.head)


def _due(history: QuestionHistory, what: str, **details: Any) -> DueDocument:  # noqa: ANN401 - of several types
    known = DueDetailsDocument(**{one.name: details.get(one.name) for one in fields(DueDetailsDocument)})
    return DueDocument(history.number, history.question.text, what, known)
