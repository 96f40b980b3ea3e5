"""Asking the analyst, one question at a time, what settles most; each answer is written into the case at once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from quandary.base.files import path_of, rewrite_files, write_files
from quandary.base.problems import CaseError, Problem, Refusal, nearest
from quandary.case.shipped import find_case, shipped_folder
from quandary.use.requests import About, AsOf, CaseName, Evidence, Memory, Seed, Worlds
from quandary.use.results import Hands, Piece, Result
from quandary.use.studies import opened
from quandary.use.turning.next_questions import WORLDS, By, Elicitation, elicitation, without

if TYPE_CHECKING:
    from quandary.ask.turning.eliciting.candidates import Candidate
    from quandary.ask.turning.eliciting.forms import DontKnow, Judgement
    from quandary.ask.turning.eliciting.gaps import StructureGap
    from quandary.case.text import CaseText
    from quandary.report.documents.turning.elicitation import ElicitDocument

NOBODY = "analyst"
"""Who answers where nobody is named."""

BLOCK = 5
"""Answers after which it is shown how the claims moved."""

LARGEST_ANSWER = 1 << 20
"""Bytes of answers on standard input that are read."""

JUDGEMENT = "judgement"
"""The reason of an answer without one: it is not that of the number before."""


@dataclass(frozen=True, kw_only=True)
class ElicitRequest:
    """A case, who answers and where that is written; ``answer`` is one answer, or several, that are given already."""

    case: CaseName
    by: By = None
    output: Annotated[
        Path | None,
        About("Write into this copy beside the case, made at the first answer; the case stays.", "-o", metavar="FILE"),
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


@dataclass(frozen=True)
class WrittenAnswer:
    """An answer as it was written: ``text`` is ``None`` where it is not known, ``read_as`` says how it is read."""

    question: str
    text: str | None
    read_as: str | None
    because: str | None
    by: str
    line: int


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
        return elicit_document(self.path, state.case, state.gaps, state.found, self.answers, complete=self.complete)

    def pieces(self, *, code: bool = False) -> Iterator[Piece]:
        """Yield what was written and what is left."""
        from quandary.report.elicitation import closing_lines

        left = len(self.state.gaps) + (0 if self.state.found is None else len(self.state.found.questions))
        yield from closing_lines(len(self.answers), self.path, left)


def run(request: ElicitRequest, hands: Hands) -> ElicitResult:
    """Return what was asked, answered and written; where nobody can be asked, the next question.

    Raises ``Refusal``: Q575 for an answer that does not fit, Q805 where the file was changed meanwhile or the place of
    the copy is taken, Q806 for a case that ships, which is not written to; ``CaseError`` for a case with faults.
    """
    session = ElicitationSession(request, hands)
    if request.answer is not None:
        for given in _given(request.answer, hands):
            session.give(given)
        return session.result()
    if hands.dialogue is not None:
        from quandary.use.turning.dialogue import converse

        return converse(session, hands.dialogue, request.block)
    return session.result()


class ElicitationSession:
    """A case that is being asked about: its text as it stands in its file, and what was written."""

    def __init__(self, request: ElicitRequest, hands: Hands) -> None:
        self.request = request
        self.hands = hands
        self.by = request.by or NOBODY
        self.answers: list[WrittenAnswer] = []
        self.passed: frozenset[str] = frozenset()
        case = find_case(request.case)
        self.output = _output(case, request.output)
        self.is_copy = self.output != case
        self.exists = self.output == case or self.output.exists()
        loaded = opened(str(self.output if self.exists else case))
        if loaded.text is not None and not self.exists:
            moved = replace(loaded.text.main, path=str(self.output))
            loaded = replace(loaded, text=replace(loaded.text, files=(moved, *loaded.text.files[1:])))
            loaded = _read_again(loaded.text)
        self.state = elicitation(loaded, request, hands)

    @property
    def next(self) -> Elicitation:
        """Return what to ask next, without what was passed over."""
        return without(self.state, self.passed, self.file)

    @property
    def file(self) -> str | None:
        """Return the only file that is written to, where the answers go to a copy; of other files nothing is asked."""
        return self.state.text.main.path if self.is_copy else None

    def result(self, *, interrupted: bool = False) -> ElicitResult:
        """Return what was written so far."""
        return ElicitResult(self.next, str(self.output), tuple(self.answers), interrupted)

    def give(self, given: dict[str, Any]) -> WrittenAnswer:
        """Write one answer given as data, and return it; raises ``Refusal`` (Q575) for one that does not fit."""
        name, said = str(given["question"]), given["answer"]
        because = given.get("because")
        for gap in self.next.gaps:
            if gap.name == name:
                return self.fill(gap, str(said))
        known = {own.name: own for own in self._every()}
        if name not in known:
            hint = nearest(name, known) or "`quandary next CASE --json` names the questions"
            raise Refusal(Problem("Q575", f'there is no question "{name[:200]}" to answer', hint=hint))
        candidate = known[name]
        return self.judge(candidate, self.judged(candidate, said), because if isinstance(because, str) else None)

    def judged(self, candidate: Candidate, said: object) -> Judgement | DontKnow:
        """Return what an answer says, as text or as an object with the numbers of a form."""
        from quandary.ask.turning.eliciting.answering import judged_answer

        assert self.state.case is not None
        return judged_answer(self.state.case.words, candidate, said)

    def judge(self, candidate: Candidate, found: Judgement | DontKnow, because: str | None) -> WrittenAnswer:
        """Write a judgement, or that somebody does not know, and look anew at what to ask next."""
        from quandary.ask.turning.eliciting.forms import Judgement
        from quandary.ask.turning.eliciting.writing import with_answer

        value, read_as = (found.text, found.read_as) if isinstance(found, Judgement) else (None, None)
        reason = (" ".join((because or "").split()) or None) if value is not None else None
        assert self.state.case is not None
        text, place = with_answer(self.state.text, self.state.case, candidate, value, reason or JUDGEMENT, self.by)
        answer = WrittenAnswer(candidate.name, value, read_as, reason, self.by, place.line)
        self._take(text, answer)
        return answer

    def fill(self, gap: StructureGap, said: str) -> WrittenAnswer:
        """Write what fills a gap, or pass it over where it is not known."""
        from quandary.ask.turning.eliciting.forms import DONT_KNOW
        from quandary.ask.turning.eliciting.gaps import filled

        found = filled(self.state.text, gap, said)
        line = gap.gap.place.line
        if found == DONT_KNOW:
            self.passed |= {gap.name}
            return WrittenAnswer(gap.name, None, None, None, self.by, line)
        assert not isinstance(found, str)
        answer = WrittenAnswer(gap.name, " ".join(said.split()), None, None, self.by, line)
        self._take(found, answer)
        return answer

    def _every(self) -> tuple[Candidate, ...]:
        """Return what can be answered, asked for or not: also what is not wide, and what was judged before."""
        from quandary.ask.turning.eliciting.candidates import candidates
        from quandary.compile.compiler import compile_case

        case = self.state.case
        if case is None:
            return ()
        every = candidates(case, compile_case(case), text=self.state.text, every=True)
        return tuple(one for one in every if self.file in (None, one.number.place.file))

    def _take(self, text: CaseText, answer: WrittenAnswer) -> None:
        """Write the text that an answer makes, if the case still stands with it; raises ``Refusal`` (Q575) if not."""
        try:
            state = elicitation(_read_again(text), self.request, self.hands)
        except CaseError as fault:
            first = fault.problems[0]
            message = f"the case does not stand with that answer: {first.message}"
            raise Refusal(Problem("Q575", message, hint=first.hint)) from None
        before = {file.path: file.data for file in self.state.text.files}
        after = {Path(file.path): file.data for file in text.files if before.get(file.path) != file.data}
        with self.hands.writing():
            if self.exists:
                rewrite_files(after, {path: before[str(path)] for path in after})
            else:
                write_files({self.output: text.main.data})
        self.exists = True
        self.state = state
        self.answers.append(answer)


def _read_again(text: CaseText) -> Any:  # noqa: ANN401 - what the loader returns, imported late
    from quandary.compile.loader import read_case_text

    return read_case_text(text)


def _output(case: Path, wanted: Path | None) -> Path:
    """Return the file that answers go to; refuses (Q806) one elsewhere, where what the case names would be missing."""
    if wanted is None:
        if shipped_folder() in case.parents:
            message = "a case that ships is not written to"
            hint = f"copy the folder {case.parent} and ask about the copy"
            raise Refusal(Problem("Q806", message, hint=hint))
        return case
    path = path_of(str(wanted))
    if path.resolve().parent != case.resolve().parent:
        message = f'"{path}" is in another folder than the case, whose other files would be missing there'
        raise Refusal(Problem("Q806", message, hint=f"name a file in {case.parent}"))
    return path


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
