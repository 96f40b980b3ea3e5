"""The first answer of a draft: the part of it that can run is run before any number is known, and what to ask next."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from quandary.base.problems import CaseError, Problem, Refusal
from quandary.compile.loader import read_case_text
from quandary.use.answers.run import RunRequest, studied_case
from quandary.use.results import Hands
from quandary.use.turning.next_questions import MOST, Elicitation, NextRequest, elicitation

if TYPE_CHECKING:
    from quandary.ask.turning.eliciting.complete_part import LeftOut
    from quandary.case.text import CaseText
    from quandary.report.documents.turning.elicitation import NextDocument
    from quandary.report.words.record import Report

WORLDS = 1_000
"""Worlds in which a draft is run: with them an article of 1,500 words takes a few seconds."""


@dataclass(frozen=True, eq=False)
class FirstAnswer:
    """A draft's first answer: ``report`` is ``None`` where nothing of it can run, and ``problems`` say why.

    ``state`` has what was left out of the run, and what to ask next.
    """

    case: Path
    state: Elicitation | None
    report: Report | None
    problems: tuple[Problem, ...]

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """Return what the run leaves out of the draft, or takes otherwise."""
        return () if self.state is None or self.report is None else self.state.part.left_out

    def questions(self) -> NextDocument | None:
        """Return what to ask next as ``quandary.next/1``."""
        from quandary.report.documents.turning.elicitation import next_document

        state = self.state
        if state is None:
            return None
        return next_document(str(self.case), state.case, state.asked, state.found, most=MOST, seed=1)


def first_answer(text: CaseText, hands: Hands) -> FirstAnswer:
    """Return a run of what can run of a draft, in few worlds, and the questions that settle most.

    A draft that cannot run is no fault of the one who reads: its reasons are in the answer.
    """
    path = Path(text.main.path)
    asking = NextRequest(case=str(path), worlds=WORLDS)
    try:
        state = elicitation(read_case_text(text), asking, hands)
    except CaseError as fault:
        return FirstAnswer(path, None, None, fault.problems)
    except Refusal as refusal:
        return FirstAnswer(path, None, None, (refusal.problem,))
    if state.case is None:
        return FirstAnswer(path, state, None, state.part.problems)
    _, report = studied_case(state.case, (), RunRequest(case=str(path), worlds=WORLDS), hands)
    return FirstAnswer(path, state, report, ())
