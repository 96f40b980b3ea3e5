"""What it is worth to know, as documents: to an actor, to the analyst who studies, to one who chooses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

from quandary.ask.query.subject import AskedSubject
from quandary.ask.turning.advice import Advice, AdviceRow
from quandary.ask.turning.information import Information, Worth
from quandary.ask.turning.studying import ExpectedGain, Studied, Studying
from quandary.case.model import Case
from quandary.language.printing import written
from quandary.report.analyses.advice import advice_sentence
from quandary.report.analyses.information import information_sentence, studying_sentence
from quandary.report.documents.answers import (
    ErrorSpreadDocument,
    SpreadDocument,
    WorkDocument,
    error_spread_document,
    spread_document,
)
from quandary.report.documents.cases import (
    CaseDocument,
    NumberReferenceDocument,
    case_document,
    reference_document,
)
from quandary.report.documents.document import ResultDocument, document, key
from quandary.report.documents.turning.flips import IndexDocument, index_document
from quandary.report.words.naming.names import CaseNames


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
    set_aside: Sequence[str] = key("the evidence that its interventions set aside, as the case writes it")
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
class OptionDocument:
    """One option in one situation."""

    option: str = key("the option")
    worth: ErrorSpreadDocument = key("what is expected of it there, in the payoff's unit")
    best_in: float = key("the weighted share of worlds, 0 to 1, in which no other option there gives more")
    chosen: float = key("how likely the actor takes it there, 0 to 1")


@document
class SituationDocument:
    """What to choose in one situation: at one information set, or at several that differ in nothing that matters."""

    saw: Mapping[str, str] = key("the state of each variable that the actor sees and that matters")
    weight: float = key("how likely the situation is, 0 to 1, of all that the evidence leaves possible")
    effective_worlds: float = key("how many equally weighted worlds its numbers rest on")
    few_worlds: bool = key("whether those are too few for gains")
    few_edge: bool = key("whether as many other worlds may say otherwise of `few_worlds`")
    options: Sequence[OptionDocument] = key("the options allowed there, the highest worth first")
    best: str = key("the option with the highest worth")
    second: str | None = key("the next; null where only one is allowed")
    lead: ErrorSpreadDocument | None = key("the worth of the best less that of the second")
    everything: GainDocument | None = key("what knowing every number first would add; null where too few worlds count")


@document
class SituationsLeftOutDocument:
    """Situations that are possible and not listed, since others are likelier."""

    count: int = key("how many")
    weight: float = key("how likely they are together, 0 to 1")


@document
class AdviceDocument(ResultDocument):
    """What to choose in each situation that the evidence leaves possible, and what knowing more first would add."""

    SCHEMA: ClassVar[str] = "quandary.information/2"
    case: CaseDocument = key("which case it was")
    worlds: int = key("how many worlds were solved")
    seed: int = key("the seed of the draws")
    actor: str = key("the actor")
    decision: str = key("the decision")
    payoff: str = key("the query that options are compared by")
    knowing: bool = key("whether the evidence that the actor does not see is given too")
    said: str = key("the result in one sentence")
    evidence_seen: Sequence[str] = key("the evidence that the actor has seen by then")
    evidence_not_seen: Sequence[str] = key("the evidence that it has not seen, and that the choice cannot change")
    set_aside: Sequence[str] = key("the evidence set aside: the choice itself, and what may come of it")
    makes_no_difference: Sequence[str] = key("what else it sees, by which situations are not told apart")
    situations: Sequence[SituationDocument] = key("what to choose in each situation, the likeliest first")
    left_out: SituationsLeftOutDocument = key("the situations that are not listed")
    numbers: Sequence[NumberGainDocument] = key(
        "what knowing each number alone first would add in the likeliest situation, the largest first"
    )
    work: WorkDocument = key("how far the work came", inline=True)


def information_document(case: Case, found: Information, work: WorkDocument) -> InformationDocument:
    """Return the values of knowing and of control; ``work`` says how its worlds were made."""
    return InformationDocument(
        case=case_document(case),
        worlds=found.worlds,
        seed=found.seed,
        actor=found.actor,
        decision=found.decision,
        payoff=spread_document(found.payoff),
        said=information_sentence(CaseNames(case), found),
        knowing=[_worth(worth) for worth in found.knowing],
        control=[_worth(worth) for worth in found.control],
        work=replace(work, complete=found.complete),
    )


def _worth(worth: Worth) -> WorthDocument:
    gain = None if worth.gain is None else error_spread_document(worth.gain)
    if gain is None and not worth.admits:
        gain = ErrorSpreadDocument(0.0, 0.0, 0.0, 0.0, 0.0)
    why_not = None if worth.why_not is None else worth.why_not.text
    return WorthDocument(worth.variable, worth.known, worth.admits, gain, why_not)


def studying_document(
    case: Case, found: Sequence[tuple[AskedSubject, Studying]], worlds: int, seed: int, work: WorkDocument
) -> StudyingDocument:
    """Return the value of study."""
    names = CaseNames(case)
    told = [_studying(names, *one) for one in found]
    return StudyingDocument(case_document(case), worlds, seed, told, work)


def _studying(names: CaseNames, subject: AskedSubject, one: Studying) -> StudyingOfAnswerDocument:
    numbers = [_studied(row) for row in one.numbers]
    said = studying_sentence(names, subject, one)
    aside = [written(piece) for piece in one.aside]
    return StudyingOfAnswerDocument(subject.title, one.query, aside, one.mean, one.deviation, said, numbers)


def _studied(row: Studied) -> StudiedDocument:
    return StudiedDocument(reference_document(row.number), index_document(row.share), row.deviation)


def advice_document(case: Case, found: Advice, worlds: int, seed: int, work: WorkDocument) -> AdviceDocument:
    """Return what to choose in each situation, and what knowing more adds to it."""
    return AdviceDocument(
        case=case_document(case),
        worlds=worlds,
        seed=seed,
        actor=found.decision.by,
        decision=found.decision.id,
        payoff=written(found.payoff),
        knowing=found.knowing,
        said=advice_sentence(CaseNames(case), found),
        evidence_seen=[written(piece) for piece in found.vantage.told],
        evidence_not_seen=[written(piece) for piece in found.vantage.hidden],
        set_aside=[written(piece) for piece in found.vantage.aside],
        makes_no_difference=found.vantage.idle,
        situations=[_situation(row) for row in found.rows],
        left_out=SituationsLeftOutDocument(found.sets - len(found.rows), found.left_out),
        numbers=[NumberGainDocument(reference_document(number), _gain(gain)) for number, gain in found.numbers],
        work=work,
    )


def _situation(row: AdviceRow) -> SituationDocument:
    return SituationDocument(
        saw=dict(row.saw),
        weight=row.weight,
        effective_worlds=row.effective_worlds,
        few_worlds=row.few_worlds,
        few_edge=row.few_edge,
        options=[
            OptionDocument(one.option, error_spread_document(one.worth), one.best_in, one.chosen) for one in row.options
        ],
        best=row.options[0].option,
        second=row.options[1].option if len(row.options) > 1 else None,
        lead=None if row.lead is None else error_spread_document(row.lead),
        everything=None if row.everything is None else _gain(row.everything),
    )


def _gain(gain: ExpectedGain) -> GainDocument:
    return GainDocument(gain.value, gain.error)
