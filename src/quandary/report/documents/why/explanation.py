"""What a number of the output rests on, as a document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import ClassVar, Literal

from quandary.ask.results import AnswerSide
from quandary.ask.why.choice import ChoiceExplanation
from quandary.case.model import Case
from quandary.compile.numbers import UncertainNumber
from quandary.language.printing import written
from quandary.language.syntax import Expression
from quandary.quantities.estimate import Scale
from quandary.quantities.separating.boxes import Box, Boxes
from quandary.quantities.separating.inequalities import Cut, Inequality
from quandary.report.documents.answers import (
    AnswerDocument,
    BoundsDocument,
    JudgementDocument,
    WorkDocument,
    answer_document,
    bounds_document,
    judgement_document,
)
from quandary.report.documents.cases import (
    ByConstructionDocument,
    CaseLineDocument,
    NumberDocument,
    construction_document,
    line_document,
    number_document,
)
from quandary.report.documents.document import ResultDocument, document, key
from quandary.report.documents.why.choice import ChoiceDocument, choice_document
from quandary.report.why.why import AnswerExplanation, Behind, ExampleWorld, NumberExplanation
from quandary.report.words.naming.names import CaseNames
from quandary.report.words.rests import Rests, side_rests

OwnScale = Literal["logarithm", "log_odds", "value"]


@document
class TermDocument:
    """One number of an inequality."""

    number: str = key("the number's name")
    coefficient: float = key("what its value on its own scale is multiplied by; 1 for the weightiest")
    scale: OwnScale = key("its own scale: the `logarithm` of a factor, the `log_odds` of a probability, or its `value`")
    normalised: bool = key("whether it is a weight, taken after division by the sum of its actor's weights")


@document
class InequalityDocument:
    """The inequality that best sorts worlds into those where the reading holds and those where it fails."""

    terms: Sequence[TermDocument] = key("the numbers that are added up")
    above: bool = key("whether it holds where the sum is above the threshold, or below it")
    threshold: float = key("the threshold of the sum")
    right_where_true: float = key("the share of worlds sorted right, of those where it holds, in blocks not fitted on")
    right_where_false: float = key("the same of those where it fails")


@document
class ThresholdDocument:
    """One value of one number that sorts the worlds."""

    number: TermDocument = key("the number", inline=True)
    above: bool = key("whether the reading holds above the threshold, or below it")
    threshold: float = key("the threshold, on the number's own scale")
    right_where_true: float = key("the share of worlds sorted right, of those where it holds")
    right_where_false: float = key("the same of those where it fails")


@document
class BoundDocument:
    """The range of one number in a box."""

    number: TermDocument = key("the number", inline=True)
    low: float | None = key("the lower end on its own scale; null where it is open")
    high: float | None = key("the upper end")


@document
class BoxDocument:
    """Ranges of a few numbers in which the reading nearly always holds, or fails."""

    bounds: Sequence[BoundDocument] = key("the ranges")
    coverage: float = key("the share of such worlds that lie in it, in blocks that had no part in finding it")
    density: float = key("the share of its worlds that are such, in the same blocks")


@document
class BoxesDocument:
    """A few boxes together."""

    outcome: bool = key("whether they are of the worlds where the reading holds, or of those where it fails")
    boxes: Sequence[BoxDocument] = key("the boxes, the largest first")
    covered: float = key("the share of such worlds that lie in any of them")
    density: float = key("the share of their worlds that are such")
    outside: float = key("the share of all other worlds that lie in none")


@document
class CarryingDocument:
    """One of many numbers that a reading hangs on."""

    number: str = key("the number's name")
    share: float = key("the share of the variance of the reading's difference that it carries alone, 0 to 1")


@document
class RestsOnDocument:
    """What the verdict on a reading rests on."""

    said: Sequence[str] = key("the same in words")
    restates: Sequence[CaseLineDocument] = key("lines that already say it: it then tests nothing")
    lines: Sequence[Sequence[CaseLineDocument]] = key("lines, alone or together, without which it comes out otherwise")
    numbers: Sequence[str] = key("numbers whose values sort 95 % of the worlds on either side")
    everywhere: bool = key("whether it comes out alike in 95 % of the worlds or more: only lines are then looked at")
    cut: ThresholdDocument | None = key("of a reading that hangs on one number: where")
    break_even: InequalityDocument | None = key("the best inequality in one to three numbers")
    boxes: BoxesDocument | None = key("boxes, where the best inequality sorts less than 85 % of either side")
    edge: Sequence[CaseLineDocument] = key("lines of which the worlds drawn leave open whether it restates them")
    perhaps: Sequence[Sequence[CaseLineDocument]] = key("lines without which half of the worlds come out otherwise")
    carrying: Sequence[CarryingDocument] = key("where no few numbers sort the worlds: those that carry most")


@document
class SideDocument:
    """What decides on which side of a level an answer lies."""

    level: float | None = key("the level, in the query's unit; null for a truth, of which it is whether it is so")
    rests_on: RestsOnDocument = key("what that rests on, as the verdict of a reading does", inline=True)


@document
class BehindDocument:
    """One uncertain number behind an answer."""

    number: NumberDocument = key("the number", inline=True)
    correlation: float = key("rank correlation of its draws with the answer, -1 to 1")
    low_fifth: float | None = key("the mean answer where the number is in its lowest fifth, in the query's unit")
    high_fifth: float | None = key("the same in its highest fifth")


@document
class ExampleWorldDocument:
    """One drawn world."""

    world: int = key("its number, from 0")
    answer: float = key("the answer in it, in the query's unit")
    values: Sequence[float] = key("the values of the numbers behind the answer, in their order and own units")


@document
class AnswerExplanationDocument:
    """Why an answer is what it is."""

    kind: str = key("what was asked about: claim, question, check, forecast, event, state, headline or query")
    id: str = key("its name in the case")
    what: str = key("what it is, in words")
    query: str = key("the query")
    verdict: str | None = key("of a truth: its verdict, in words")
    judgement: JudgementDocument | None = key("of a truth: what the worlds say of it", left_out=True)
    by_construction: ByConstructionDocument | None = key(
        "of a truth: whether it could come out otherwise at all", left_out=True
    )
    on: date | None = key("of a claim: the day it was made; it is tested with the evidence up to then", left_out=True)
    days_late: int | None = key("of a claim with a day: by how many days that is later than the case's", left_out=True)
    rests_on: RestsOnDocument | None = key("of a truth: what its verdict rests on", left_out=True)
    line: int | None = key("the line of the case where it stands")
    case_line: str | None = key("that line")
    because: str | None = key("the reason given there")
    source: str | None = key("the source's name in the case")
    quote: str | None = key("the words of the source")
    evidence: Sequence[str] = key(
        "the evidence that the answer is given, with its day; without what an intervention sets aside"
    )
    seed: int = key("the seed of the draws")
    answer: AnswerDocument = key("the answer")
    bounds: BoundsDocument | None = key("what the ranges allow; not there for what is no number", left_out=True)
    behind: Sequence[BehindDocument] = key("the numbers that go most with it")
    worlds: Sequence[ExampleWorldDocument] = key("drawn worlds with a low, a middle and a high answer")


@document
class MovedAnswerDocument:
    """An answer that goes with a number."""

    answer: str = key("the answer's name")
    correlation: float = key("their rank correlation, -1 to 1")


@document
class NumberExplanationDocument:
    """Where an uncertain number comes from, and which answers go with it."""

    number: NumberDocument = key("the number", inline=True)
    kind: str = key("always `number`")
    case_line: str = key("the line of the case where it stands")
    low: float = key("5 % of its draws lie below, in its own unit")
    median: float = key("half of its draws lie below")
    high: float = key("95 % of its draws lie below")
    moves: Sequence[MovedAnswerDocument] = key("the answers that go with it, the strongest first")


@document
class WhyDocument(ResultDocument):
    """What everything of a name rests on."""

    SCHEMA: ClassVar[str] = "quandary.why/2"
    choice: ChoiceDocument | None = key("of a decision or an option: the choice by options and stakes", left_out=True)
    explanations: Sequence[AnswerExplanationDocument | NumberExplanationDocument] = key("one for each thing so named")
    work: WorkDocument = key("how far the work came", inline=True)


def why_document(
    found: Sequence[AnswerExplanation | NumberExplanation],
    work: WorkDocument,
    case: Case | None = None,
    choice: ChoiceExplanation | None = None,
) -> WhyDocument:
    """Return what everything that a name stands for rests on, and why a case's actor makes a choice so named."""
    told = [_number(one) if isinstance(one, NumberExplanation) else _answer(one) for one in found]
    return WhyDocument(None if case is None or choice is None else choice_document(case, choice), told, work)


