"""What the ledger's tasks find, as documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from quandary.ledger.chain import Verification
from quandary.ledger.due import Due
from quandary.ledger.histories import QuestionHistory
from quandary.ledger.importing import Imported
from quandary.ledger.lint import Flaw
from quandary.ledger.records import LedgerForecast, LedgerQuestion, LedgerResolution, body
from quandary.ledger.scores.calibration import CalibrationParts
from quandary.ledger.scores.card import ScoreLine
from quandary.ledger.scores.confidence import Confidence
from quandary.ledger.scores.scored import Scored
from quandary.ledger.scores.skill import Difference
from quandary.ledger.scores.summary import ScoreSummary
from quandary.ledger.store.store import Appended, key_of
from quandary.report.documents.document import ResultDocument, document, key
from quandary.report.ledger.said import name_of

Plain = dict[str, Any]


@document
class FlawDocument:
    """What is wrong with a question as it was asked."""

    what: str = key("what is wrong")
    mend: str = key("what would mend it")
    fatal: bool = key("whether nobody could settle it, so that it is not scored")


@document
class AppendedDocument:
    """What was added to a ledger."""

    ledger: str = key("the ledger: a file, or an address without its password")
    added: int = key("entries that are new")
    known: int = key("entries that were there already")
    head: str = key("the digest of the last entry: keep it, and verify --head proves that nothing before it changed")


@document
class ForecastDocument:
    """One forecast."""

    who: str | None = key("who said it; null where the name was taken out")
    said: str = key("the day or time it was said")
    entered: str | None = key("when it was entered")
    values: Plain = key(
        "as it is kept: judge, probability, probabilities, points and cumulative, low to high with share, words with "
        "read_low to read_high, quote, source, derived, model, seed, version, notes; what does not apply is left out"
    )


@document
class LedgerQuestionDocument:
    """One question with all that was said of it."""

    number: int = key("its number in the ledger")
    identity: str = key("its key, which follows from what it first said", name="key")
    question: Plain = key(
        "as it is kept: text, kind, options, rule, source, opened, closes, until, condition, tags, set, linked, low, "
        "high, link, same_as, unscorable, notes; what does not apply is left out"
    )
    forecasts: tuple[ForecastDocument, ...] = key("what was said, in the order of saying")
    resolution: Plain | None = key("how it was settled: outcome, day, option, value, source; null while it is open")
    flaws: tuple[FlawDocument, ...] = key("what was wrong with it when it was asked; empty where that is not told")


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
    worded_before: tuple[Plain, ...] = key("earlier wordings of it")
    settled_before: tuple[Plain, ...] = key("resolutions that were corrected")


@document
class ScoreDocument:
    """One forecaster's scores on one question."""

    who: str | None = key("who; null where the name was taken out")
    last: Plain = key("scores of what stood at the end, by rule")
    weighted: Plain = key("scores weighted by how long each forecast stood, by rule")
    parts: tuple[Plain, ...] = key("what stood when: start and end in days since the year 1, days, and scores by rule")


@document
class LedgerResolveDocument(ResultDocument):
    """A question, settled."""

    SCHEMA: ClassVar[str] = "quandary.ledger-resolve/1"

    appended: AppendedDocument = key("what was added", inline=True)
    question: LedgerQuestionDocument = key("the question")
    scores: tuple[ScoreDocument, ...] = key("what each forecaster scored on it")


@document
class DueDocument:
    """Something to look at."""

    number: int = key("the question's number")
    text: str = key("the question")
    what: str = key("overdue, soon, condition failed, apart, or range broken")
    details: Plain = key("what is known of it: until, condition, model and person (probabilities), low, high, came")


@document
class LedgerTodayDocument(ResultDocument):
    """What is due."""

    SCHEMA: ClassVar[str] = "quandary.ledger-today/1"

    ledger: str = key("the ledger")
    today: str = key("the day")
    due: tuple[DueDocument, ...] = key("what is to be looked at")


