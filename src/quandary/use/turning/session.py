"""A case that is being asked about: its text as it stands in its file, what was answered, and what to ask next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from quandary.base.files import path_of, rewrite_files, write_files
from quandary.base.problems import CaseError, Problem, Refusal, nearest
from quandary.case.shipped import find_case, shipped_folder
from quandary.use.results import Hands
from quandary.use.studies import opened
from quandary.use.turning.next_questions import GAP, Elicitation, QuestionsRequest, elicitation, without

if TYPE_CHECKING:
    from quandary.ask.turning.eliciting.candidates import Candidate
    from quandary.ask.turning.eliciting.forms import DontKnow, JudgedAnswer
    from quandary.ask.turning.eliciting.gaps import StructureGap
    from quandary.case.text import CaseText
    from quandary.compile.loader import Loaded

NOBODY = "analyst"
"""Who answers where nobody is named."""

JUDGEMENT = "judgement"
"""The reason of an answer without one: it is not that of the number before."""


class SessionRequest(QuestionsRequest, Protocol):
    """What a request says of the case that is asked about, and of where answers go."""

    @property
    def case(self) -> str:
        """Return the name of the case."""

    @property
    def output(self) -> Path | None:
        """Return the copy that answers go to; ``None`` for the case itself."""


@dataclass(frozen=True)
class WrittenAnswer:
    """An answer as it was written: ``text`` is ``None`` where it is not known, ``read_as`` says how it is read."""

    question: str
    text: str | None
    read_as: str | None
    because: str | None
    by: str
    line: int


class ElicitationSession:
    """A case that is being asked about: its text as it stands in its file, and what was written."""

    def __init__(self, request: SessionRequest, hands: Hands) -> None:
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
            loaded = _read_again(replace(loaded.text, files=(moved, *loaded.text.files[1:])))
        self.state = elicitation(loaded, request, hands)

    @property
    def next(self) -> Elicitation:
        """Return what to ask next, without what was passed over."""
        return without(self.state, self.passed, self.file)

    @property
    def file(self) -> str | None:
        """Return the only file that is written to, where the answers go to a copy; of other files nothing is asked."""
        return self.state.text.main.path if self.is_copy else None

    def give(self, given: Mapping[str, Any]) -> WrittenAnswer:
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

    def judged(self, candidate: Candidate, said: object) -> JudgedAnswer | DontKnow:
        """Return what an answer says, as text or as an object with the numbers of a form."""
        from quandary.ask.turning.eliciting.answering import judged_answer

        assert self.state.case is not None
        return judged_answer(self.state.case.words, candidate, said)

    def judge(self, candidate: Candidate, found: JudgedAnswer | DontKnow, because: str | None) -> WrittenAnswer:
        """Write a judgement, or that somebody does not know, and look anew at what to ask next."""
        from quandary.ask.turning.eliciting.forms import JudgedAnswer
        from quandary.ask.turning.eliciting.writing import with_answer

        value, read_as = (found.text, found.read_as) if isinstance(found, JudgedAnswer) else (None, None)
        reason = (" ".join((because or "").split()) or None) if value is not None else None
        assert self.state.case is not None
        text, place = with_answer(
            self.state.text, self.state.case, candidate, value, because=reason or JUDGEMENT, by=self.by
        )
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
        part = self.state.part
        every = candidates(case, compile_case(case), text=part.text, every=True)
        return tuple(one for one in every if part.has(one.number) and self.file in (None, one.number.place.file))

    def _take(self, text: CaseText, answer: WrittenAnswer) -> None:
        """Write the text that an answer makes, if the case still stands with it; raises ``Refusal`` (Q575) if not.

        With the last gap filled, faults that the gaps hid are told: the answer is written, ``CaseError`` has them.
        """
        loaded = _read_again(text)
        fault = _new_fault(self.state.text, text, loaded)
        if fault is not None:
            raise _does_not_stand(fault)
        try:
            state = elicitation(loaded, self.request, self.hands)
        except CaseError as error:
            if self.state.case is not None:
                raise _does_not_stand(error.problems[0]) from None
            self._write(text)
            raise
        self._write(text)
        self.state = state
        self.answers.append(answer)

    def _write(self, text: CaseText) -> None:
        before = {file.path: file.data for file in self.state.text.files}
        after = {Path(file.path): file.data for file in text.files if before.get(file.path) != file.data}
        with self.hands.writing():
            if self.exists:
                rewrite_files(after, {path: before[str(path)] for path in after})
            else:
                write_files({self.output: text.main.data})
        self.exists = True


def _does_not_stand(fault: Problem) -> Refusal:
    return Refusal(Problem("Q575", f"the case does not stand with that answer: {fault.message}", hint=fault.hint))


def _new_fault(before: CaseText, after: CaseText, loaded: Loaded) -> Problem | None:
    """Return a fault on a line that an answer changed, while other gaps may still be open; ``None`` for none."""
    told = {(problem.code, problem.message) for problem in _read_again(before).problems}
    for fault in loaded.problems:
        file, old = after.file(fault.place.file), before.file(fault.place.file)
        if not fault.is_error or fault.code == GAP or (fault.code, fault.message) in told or file is None:
            continue
        if fault.place.line in _changed_lines(() if old is None else old.lines, file.lines):
            return fault
    return None


def _changed_lines(before: Sequence[str], after: Sequence[str]) -> range:
    """Return the numbers of the lines between what begins and what ends both alike."""
    most = min(len(before), len(after))
    first = next((at for at in range(most) if before[at] != after[at]), most)
    last = next((at for at in range(most - first) if before[-1 - at] != after[-1 - at]), most - first)
    return range(first + 1, len(after) - last + 1)


def _read_again(text: CaseText) -> Loaded:
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