def _number(found: NumberExplanation) -> NumberExplanationDocument:
    moves = [MovedAnswerDocument(name, correlation) for name, correlation in found.moves]
    number = number_document(found.number)
    return NumberExplanationDocument(number, "number", found.line, found.low, found.median, found.high, moves)


def _answer(found: AnswerExplanation) -> AnswerExplanationDocument:
    judged = found.judged
    return AnswerExplanationDocument(
        kind=found.kind,
        id=found.id,
        what=found.what,
        query=written(found.query),
        verdict=found.verdict,
        judgement=None if judged is None else judgement_document(judged),
        by_construction=None if judged is None else construction_document(judged.by_construction),
        on=found.on,
        days_late=found.days_late,
        rests_on=None if found.rests is None else rests_document(found.rests),
        line=found.place.line or None,
        case_line=found.line or None,
        because=found.because,
        source=found.source.id if found.source else None,
        quote=found.quote,
        evidence=found.evidence,
        seed=found.seed,
        answer=answer_document(found.answer),
        bounds=bounds_document(found.bounds),
        behind=[_behind(behind) for behind in found.behind],
        worlds=[_world(world) for world in found.worlds],
    )


def _behind(behind: Behind) -> BehindDocument:
    swing = behind.swing
    return BehindDocument(number_document(swing.number), swing.correlation, swing.low, swing.high)