@document
class PartsDocument:
    """The parts of the mean Brier score of forecasts of yes or no: score = miscalibration - discrimination +
    uncertainty.
    """

    forecasts: int = key("how many")
    score: float = key("the mean Brier score, 0 to 1")
    miscalibration: float = key("how far what was said is from how often it came")
    discrimination: float = key("how well what was said tells cases apart")
    uncertainty: float = key("what saying the share of yes each time would score")


@document
class DifferenceDocument:
    """A difference with its interval."""

    mean: float = key("the difference")
    low: float | None = key("the lower end of its interval")
    high: float | None = key("the upper end")
    share: float = key("what the interval holds of the bootstrap")
    questions: int = key("questions behind it")
    clusters: int = key("groups of linked questions, which were drawn whole")
    sure: bool = key("whether it is more than chance makes")


@document
class ConfidenceDocument:
    """How sure, and how right."""

    said: float = key("the mean probability given to the side taken")
    came: float = key("how often that side came")
    gap: DifferenceDocument = key("first minus second: above 0 is over-confident")


@document
class ScoreLineDocument:
    """What a group of forecasts scored."""

    name: str = key("the group")
    forecasts: int = key("forecasts in it")
    questions: int = key("questions in it")
    few: bool = key("whether there are too few to say much")
    means: Plain = key("the mean score by rule; losses")
    parts: PartsDocument | None = key("the parts of the Brier score; null where nothing was of yes or no")
    right_side: float | None = key("the share on the right side of even")
    sharpness: float | None = key("the mean distance from 50 %, 0 to 0.5")
    ranges: int = key("ranges that were stated")
    ranges_held: int = key("ranges that held what came")
    confidence: ConfidenceDocument | None = key("over- or under-confidence; null where nothing was of yes or no")


@document
class ReliabilityDocument:
    """One point of the reliability diagram."""

    said: float = key("the probability that was said")
    came: float = key("how often it came, by isotonic regression")
    low: float = key("the lower end of the band in which that lies by chance, if what was said is right")
    high: float = key("its upper end")
    count: int = key("how often it was said")


@document
class PublishedDocument:
    """Metaculus's baseline and peer scores; more is better."""

    who: str | None = key("who")
    baseline: float | None = key("the mean baseline score; null where it has no bound")
    peer: float | None = key("the mean peer score; null without others")
    questions: int = key("questions")
    coverage: float = key("the mean share of the time that was covered")


@document
class LedgerScoreDocument(ResultDocument):
    """Scores."""

    SCHEMA: ClassVar[str] = "quandary.ledger-score/1"

    ledger: str = key("the ledger")
    head: str = key("the digest of its last entry")
    by: str = key("what the lines are told apart by")
    whole: ScoreLineDocument | None = key("all together; null where nothing can be scored")
    lines: tuple[ScoreLineDocument, ...] = key("told apart")
    who: str | None = key("the one forecaster whose all scores are; null where there are several")
    reliability: tuple[ReliabilityDocument, ...] = key("the reliability diagram")
    published: tuple[PublishedDocument, ...] = key("baseline and peer scores by forecaster")
    beside: tuple[Plain, ...] = key("one forecaster beside another: rule, first, second, difference")
    skipped: Plain = key("questions that are not scored, counted by the reason")
    question: LedgerQuestionDocument | None = key("the question whose parts are asked for; null where none is")
    scores: tuple[ScoreDocument, ...] = key("each forecaster's scores on it, part by part")


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
            body(question),
            tuple(ForecastDocument(name, one.said, None, _values(one)) for name, one in forecasts),
            None,
            tuple(FlawDocument(flaw.what, flaw.mend, flaw.fatal) for flaw in wrong),
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
    worded, settled = (tuple(map(body, records)) for records in (history.worded, history.corrected))
    return LedgerShowDocument(place, question_document(history, names), worded, settled)


def resolve_document(
    place: str, history: QuestionHistory, appended: Appended, found: Sequence[Scored], names: Mapping[str, str]
) -> LedgerResolveDocument:
    """Return a question, settled."""
    scores = tuple(_score(one, names) for one in found)
    return LedgerResolveDocument(_appended(place, appended), question_document(history, names), scores)


