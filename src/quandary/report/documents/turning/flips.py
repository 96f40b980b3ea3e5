"""What changes an answer, as documents: numbers that turn it, cuts of the game, and the difference of two cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar, Literal

from quandary.ask.query.subject import AskedSubject
from quandary.ask.results import Run, Verdict
from quandary.ask.turning.compare import Comparison, ShapleyShare
from quandary.ask.turning.cuts import StructuralCut
from quandary.ask.turning.flips import Flip, Flips, PairFlip, Turn
from quandary.ask.turning.structure import CutAnswer, CutRow, StructureTable
from quandary.case.model import Case
from quandary.compile.numbers import UncertainNumber
from quandary.language.heads import Unit
from quandary.language.printing import written
from quandary.language.syntax import Compare, Expression
from quandary.quantities.influence import Index
from quandary.report.analyses import flips as flips_words
from quandary.report.analyses import structure as structure_words
from quandary.report.documents.answers import WorkDocument, work_document, work_of_run
from quandary.report.documents.cases import (
    CaseDocument,
    NumberReferenceDocument,
    case_document,
    reference_document,
)
from quandary.report.documents.document import ResultDocument, document, key
from quandary.report.words.naming.names import CaseNames
from quandary.report.words.units import unit_told


@document
class IndexDocument:
    """A share of the answer's variance or distribution, with its 90 % interval."""

    value: float = key("the share, 0 to 1 but for its error")
    low: float = key("the lower end of its 90 % interval")
    high: float = key("its upper end")


@document
class TurnDocument:
    """Where one number turns the answer."""

    threshold: float = key("the value beyond which it does, in the number's own unit")
    above: bool = key("whether above the threshold, or below it")
    probability: float = key("how probable that is in the analyst's range, 0 to 1")
    probability_given_evidence: float = key("how probable it is given the evidence, 0 to 1")
    mean: float = key("the mean answer there, in the query's unit")


@document
class FlipDocument:
    """One number, what it carries of the answer, and where it turns it."""

    number: NumberReferenceDocument = key("the number", inline=True)
    index: IndexDocument = key("the share of the answer's variance that it carries alone (first-order Sobol index)")
    settles: IndexDocument = key("the same of the answer's whole distribution (Cramér-von Mises index)")
    range: tuple[float, float] = key("the analyst's 90 % range, in the number's own unit")
    flips: TurnDocument | None = key("where it turns the answer; null where it alone does not")


@document
class PairNumberDocument:
    """One of two numbers, and which third of its values is meant."""

    number: NumberReferenceDocument = key("the number", inline=True)
    third: Literal["upper", "lower"] = key("upper or lower")


@document
class PairFlipDocument:
    """Two numbers that turn the answer only together."""

    numbers: tuple[PairNumberDocument, PairNumberDocument] = key("the two, each in its outer third")
    share: float = key("the weighted share of worlds there, 0 to 1")
    mean: float = key("the mean answer there, in the query's unit")
    interaction: IndexDocument = key("the share of variance that both carry beyond what each carries alone")


@document
class AskedDocument:
    """What was asked: a reading of a claim, a question or a query of one's own."""

    title: str = key("what it is called")
    claim: str | None = key("of a claim: its name")
    test: str | None = key("of a claim: the reading's name")
    query: str = key("the query")
    set_aside: Sequence[str] = key("the evidence that its interventions set aside, as the case writes it")


@document
class FlipsOfAnswerDocument:
    """What would change one answer."""

    asked: AskedDocument = key("what was asked", inline=True)
    kind: str = key("the answer's unit: share, difference of shares, points, number, or share of worlds")
    compares: bool = key("whether the query is one comparison")
    mean: float = key("the mean answer, in that unit")
    level: float = key("what the answer must cross, in that unit")
    said: str = key("the result in one sentence")
    nothing_flips: bool = key("whether nothing in the ranges given turns it")
    explained: float = key("the share of the answer's variance that numbers carry one by one")
    effective_worlds: float = key("how many equally weighted worlds this rests on")
    numbers: Sequence[FlipDocument] = key("the numbers that matter, the one that carries most first")
    pairs: Sequence[PairFlipDocument] = key("pairs that turn it only together")


@document
class FlipsDocument(ResultDocument):
    """Which uncertain numbers would change answers, and where."""

    SCHEMA: ClassVar[str] = "quandary.flips/1"
    case: CaseDocument = key("which case it was")
    worlds: int = key("how many worlds were solved")
    seed: int = key("the seed of the draws")
    answers: Sequence[FlipsOfAnswerDocument] = key("one entry for each reading of what was asked")
    work: WorkDocument = key("how far the work came", inline=True)


