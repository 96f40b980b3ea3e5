"""Asking the analyst, one question at a time, what settles most; each answer is written into the case at once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from quandary.base.problems import Problem, Refusal
from quandary.use.requests import About, AsOf, CaseName, Evidence, Memory, NamedPlace, Seed, Worlds
from quandary.use.results import Hands, Piece, Result
from quandary.use.turning.next_questions import WORLDS, By, Elicitation
from quandary.use.turning.session import ElicitationSession, WrittenAnswer

if TYPE_CHECKING:
    from quandary.report.documents.turning.elicitation import ElicitDocument

BLOCK = 5
"""Answers after which it is shown how the claims moved."""

LARGEST_ANSWER = 1 << 20
"""Bytes of answers on standard input that are read."""


@dataclass(frozen=True, kw_only=True)
class ElicitRequest:
    """A case, who answers and where that is written; ``answer`` is one answer, or several, that are given already."""

    case: CaseName
    by: By = None
    output: Annotated[
        Path | None,
        About(
            "Write into this copy beside the case, made at the first answer; the case stays.",
            "-o",
            metavar="FILE",
            names=NamedPlace.WRITTEN,
        ),
    ] = None
    answer: Annotated[
        str | None,
        About('An answer as JSON: {"question": ..., "answer": ..., "because": ...}, or a list of such; - reads it.'),
    ] = None
    block: Annotated[int, About("After so many answers it is shown how the claims moved.", least=1, most=1000)] = BLOCK
    worlds: Worlds = WORLDS
    seed: Seed = 1
    memory: Memory = None
    as_of: AsOf = None
    evidence: Evidence = True


@dataclass(frozen=True, eq=False)
class ElicitResult(Result):
    """What was written, and what to ask next."""

    state: Elicitation
    path: str
    answers: tuple[WrittenAnswer, ...]
    interrupted: bool = False

    @property
    def complete(self) -> bool:
        """Return whether nothing was interrupted; the answers written by then stay."""
        return not self.interrupted and (self.state.found is None or self.state.found.complete)

    def document(self) -> ElicitDocument:
        """Return what was written and the next question as ``quandary.elicit/1``."""
        from quandary.report.documents.turning.elicitation import elicit_document

        state = self.state
        return elicit_document(self.path, state.case, state.asked, state.found, self.answers, complete=self.complete)

    def pieces(self, *, code: bool = False) -> Iterator[Piece]:
        """Yield what was written and what is left."""
        from quandary.report.why.elicitation import closing_lines

        yield from closing_lines(len(self.answers), self.path, len(self.state.asked))


def run(request: ElicitRequest, hands: Hands) -> ElicitResult:
    """Return what was asked, answered and written; where nobody can be asked, the next question.

    Raises ``Refusal``: Q575 for an answer that does not fit, Q805 where the file was changed meanwhile or the place of
    the copy is taken, Q806 for a case that ships, which is not written to; ``CaseError`` for a case with faults.
    """
    session = ElicitationSession(request, hands)
    if request.answer is not None:
        for given in _given(request.answer, hands):
            session.give(given)
        return _result(session)
    if hands.dialogue is not None:
        from quandary.use.turning.dialogue import converse

        return _result(session, interrupted=converse(session, hands.dialogue, request.block))
    return _result(session)


def _result(session: ElicitationSession, *, interrupted: bool = False) -> ElicitResult:
    return ElicitResult(session.next, str(session.output), tuple(session.answers), interrupted)


def _given(written: str, hands: Hands) -> list[dict[str, Any]]:
    """Return answers given as JSON; refuses (Q575) what is none."""
    if written == "-":
        if hands.standard_input is None:
            raise Refusal(Problem("Q806", "there is no standard input here", hint="give the answer itself"))
        written = hands.standard_input(LARGEST_ANSWER).decode("utf-8", "replace")
    try:
        data = json.loads(written)
    except (ValueError, RecursionError):
        data = None
    answers = data if isinstance(data, list) else [data]
    if not answers or not all(isinstance(one, dict) and {"question", "answer"} <= one.keys() for one in answers):
        hint = 'write {"question": "NAME", "answer": "10% to 30%", "because": "..."}, or a list of such'
        raise Refusal(Problem("Q575", "that is no answer in JSON", hint=hint))
    return answers
