"""Scores as documents: of one forecaster on one question, of groups, calibration, one beside another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import ClassVar

from quandary.ledger.histories import QuestionHistory
from quandary.ledger.scores.calibration import CalibrationParts, Step
from quandary.ledger.scores.card import ScoreLine
from quandary.ledger.scores.confidence import Confidence
from quandary.ledger.scores.scored import Scored
from quandary.ledger.scores.skill import Difference
from quandary.ledger.scores.summary import ScoreSummary
from quandary.report.documents.document import ResultDocument, document, key
from quandary.report.ledger.kept_documents import LedgerQuestionDocument, question_document

Rules = dict[str, float | None]


@document
class StoodDocument:
    """What a forecast scored while it stood."""

    start: float = key("from when it stood, in days since the year 1")
    end: float = key("until when")
    days: float = key("how long")
    scores: Rules = key("its scores by rule; null without bound")


@document
class ScoreDocument:
    """One forecaster's scores on one question."""

    who: str | None = key("who; null where the name was taken out")
    last: Rules = key("scores of what stood at the end, by rule; null without bound")
    weighted: Rules = key("scores weighted by how long each forecast stood, by rule; null without bound")
    parts: tuple[StoodDocument, ...] = key("what stood when")


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
    means: Rules = key("the mean score by rule; losses; null without bound")
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
class StepDocument:
    """A step of the reliability diagram: what was said together, and how often it came."""

    least: float = key("the least that was said")
    most: float = key("the most that was said")
    mean: float = key("what was said on average")
    count: int = key("forecasts in it")
    came: float = key("how often it came")
    low: float = key("the lower end of the shares in which it comes by chance, if what was said is right")
    high: float = key("their upper end")
    within: bool = key("whether chance alone explains how often it came")


@document
class BesideDocument:
    """One forecaster beside another on the same questions and days."""

    rule: str = key("the rule that both are held to; a loss")
    first: str | None = key("the one; null where the name was taken out")
    second: str | None = key("the other")
    difference: DifferenceDocument = key("the first's mean score minus the second's: below 0 the first is better")


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
    steps: tuple[StepDocument, ...] = key("its steps, as a table")
    published: tuple[PublishedDocument, ...] = key("baseline and peer scores by forecaster")
    beside: tuple[BesideDocument, ...] = key("one forecaster beside another, by each rule that both can be held to")
    skipped: dict[str, int] = key("questions that are not scored, counted by the reason")
    question: LedgerQuestionDocument | None = key("the question whose parts are asked for; null where none is")
    scores: tuple[ScoreDocument, ...] = key("each forecaster's scores on it, part by part")


@document
class LedgerDemoDocument(LedgerScoreDocument):
    """The record that ships."""

    SCHEMA: ClassVar[str] = "quandary.ledger-demo/1"

    questions: tuple[LedgerQuestionDocument, ...] = key("each question with what everybody said of it, and what came")


def demo_document(found: ScoreSummary, histories: Iterable[QuestionHistory]) -> LedgerDemoDocument:
    """Return the record's scores and its questions."""
    scores = score_document(found)
    told = {one.name: getattr(scores, one.name) for one in fields(scores)}
    return LedgerDemoDocument(**told, questions=tuple(question_document(one, found.names) for one in histories))


def score_document(found: ScoreSummary) -> LedgerScoreDocument:
    """Return scores."""
    fit = found.reliability
    points = () if fit is None else zip(fit.said, fit.came, fit.low, fit.high, fit.counts, strict=True)
    beside = tuple(
        BesideDocument(rule, found.names.get(pair.first), found.names.get(pair.second), _difference(one))
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
        () if fit is None else tuple(map(_step, fit.steps)),
        tuple(
            PublishedDocument(found.names.get(one.by), one.baseline, one.peer, one.questions, one.coverage)
            for one in found.published
        ),
        beside,
        dict(found.skipped or {}),
        None if history is None else question_document(history, found.names),
        tuple(forecaster_score(one, found.names) for one in scores),
    )


def forecaster_score(one: Scored, names: Mapping[str, str]) -> ScoreDocument:
    """Return one forecaster's scores on one question."""
    parts = tuple(StoodDocument(part.start, part.end, part.days, dict(part.scores)) for part in one.parts)
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


def _step(one: Step) -> StepDocument:
    return StepDocument(one.least, one.most, one.mean, one.count, one.came, one.low, one.high, one.within)