@document
class CutMoveDocument:
    """How far a cut moved an answer."""

    total: float = key("the move of the mean, in the query's unit")
    mc_error: float | None = key("its Monte Carlo standard error")


@document
class CutAnswerDocument:
    """An answer, as it stands or after a cut."""

    mean: float | None = key("the mean, or of a truth the share of worlds, 0 to 1; null where it has no value")
    verdict: Verdict | None = key("of a truth: its verdict")
    few_worlds: bool = key("of a truth: whether fewer than 400 effective worlds count")
    few_edge: bool = key("whether as many other worlds may say otherwise of `few_worlds`")
    flipped: bool = key("whether the verdict changed, or the number crossed its level")
    move: CutMoveDocument | None = key("how far it moved; null where nothing was cut, or it has no value")


@document
class StructureSubjectDocument:
    """What was asked, and its answer as the case stands."""

    asked: AskedDocument = key("what was asked", inline=True)
    level: float = key("what a number must cross")
    said: str = key("the result in one sentence")
    before: CutAnswerDocument = key("the answer as the case stands", inline=True)


@document
class CutDocument:
    """One thing cut out of the game."""

    kind: str = key("arc, observation, option, effect, condition, belief, stake or channel")
    subject: str = key("what it is cut from", name="from")
    part: str = key("what is cut")
    said: str = key("the same in words")
    line: int | None = key("the line of the case")


@document
class CutRowDocument:
    """One cut and the answers after it."""

    cut: CutDocument = key("the cut", inline=True)
    answers: Sequence[CutAnswerDocument] = key("one for each subject, in their order; none where it was not made")
    why_not: str | None = key("why it could not be made", left_out=True)


@document
class StructureDocument(ResultDocument):
    """What cutting arcs, observations, options, effects, conditions, beliefs, stakes and channels does to answers."""

    SCHEMA: ClassVar[str] = "quandary.structure/2"
    case: CaseDocument = key("which case it was")
    worlds: int = key("how many worlds were solved")
    effective_worlds: float = key("how many equally weighted worlds the evidence leaves them worth")
    seed: int = key("the seed of the draws")
    subjects: Sequence[StructureSubjectDocument] = key("one entry for each reading of what was asked")
    cuts: Sequence[CutRowDocument] = key("the cuts made, the one that moves most first")
    cannot_matter: Sequence[CutDocument] = key("cuts that change no answer, by the graph alone")
    not_made: Sequence[CutRowDocument] = key("cuts that could not be made")
    work: WorkDocument = key("how far the work came", inline=True)


@document
class ShareDocument:
    """What one differing part makes of the difference of two answers, in the query's unit."""

    kind: str = key("actor, assumption, chance, decision, stake, event, correlations, evidence, words or story")
    name: str = key("which one")
    value: float = key("its Shapley value; all add up to the difference of the means")
    error: float | None = key("its standard error; null where it is exact")
    alone: float | None = key("what changing it alone does to the first case; null where that is no case")


@document
class ComparisonDocument(ResultDocument):
    """How two cases answer one question, and which parts make the difference."""

    SCHEMA: ClassVar[str] = "quandary.compare/1"
    cases: tuple[CaseDocument, CaseDocument] = key("the first case and the second")
    query: str = key("the query")
    seed: int = key("the seed of the draws")
    worlds: int = key("how many worlds were solved")
    means: tuple[float | None, float | None] = key("the mean answers of both cases, in the query's unit")
    set_aside: Sequence[str] = key("the evidence that the query's interventions set aside in either case, as written")
    mc_errors: tuple[float | None, float | None] = key("their Monte Carlo standard errors")
    exact: bool = key("whether every mixture of the parts was solved, or orders of exchange were sampled")
    mixtures: int = key("how many mixtures were solved")
    shares: Sequence[ShareDocument] = key("the parts that differ, the largest first")
    work: WorkDocument = key("how far the work came", inline=True)


def flips_document(case: Case, found: Sequence[tuple[AskedSubject, Flips]], run: Run) -> FlipsDocument:
    """Return which numbers would change each answer."""
    answers = [_flips(CaseNames(case), subject, flips) for subject, flips in found]
    return FlipsDocument(case_document(case), run.done, run.seed, answers, work_of_run(run))


