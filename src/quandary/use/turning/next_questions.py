"""What is worth most to ask of an analyst next: gaps in the structure first, then numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Annotated, Protocol

from quandary.base.problems import CaseError, Problem
from quandary.use.requests import About, AsOf, CaseName, Evidence, Memory, Seed, Worlds
from quandary.use.results import HANDS, Hands, Piece, Result
from quandary.use.studies import opened, study

if TYPE_CHECKING:
    from quandary.ask.turning.eliciting.complete_part import CompletePart
    from quandary.ask.turning.eliciting.gaps import StructureGap
    from quandary.ask.turning.eliciting.questions import ElicitedQuestion, NextQuestions
    from quandary.case.model import Case
    from quandary.case.text import CaseText
    from quandary.compile.loader import Loaded
    from quandary.report.documents.turning.elicitation import NextDocument

WORLDS = 1_000
"""Worlds in which questions are looked at, unless others are asked for."""

MOST = 10
"""How many questions are named."""

GAP = "Q173"
"""The fault of a gap, of which the analyst is asked."""

By = Annotated[str | None, About("Who answers: goes into the case as `judged_by`.", metavar="NAME")]


@dataclass(frozen=True, kw_only=True)
class NextRequest:
    """A case, and how many questions are wanted."""

    case: CaseName
    most: Annotated[int, About("How many questions at most.", "-n", least=1, most=1000)] = MOST
    by: By = None
    worlds: Worlds = WORLDS
    seed: Seed = 1
    memory: Memory = None
    as_of: AsOf = None
    evidence: Evidence = True


class QuestionsRequest(Protocol):
    """What a request says of the worlds in which questions are looked at, and of who answers."""

    @property
    def by(self) -> str | None:
        """Return who answers."""

    @property
    def worlds(self) -> int:
        """Return how many worlds there are."""

    @property
    def seed(self) -> int:
        """Return the seed."""

    @property
    def as_of(self) -> date | None:
        """Return the last day whose evidence is used."""

    @property
    def evidence(self) -> bool:
        """Return whether the evidence is used."""


@dataclass(frozen=True, eq=False)
class Elicitation:
    """A case's text, and what to ask of it next: its ``gaps``, and of the numbers ``found``.

    Of a draft with gaps numbers are asked in the ``part`` of it that can run; ``found`` is ``None`` where none can.
    """

    text: CaseText
    part: CompletePart
    gaps: tuple[StructureGap, ...]
    found: NextQuestions | None

    @property
    def case(self) -> Case | None:
        """Return the case, or the part of the draft that can run."""
        return self.part.case

    @property
    def asked(self) -> tuple[StructureGap | ElicitedQuestion, ...]:
        """Return the questions in order: gaps in the structure, numbers, gaps that only leave out where they stand."""
        if self.found is None:
            return self.gaps
        first = [gap for gap in self.gaps if gap.in_structure]
        return (*first, *self.found.questions, *(gap for gap in self.gaps if not gap.in_structure))

    @property
    def settled(self) -> bool:
        """Return whether no question is left that would settle anything."""
        return not self.asked


@dataclass(frozen=True, eq=False)
class NextResult(Result):
    """What to ask next of a case."""

    state: Elicitation
    most: int
    seed: int

    @property
    def complete(self) -> bool:
        """Return whether every world was solved."""
        return self.state.found is None or self.state.found.complete

    def document(self) -> NextDocument:
        """Return the questions as ``quandary.next/1``."""
        from quandary.report.documents.turning.elicitation import next_document

        state = self.state
        path = state.text.main.path
        return next_document(path, state.case, state.asked, state.found, most=self.most, seed=self.seed)

    def pieces(self, *, code: bool = False) -> Iterator[Piece]:
        """Yield the questions, numbered."""
        from quandary.report.why.elicitation import gap_lines, question_list_lines
        from quandary.report.words.naming.names import CaseNames

        if self.state.case is None or self.state.found is None:
            yield from gap_lines(self.state.gaps[: self.most])
        else:
            names = CaseNames(self.state.case, code)
            yield from question_list_lines(names, self.state.asked, self.state.found, self.most)


def run(request: NextRequest, hands: Hands) -> NextResult:
    """Return what is worth most to ask next; raises ``CaseError`` for a case with other faults than gaps."""
    return NextResult(elicitation(opened(request.case), request, hands), request.most, request.seed)


def elicitation(loaded: Loaded, request: QuestionsRequest, hands: Hands = HANDS) -> Elicitation:
    """Return what to ask next of a case that was read; raises ``CaseError`` with every fault that is no gap."""
    from quandary.ask.turning.eliciting.complete_part import CompletePart, complete_part
    from quandary.ask.turning.eliciting.questions import next_questions

    text = loaded.text
    faults = [problem for problem in loaded.problems if problem.is_error]
    if text is None or (loaded.case is None and not any(fault.code == GAP for fault in faults)):
        raise CaseError(faults or [Problem("Q113", "there is no case to ask about")])
    part = complete_part(text) if loaded.case is None else CompletePart(text, loaded.case)
    if part.case is None:
        return Elicitation(text, part, part.gaps, None)
    asked = study(part.case, request.worlds, request.seed, as_of=request.as_of, evidence=request.evidence, hands=hands)
    found = next_questions(asked, request.by, part.text)
    return Elicitation(text, part, part.gaps, _of_the_text(found, part))


def _of_the_text(found: NextQuestions, part: CompletePart) -> NextQuestions:
    """Return the questions whose numbers stand in the draft: not the odds of what only the run takes as chance."""

    def asked(one: ElicitedQuestion) -> bool:
        return all(part.has(own.number) for own in one.asked)

    questions, others = (tuple(filter(asked, some)) for some in (found.questions, found.others))
    return replace(found, questions=questions, others=others)


def without(state: Elicitation, passed: frozenset[str], file: str | None = None) -> Elicitation:
    """Return what to ask next without what somebody passed over; with a ``file``, only of what stands in that."""

    def asked(one: ElicitedQuestion) -> bool:
        return all(own.name not in passed and file in (None, own.number.place.file) for own in one.asked)

    gaps = tuple(gap for gap in state.gaps if gap.name not in passed and file in (None, gap.gap.entry.file))
    found = state.found
    if found is not None:
        left, others = (tuple(filter(asked, some)) for some in (found.questions, found.others))
        found = replace(found, questions=left, others=others)
    return replace(state, gaps=gaps, found=found)