def today_document(place: str, found: Due, names: Mapping[str, str]) -> LedgerTodayDocument:
    """Return what is due."""
    rows: list[DueDocument] = []
    for what, histories in (("overdue", found.overdue), ("soon", found.soon)):
        rows += [_due(one, what, {"until": one.question.until}) for one in histories]
    rows += [_due(one, "condition failed", {"condition": by.question.text}) for one, by in found.failed]
    for apart in found.apart:
        details = {"model": apart.model.probability, "person": apart.person.probability}
        rows.append(_due(apart.history, "apart", {**details, "who": name_of(apart.person.by, names)}))
    for broken in found.broken:
        details = {"low": broken.forecast.low, "high": broken.forecast.high, "came": broken.came}
        rows.append(_due(broken.history, "range broken", {**details, "who": name_of(broken.forecast.by, names)}))
    return LedgerTodayDocument(place, found.today.isoformat(), tuple(rows))


def score_document(found: ScoreSummary) -> LedgerScoreDocument:
    """Return scores."""
    fit = found.reliability
    points = () if fit is None else zip(fit.said, fit.came, fit.low, fit.high, fit.counts, strict=True)
    beside = tuple(
        {"rule": rule, "first": found.names.get(pair.first), "second": found.names.get(pair.second)}
        | {"difference": _difference(one)}
        for pair in found.beside
        for rule, one in pair.kinds
    )
    history, scores = found.why or (None, ())
    return LedgerScoreDocument(
        found.place,
        found.head,
        found.by,
        None if found.whole is None else _line(found.whole),
        tuple(_line(line, sure) for line, sure in zip(found.lines, found.confidences, strict=True)),
        found.who or None,
        tuple(
            ReliabilityDocument(float(said), float(came), float(low), float(high), int(count))
            for said, came, low, high, count in points
        ),
        tuple(
            PublishedDocument(found.names.get(one.by), one.baseline, one.peer, one.questions, one.coverage)
            for one in found.published
        ),
        beside,
        dict(found.skipped or {}),
        None if history is None else question_document(history, found.names),
        tuple(_score(one, found.names) for one in scores),
    )


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


def question_document(history: QuestionHistory, names: Mapping[str, str]) -> LedgerQuestionDocument:
    """Return one question with all that was said of it."""
    said = tuple(
        ForecastDocument(names.get(one.forecast.by), one.forecast.said, one.entered, _values(one.forecast))
        for one in history.said
    )
    resolution = None if history.resolution is None else _without(history.resolution)
    return LedgerQuestionDocument(history.number, history.key, body(history.question), said, resolution, ())


def _values(forecast: LedgerForecast) -> Plain:
    return {name: value for name, value in body(forecast).items() if name not in ("question", "by", "said")}


def _without(resolution: LedgerResolution) -> Plain:
    return {name: value for name, value in body(resolution).items() if name != "question"}


def _appended(place: str, appended: Appended) -> AppendedDocument:
    return AppendedDocument(place, appended.added, appended.known, appended.head)


def _due(history: QuestionHistory, what: str, details: Plain) -> DueDocument:
    return DueDocument(history.number, history.question.text, what, details)


def _score(one: Scored, names: Mapping[str, str]) -> ScoreDocument:
    parts = tuple(
        {"start": part.start, "end": part.end, "days": part.days, "scores": dict(part.scores)} for part in one.parts
    )
    return ScoreDocument(names.get(one.by), dict(one.last), dict(one.mean), parts)


def _line(line: ScoreLine, sure: Confidence | None = None) -> ScoreLineDocument:
    return ScoreLineDocument(
        line.name,
        line.forecasts,
        line.questions,
        line.few,
        dict(line.means),
        None if line.parts is None else _parts(line.parts),
        line.right,
        line.sharpness,
        line.ranges,
        line.held,
        None if sure is None else ConfidenceDocument(sure.said, sure.came, _difference(sure.gap)),
    )


def _parts(parts: CalibrationParts) -> PartsDocument:
    return PartsDocument(parts.forecasts, parts.score, parts.miscalibration, parts.discrimination, parts.uncertainty)


def _difference(one: Difference) -> DifferenceDocument:
    return DifferenceDocument(one.mean, one.low, one.high, one.share, one.questions, one.clusters, one.sure)