def index_document(index: Index) -> IndexDocument:
    """Return a share with its interval."""
    return IndexDocument(index.value, index.low, index.high)


def _asked(subject: AskedSubject, aside: Sequence[Expression]) -> AskedDocument:
    claim = None if subject.claim is None else subject.claim.id
    return AskedDocument(subject.title, claim, subject.test, subject.query.text, [written(piece) for piece in aside])


def _flips(names: CaseNames, subject: AskedSubject, found: Flips) -> FlipsOfAnswerDocument:
    expression = subject.query.expression
    unit = unit_told(expression)
    return FlipsOfAnswerDocument(
        asked=_asked(subject, found.aside),
        kind=(Unit.SHARE if unit is Unit.PART else unit).value,
        compares=isinstance(expression, Compare),
        mean=found.mean,
        level=found.level,
        said=flips_words.sentence(names, subject, found),
        nothing_flips=found.nothing_flips,
        explained=found.explained,
        effective_worlds=found.effective_worlds,
        numbers=[_flip(flip) for flip in found.flips],
        pairs=[_pair(pair) for pair in found.pairs],
    )


def _flip(flip: Flip) -> FlipDocument:
    return FlipDocument(
        reference_document(flip.number),
        index_document(flip.influence),
        index_document(flip.settles),
        (flip.low, flip.high),
        None if flip.turn is None else _turn(flip.turn),
    )


def _turn(turn: Turn) -> TurnDocument:
    return TurnDocument(turn.threshold, turn.above, turn.beyond, turn.beyond_weighted, turn.mean)


def _pair(pair: PairFlip) -> PairFlipDocument:
    numbers = _third(pair.first, pair.first_above), _third(pair.second, pair.second_above)
    return PairFlipDocument(numbers, pair.share, pair.mean, index_document(pair.influence))


def _third(number: UncertainNumber, above: bool) -> PairNumberDocument:
    return PairNumberDocument(reference_document(number), "upper" if above else "lower")


def structure_document(case: Case, found: StructureTable, work: WorkDocument) -> StructureDocument:
    """Return what each cut does; ``work`` says how its worlds were made."""
    subjects = [
        StructureSubjectDocument(
            _asked(subject, found.aside[index]),
            level,
            structure_words.sentence(CaseNames(case), found, index),
            _cut_answer(found.before[index]),
        )
        for index, (subject, level) in enumerate(zip(found.subjects, found.levels, strict=True))
    ]
    return StructureDocument(
        case=case_document(case),
        worlds=found.worlds,
        effective_worlds=found.effective_worlds,
        seed=found.seed,
        subjects=subjects,
        cuts=[_row(case, row) for row in found.rows],
        cannot_matter=[_cut(case, cut) for cut in found.cannot_matter],
        not_made=[_row(case, row) for row in found.not_made],
        work=replace(work, complete=found.complete),
    )


def _cut(case: Case, cut: StructuralCut) -> CutDocument:
    return CutDocument(
        cut.kind, cut.subject, cut.part, structure_words.cut_said(CaseNames(case), cut), cut.place.line or None
    )


def _row(case: Case, row: CutRow) -> CutRowDocument:
    why_not = None if row.why_not is None else row.why_not.text
    return CutRowDocument(_cut(case, row.cut), [_cut_answer(found) for found in row.answers], why_not)


def _cut_answer(found: CutAnswer) -> CutAnswerDocument:
    move = None if found.move is None else CutMoveDocument(found.move.total, found.move.error)
    return CutAnswerDocument(found.mean, found.verdict, found.few_worlds, found.few_edge, found.flipped, move)


def comparison_document(first: Case, second: Case, found: Comparison, seed: int) -> ComparisonDocument:
    """Return how two cases differ on a query."""
    return ComparisonDocument(
        cases=(case_document(first), case_document(second)),
        query=found.query,
        seed=seed,
        worlds=found.first.worlds,
        set_aside=list(dict.fromkeys((*found.first.dropped, *found.second.dropped))),
        means=(found.first.mean, found.second.mean),
        mc_errors=(found.first.mc_error, found.second.mc_error),
        exact=found.exact,
        mixtures=found.mixtures,
        shares=[_share(share) for share in found.shares],
        work=work_document(found.unconverged),
    )


def _share(share: ShapleyShare) -> ShareDocument:
    return ShareDocument(*share.part, share.value, share.error, share.alone)
