"""Questions to the analyst as documents: what to ask next, what was written, and the question after that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar, Literal, Protocol

from quandary.ask.turning.eliciting.candidates import Candidate
from quandary.ask.turning.eliciting.gaps import StructureGap
from quandary.ask.turning.eliciting.questions import ElicitedQuestion, NextQuestions
from quandary.case.model import Case
from quandary.report.documents.answers import WorkDocument, work_document
from quandary.report.documents.document import ResultDocument, document, key
from quandary.report.why.elicitation import candidate_words, gap_ways, gap_words, ways
from quandary.report.words.naming.names import CaseNames


class GivenAnswer(Protocol):
    """An answer that was written."""

    @property
    def question(self) -> str:
        """Return what it answers."""

    @property
    def text(self) -> str | None:
        """Return what stands in the case now."""

    @property
    def read_as(self) -> str | None:
        """Return how that is read."""

    @property
    def because(self) -> str | None:
        """Return the reason given."""

    @property
    def by(self) -> str:
        """Return who gave it."""


@document
class AskedNumberDocument:
    """One thing that is asked."""

    question: str = key("its name, by which an answer says what it answers")
    kind: Literal["gap", "direction", "order", "size"] = key("a gap in the structure, a direction, an order, or a size")
    asks: str = key("the question in words")
    ways: str = key("how it can be answered")
    file: str = key("the file of the case")
    line: int = key("the line of the case")


@document
class QuestionToAskDocument:
    """One question: a single thing, or two that are asked as a pair."""

    asked: Sequence[AskedNumberDocument] = key("what is asked: one thing, or the two of a pair")
    bits: float | None = key("what each answer tells of the headline and the claims, in bits; null for a gap")
    part: float | None = key("the same as a part of all that is open, 0 to 1; null for a gap")


@document
class NextDocument(ResultDocument):
    """What to ask next, the question that settles most first."""

    SCHEMA: ClassVar[str] = "quandary.next/1"
    case: str = key("the case file")
    questions: Sequence[QuestionToAskDocument] = key(
        "the questions: gaps in the structure, directions, sizes, and gaps that only leave out where they stand"
    )
    others: int = key("how many more wide numbers would settle no more than chance")
    targets: int = key("how many claims count, the headline with them, those that agree counted once")
    open_bits: float = key("how much of these is open, in bits")
    worlds: int = key("in how many worlds they were looked at; 0 where nothing can run before gaps are filled")
    seed: int = key("the seed of the draws")
    work: WorkDocument = key("how far the work came", inline=True)


@document
class WrittenAnswerDocument:
    """An answer that was written into the case."""

    question: str = key("what it answers")
    text: str | None = key("what stands in the case now; null where it is not known")
    read_as: str | None = key("how that is read, in words; null where it is not known, or no number")
    because: str | None = key("the reason given for it")
    by: str = key("who gave it")


@document
class ElicitDocument(ResultDocument):
    """What was written of answers, and what to ask next."""

    SCHEMA: ClassVar[str] = "quandary.elicit/1"
    case: str = key("the case file with the answers in it")
    answers: Sequence[WrittenAnswerDocument] = key("what was written")
    next: QuestionToAskDocument | None = key("the next question; null where none is left that settles anything")
    left: int = key("how many questions would settle something")
    work: WorkDocument = key("how far the work came", inline=True)


def asked_document(names: CaseNames, candidate: Candidate) -> AskedNumberDocument:
    """Return one number that is asked."""
    place = candidate.number.place
    return AskedNumberDocument(
        candidate.name,
        candidate.aspect.value,
        candidate_words(names, candidate),
        ways(candidate),
        place.file,
        place.line,
    )


def question_document(names: CaseNames, found: NextQuestions, one: ElicitedQuestion) -> QuestionToAskDocument:
    """Return one question about numbers."""
    part = one.bits / found.open_bits if found.open_bits > 0 else 0.0
    return QuestionToAskDocument([asked_document(names, own) for own in one.asked], one.bits, part)


def gap_document(gap: StructureGap) -> QuestionToAskDocument:
    """Return the question for a gap in the structure."""
    place = gap.gap.place
    asked = AskedNumberDocument(gap.name, "gap", gap_words(gap), gap_ways(gap), place.file, place.line)
    return QuestionToAskDocument([asked], None, None)


def asked_documents(
    case: Case | None, asked: Sequence[StructureGap | ElicitedQuestion], found: NextQuestions | None
) -> Iterator[QuestionToAskDocument]:
    """Yield questions about gaps and numbers, in the order in which they are asked."""
    for one in asked:
        if isinstance(one, StructureGap):
            yield gap_document(one)
        elif case is not None and found is not None:
            yield question_document(CaseNames(case), found, one)


def next_document(
    path: str,
    case: Case | None,
    asked: Sequence[StructureGap | ElicitedQuestion],
    found: NextQuestions | None,
    *,
    most: int,
    seed: int,
) -> NextDocument:
    """Return what to ask next, of gaps and of numbers."""
    shown = list(asked_documents(case, asked[:most], found))
    if found is None:
        return NextDocument(path, shown, 0, 0, 0.0, 0, seed, work_document(()))
    work = work_document((), complete=found.complete)
    return NextDocument(path, shown, len(found.others), found.counted, found.open_bits, found.worlds, found.seed, work)


def elicit_document(
    path: str,
    case: Case | None,
    asked: Sequence[StructureGap | ElicitedQuestion],
    found: NextQuestions | None,
    answers: Sequence[GivenAnswer],
    *,
    complete: bool,
) -> ElicitDocument:
    """Return what was written and what to ask next."""
    written = [WrittenAnswerDocument(one.question, one.text, one.read_as, one.because, one.by) for one in answers]
    following = next(asked_documents(case, asked[:1], found), None)
    return ElicitDocument(path, written, following, len(asked), work_document((), complete=complete))
