"""What it is worth to know, as documents: to an actor, to the analyst who studies, to one who chooses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from quandary.ask.query.subject import AskedSubject
from quandary.ask.turning.information import Information, Worth
from quandary.ask.turning.studying import Advice, ExpectedGain, Studied, Studying
from quandary.case.model import Case
from quandary.report.analyses.information import advice_sentence, information_sentence, studying_sentence
from quandary.report.documents.answers import (
    ErrorSpreadDocument,
    SpreadDocument,
    WorkDocument,
    error_spread_document,
    spread_document,
    work_document,
)
from quandary.report.documents.cases import (
    CaseDocument,
    NumberReferenceDocument,
    case_document,
    reference_document,
)
from quandary.report.documents.document import ResultDocument, document, key
from quandary.report.documents.turning import IndexDocument, index_document


@document
class WorthDocument:
    """What knowing or controlling one variable is worth to an actor."""

    variable: str = key("the variable")
    seen: bool = key("whether the actor sees it already")
    can_be_worth_something: bool = key("whether the structure lets it be worth anything")
    gain: ErrorSpreadDocument | None = key(
        "payoff with it less payoff without, in points of worth; null where not computed"
    )
    why_not: str | None = key("why it could not be computed", left_out=True)


@document
class InformationDocument(ResultDocument):
    """What it is worth to an actor to know, or to control, something at a decision."""

    SCHEMA: ClassVar[str] = "quandary.information/1"
    case: CaseDocument = key("which case it was")
    worlds: int = key("how many worlds were solved")
    seed: int = key("the seed of the draws")
    actor: str = key("the actor")
    decision: str = key("the decision")
    payoff: SpreadDocument = key("the actor's expected payoff as the case stands, in points of worth")
    said: str = key("the result in one sentence")
    knowing: Sequence[WorthDocument] = key("what each variable is worth to know, the most valuable first")
    control: Sequence[WorthDocument] = key("what each is worth to control, where that was asked for")
    work: WorkDocument = key("how far the work came", inline=True)


@document
class StudiedDocument:
    """One uncertain number, were it known exactly."""

    number: NumberReferenceDocument = key("the number", inline=True)
    share: IndexDocument = key("the share of the answer's variance that would go")
    deviation: float = key("the standard deviation that would be left, in the query's unit")


@document
class StudyingOfAnswerDocument:
    """How much of one answer's doubt a study of each number would take away."""

    title: str = key("what was asked is called")
    query: str = key("the query")
    mean: float = key("the mean answer, in the query's unit")
    deviation: float = key("its standard deviation over worlds")
    said: str = key("the result in one sentence")
    numbers: Sequence[StudiedDocument] = key("the numbers, the most useful to study first")


@document
class StudyingDocument(ResultDocument):
    """How much of answers' doubt a study of each uncertain number would take away."""

    SCHEMA: ClassVar[str] = "quandary.information/1"
    case: CaseDocument = key("which case it was")
    worlds: int = key("how many worlds were solved")
    seed: int = key("the seed of the draws")
    answers: Sequence[StudyingOfAnswerDocument] = key("one entry for each reading of what was asked")
    work: WorkDocument = key("how far the work came", inline=True)


@document
class GainDocument:
    """An expected gain."""

    gain: float = key("in the payoff's unit")
    error: float = key("its standard error")


@document
class NumberGainDocument:
    """What knowing one number first would add to a choice."""

    number: NumberReferenceDocument = key("the number", inline=True)
    gain: GainDocument = key("the gain", inline=True)


@document
class AdviceDocument(ResultDocument):
    """Which option is best, and what knowing more first would add."""

    SCHEMA: ClassVar[str] = "quandary.information/1"
    case: CaseDocument = key("which case it was")
    worlds: int = key("how many worlds were solved")
    seed: int = key("the seed of the draws")
    decision: str = key("the decision")
    payoff: str = key("the query that is chosen for")
    options: Mapping[str, float] = key("each option's expected payoff, in that query's unit")
    best: str = key("the best option")
    said: str = key("the result in one sentence")
    everything: GainDocument = key("what knowing every number first would add")
    numbers: Sequence[NumberGainDocument] = key("what knowing each alone would add, the largest first")
    work: WorkDocument = key("how far the work came", inline=True)


def information_document(case: Case, found: Information, lost: Sequence[int]) -> InformationDocument:
    """Return the values of knowing and of control; ``lost`` are the worlds that did not converge."""
    return InformationDocument(
        case=case_document(case),
        worlds=found.worlds,
        seed=found.seed,
        actor=found.actor,
        decision=found.decision,
        payoff=spread_document(found.payoff),
        said=information_sentence(case, found),
        knowing=[_worth(worth) for worth in found.knowing],
        control=[_worth(worth) for worth in found.control],
        work=work_document(lost, complete=found.complete),
    )


def _worth(worth: Worth) -> WorthDocument:
    gain = None if worth.gain is None else error_spread_document(worth.gain)
    if gain is None and not worth.admits:
        gain = ErrorSpreadDocument(0.0, 0.0, 0.0, 0.0, 0.0)
    return WorthDocument(worth.variable, worth.known, worth.admits, gain, worth.why_not)


def studying_document(
    case: Case, found: Sequence[tuple[AskedSubject, Studying]], worlds: int, seed: int, work: WorkDocument
) -> StudyingDocument:
    """Return the value of study."""
    return StudyingDocument(case_document(case), worlds, seed, [_studying(*one) for one in found], work)


def _studying(subject: AskedSubject, one: Studying) -> StudyingOfAnswerDocument:
    numbers = [_studied(row) for row in one.numbers]
    said = studying_sentence(subject, one)
    return StudyingOfAnswerDocument(subject.title, one.query, one.mean, one.deviation, said, numbers)


def _studied(row: Studied) -> StudiedDocument:
    return StudiedDocument(reference_document(row.number), index_document(row.share), row.deviation)


def advice_document(case: Case, found: Advice, worlds: int, seed: int, work: WorkDocument) -> AdviceDocument:
    """Return a choice and what knowing more adds to it."""
    return AdviceDocument(
        case=case_document(case),
        worlds=worlds,
        seed=seed,
        decision=found.decision,
        payoff=found.payoff,
        options=found.means,
        best=found.best,
        said=advice_sentence(found),
        everything=_gain(found.everything),
        numbers=[NumberGainDocument(reference_document(number), _gain(gain)) for number, gain in found.numbers],
        work=work,
    )


def _gain(gain: ExpectedGain) -> GainDocument:
    return GainDocument(gain.value, gain.error)