def _world(world: ExampleWorld) -> ExampleWorldDocument:
    return ExampleWorldDocument(world.world, world.answer, world.values)


def rests_document(rests: Rests) -> RestsOnDocument:
    """Return what a verdict rests on."""
    found = rests.found
    return RestsOnDocument(
        said=list(rests.said(whole=True)),
        restates=[line_document(line) for line in found.restates],
        lines=[[line_document(line) for line in group] for group in found.lines],
        numbers=found.numbers,
        everywhere=found.everywhere,
        cut=None if found.cut is None else _cut(rests, found.numbers[0], found.cut),
        break_even=None if found.break_even is None else _inequality(rests, found.break_even),
        boxes=None if found.boxes is None else _boxes(rests, found.boxes),
        edge=[line_document(line) for line in found.edge],
        perhaps=[[line_document(line) for line in group] for group in found.perhaps],
        carrying=[CarryingDocument(name, share) for name, share in found.carrying],
    )


def side_document(
    names: CaseNames, numbers: Mapping[str, UncertainNumber], query: Expression, side: AnswerSide | None
) -> SideDocument | None:
    """Return what decides on which side of its level an answer lies; ``None`` where that was not looked into."""
    if side is None:
        return None
    return SideDocument(side.level, rests_document(side_rests(names, numbers, query, side)))


def _term(rests: Rests, name: str, coefficient: float = 1.0) -> TermDocument:
    scales: dict[Scale, OwnScale] = {
        Scale.FACTOR: "logarithm",
        Scale.PRECISION: "logarithm",
        Scale.PROBABILITY: "log_odds",
    }
    return TermDocument(name, coefficient, scales.get(rests.scale(name), "value"), rests.is_normalised(name))


def _cut(rests: Rests, name: str, cut: Cut) -> ThresholdDocument:
    return ThresholdDocument(_term(rests, name), cut.above, cut.threshold, cut.sides.holding, cut.sides.failing)


def _inequality(rests: Rests, found: Inequality) -> InequalityDocument:
    terms = [_term(rests, name, weight) for name, weight in found.terms]
    return InequalityDocument(terms, found.above, found.threshold, found.sides.holding, found.sides.failing)


def _boxes(rests: Rests, found: Boxes) -> BoxesDocument:
    boxes = [_box(rests, box) for box in found.boxes]
    return BoxesDocument(found.outcome, boxes, found.covered, found.density, found.outside)


def _box(rests: Rests, box: Box) -> BoxDocument:
    bounds = [BoundDocument(_term(rests, bound.name), bound.low, bound.high) for bound in box.bounds]
    return BoxDocument(bounds, box.coverage, box.density)
