"""A case held open: moved as data, answered at once and then exactly, undone, compared with its file, and saved."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import date
from difflib import unified_diff
from pathlib import Path
from typing import TYPE_CHECKING

from quandary.base.files import rewrite_files
from quandary.base.problems import CaseError, Problem, Refusal
from quandary.base.stopping import StopToken
from quandary.case.shipped import shipped_folder
from quandary.case.text import CaseText
from quandary.use import studies
from quandary.use.answers.sessions.answering import (
    SessionSettings,
    SessionState,
    StagedAnswers,
    Tell,
)
from quandary.use.answers.sessions.editing import edited
from quandary.use.answers.sessions.events import DoneEvent, SessionAnswers, SessionEvent
from quandary.use.answers.sessions.moves import CaseMove, EvidenceDayMove, LikelihoodMove, RangeMove, ResetMove

if TYPE_CHECKING:
    from quandary.ask.changes.moved import KeptStructure
    from quandary.compile.loader import Loaded

MOST_MOVES = 1_000
"""Moves that can be undone; the earliest are forgotten first, and stay in the text."""

KEPT_ANSWERS = 2
"""States of which all answers are kept: where a move is undone they are there at once."""


@dataclass(frozen=True, eq=False)
class _Step:
    """A text with the state that was read from it, and the move that made it; ``None`` for one that was opened."""

    text: CaseText
    state: SessionState
    move: CaseMove | None = None


def _nothing_told(_event: SessionEvent) -> None:
    return None


class Session:
    """A case held open. Moves change its text in memory; the file stays as it is until ``save``.

    ``answers`` tells what the case as it stands says: at once from few worlds, at last from all, equal to the last bit
    to a run of the edited file. The session may be moved from one thread while another works out answers: these are of
    the state that stood when they began.
    """

    def __init__(self, text: CaseText, named: str, settings: SessionSettings) -> None:
        self.named = named
        self.settings = settings
        self._lock = threading.RLock()
        self._working = threading.Lock()
        self._version = 0
        self._saved = text
        self._kept: KeptStructure | None = None
        self._done: dict[tuple[str, date | None], SessionAnswers] = {}
        self._last: SessionAnswers | None = None
        first = self._read(text, None)
        self._saved = first.text
        self._steps = [first]

    @property
    def text(self) -> CaseText:
        """Return the text as it stands, with its edits."""
        return self._steps[-1].text

    @property
    def state(self) -> SessionState:
        """Return the case as it stands: its records, its model, its warnings, its version."""
        return self._steps[-1].state

    @property
    def version(self) -> int:
        """Return the number of the state, which rises with each change; events carry it."""
        return self.state.version

    @property
    def as_of(self) -> date | None:
        """Return the last day whose evidence is seen; ``None`` for the case's own."""
        return self.state.as_of

    @property
    def moves(self) -> tuple[CaseMove, ...]:
        """Return the moves that can be undone, the last one last."""
        return tuple(step.move for step in self._steps if step.move is not None)

    @property
    def changed(self) -> bool:
        """Return whether the text differs from the file as it was last read or written."""
        return bool(self._changed())

    def move(self, move: CaseMove) -> SessionState:
        """Make a move and return the case as it then stands.

        Raises ``CaseError`` with every fault where the case does not stand with it, and ``Refusal`` (Q817, Q818) where
        there is nothing of the kind to move; nothing is changed then.
        """
        with self._lock:
            step = self._reset(move) if isinstance(move, ResetMove) else self._made(self._steps[-1], move)
            self._take(step, keeps_structure=isinstance(move, RangeMove | LikelihoodMove))
            return step.state

    def undo(self) -> CaseMove | None:
        """Take the last move back and return it; ``None`` where there is none."""
        with self._lock:
            if self._steps[-1].move is None:
                return None
            gone = self._steps.pop()
            before = self._steps[-1]
            self._steps[-1] = replace(before, state=self._numbered(before.state))
            self._take_structure(keeps=isinstance(gone.move, RangeMove | LikelihoodMove))
            return gone.move

    def diff(self) -> str:
        """Return what moves changed in the case's files, as a unified diff; empty where nothing did."""
        lines: list[str] = []
        for path, (old, new) in self._changed().items():
            before, after = (data.decode("utf-8", "replace").splitlines(keepends=True) for data in (old, new))
            lines += unified_diff(before, after, path, path)
        return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)

    def save(self, writing: Callable[[], AbstractContextManager[None]] = nullcontext) -> tuple[Path, ...]:
        """Write the changed files, all or none, and return them; moves can still be undone.

        Refuses a file that somebody changed meanwhile (Q805): nothing is written and the session stays as it is
        (``take_up`` brings both together). Refuses a case that ships (Q806).
        """
        with self._lock:
            changed = self._changed()
            if not changed:
                return ()
            folder = shipped_folder()
            if any(folder in Path(path).resolve().parents for path in changed):
                message = "a case that ships is not written to"
                raise Refusal(Problem("Q806", message, hint="copy its folder, and open the copy"))
            with writing():
                rewrite_files(
                    {Path(path): new for path, (_, new) in changed.items()},
                    {Path(path): old for path, (old, _) in changed.items()},
                )
            self._saved = self.text
            return tuple(Path(path) for path in changed)

    def is_outdated(self) -> bool:
        """Return whether a file of the case holds other bytes by now than when it was last read or written."""
        return any(_bytes_of(file.path) != file.data for file in self._saved.files)

    def take_up(self) -> bool:
        """Read the files again where they were changed outside, make the moves anew on them, and return whether so.

        Raises ``CaseError`` where the files have errors by now, and where a move cannot be made on them, whose fault
        then stands first: the session stays as it is, and its moves can still be seen, undone and copied (``diff``).
        """
        with self._lock:
            if not self.is_outdated():
                return False
            loaded = studies.opened(self._saved.main.path)
            if loaded.text is None:
                raise CaseError(loaded.problems)
            steps = [self._read(loaded.text, None)]
            for move in self.moves:
                try:
                    steps.append(self._made(steps[-1], move))
                except (CaseError, Refusal) as fault:
                    raise CaseError(_conflict(move, fault)) from fault
            self._saved, self._steps = steps[0].text, steps
            self._take_structure(keeps=False)
            return True

    def answers(self, tell: Tell = _nothing_told, stop: StopToken | None = None) -> SessionAnswers | None:
        """Return all answers of the case as it stands, each stage told as it comes (``events``).

        The first answers come whatever ``stop`` says; it is seen between two batches of worlds. ``None`` where it was
        given, and where only worlds show that the case has a fault, which is told.
        """
        with self._lock:
            state, digest = self.state, (self.text.digest, self.as_of)
            done = self._done.pop(digest, None)
            if done is not None:
                self._done[digest] = done
                self._last = done
                tell(DoneEvent(state.version, done.study.worlds, done.study.worlds, done))
                return done
        with self._working:
            return self._worked_out(state, digest, tell, stop)

    def _worked_out(
        self, state: SessionState, digest: tuple[str, date | None], tell: Tell, stop: StopToken | None
    ) -> SessionAnswers | None:
        from quandary.ask.changes.moved import KeptStructure

        with self._lock:
            kept = self._kept or KeptStructure()
            self._kept = kept
            before = self._last
        found = StagedAnswers(state, self.settings, kept, before, tell).answers(stop)
        if found is not None:
            with self._lock:
                for other in self._done.values():
                    other.study.forget_solved()
                self._done[digest] = self._last = found
                while len(self._done) > KEPT_ANSWERS:
                    del self._done[next(iter(self._done))]
        return found

    def _take(self, step: _Step, *, keeps_structure: bool) -> None:
        self._steps.append(step)
        if len(self._steps) > MOST_MOVES + 1:
            self._steps[:2] = [replace(self._steps[1], move=None)]
        self._take_structure(keeps=keeps_structure)

    def _take_structure(self, *, keeps: bool) -> None:
        if self._kept is not None and not keeps:
            self._kept = self._kept.drawn()

    def _made(self, before: _Step, move: CaseMove) -> _Step:
        """Return what a move makes of a text; raises as ``move``."""
        if isinstance(move, EvidenceDayMove):
            return _Step(before.text, self._numbered(replace(before.state, as_of=move.day)), move)
        text = edited(move, before.text, before.state.case, before.state.model)
        return replace(self._read(text, before.state.as_of), move=move)

    def _reset(self, move: ResetMove) -> _Step:
        """Return the case as it would be without the moves of one target; refuses (Q817) where there are none."""
        own = [one for one in self.moves if not isinstance(one, ResetMove)]
        left = [one for one in own if one.target != move.what]
        if len(left) == len(own):
            message = f'no move of "{" ".join(move.what)[:200]}" is to be put back'
            raise Refusal(Problem("Q817", message, hint="name the target of a move that was made"))
        step = replace(self._steps[0], move=None)
        for one in left:
            step = self._made(step, one)
        return replace(step, state=self._numbered(step.state), move=move)

    def _read(self, text: CaseText, as_of: date | None) -> _Step:
        """Return a text read and compiled; raises ``CaseError`` with every fault."""
        from quandary.compile.compiler import compile_case
        from quandary.compile.loader import read_case_text

        loaded: Loaded = read_case_text(text)
        if loaded.case is None or loaded.text is None:
            raise CaseError(loaded.problems)
        model = compile_case(loaded.case)
        state = SessionState(0, loaded.case, model, self.named, loaded.problems, as_of)
        return _Step(loaded.text, self._numbered(state))

    def _numbered(self, state: SessionState) -> SessionState:
        self._version += 1
        return replace(state, version=self._version)

    def _changed(self) -> dict[str, tuple[bytes, bytes]]:
        """Return the files that moves changed: what each holds, and what it would."""
        before = {file.path: file.data for file in self._saved.files}
        after = {file.path: file.data for file in self.text.files}
        return {path: (before[path], data) for path, data in after.items() if before.get(path, data) != data}


def _bytes_of(path: str) -> bytes | None:
    try:
        return Path(path).read_bytes()
    except OSError:
        return None


def _conflict(move: CaseMove, fault: CaseError | Refusal) -> tuple[Problem, ...]:
    """Return the faults of a move that does not fit the files as they are by now."""
    message = f"the file was changed outside, and the move of {' '.join(move.target)} does not fit it any more"
    hint = "undo the move, or write it into the file"
    problems = fault.problems if isinstance(fault, CaseError) else (fault.problem,)
    return Problem("Q805", message, hint=hint), *problems
