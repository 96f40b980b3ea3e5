"""What a number of the output rests on, as a document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from quandary.language.printing import written
from quandary.report.documents.answers import AnswerDocument, WorkDocument, answer_document
from quandary.report.documents.cases import NumberDocument, number_document
from quandary.report.documents.document import ResultDocument, document, key
from quandary.report.documents.rests import RestsOnDocument, rests_document
from quandary.report.why.why import AnswerExplanation, Behind, ExampleWorld, NumberExplanation


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
    rests_on: RestsOnDocument | None = key("of a truth: what its verdict rests on", left_out=True)
    line: int | None = key("the line of the case where it stands")
    case_line: str | None = key("that line")
    because: str | None = key("the reason given there")
    source: str | None = key("the source's name in the case")
    quote: str | None = key("the words of the source")
    evidence: Sequence[str] = key("the evidence used, with its day")
    seed: int = key("the seed of the draws")
    answer: AnswerDocument = key("the answer")
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
    explanations: Sequence[AnswerExplanationDocument | NumberExplanationDocument] = key("one for each thing so named")
    work: WorkDocument = key("how far the work came", inline=True)


def why_document(found: Sequence[AnswerExplanation | NumberExplanation], work: WorkDocument) -> WhyDocument:
    """Return what everything that a name stands for rests on."""
    return WhyDocument([_number(one) if isinstance(one, NumberExplanation) else _answer(one) for one in found], work)


def _number(found: NumberExplanation) -> NumberExplanationDocument:
    moves = [MovedAnswerDocument(name, correlation) for name, correlation in found.moves]
    number = number_document(found.number)
    return NumberExplanationDocument(number, "number", found.line, found.low, found.median, found.high, moves)


def _answer(found: AnswerExplanation) -> AnswerExplanationDocument:
    return AnswerExplanationDocument(
        kind=found.kind,
        id=found.id,
        what=found.what,
        query=written(found.query),
        verdict=found.verdict,
        rests_on=None if found.rests is None else rests_document(found.rests),
        line=found.place.line or None,
        case_line=found.line or None,
        because=found.because,
        source=found.source.id if found.source else None,
        quote=found.quote,
        evidence=found.evidence,
        seed=found.seed,
        answer=answer_document(found.answer),
        behind=[_behind(behind) for behind in found.behind],
        worlds=[_world(world) for world in found.worlds],
    )


def _behind(behind: Behind) -> BehindDocument:
    swing = behind.swing
    return BehindDocument(number_document(swing.number), swing.correlation, swing.low, swing.high)


def _world(world: ExampleWorld) -> ExampleWorldDocument:
    return ExampleWorldDocument(world.world, world.answer, world.values)
