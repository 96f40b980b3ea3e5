"""A process that holds one case open for its page: moved, asked and drawn by lines of JSON.

``{"ask": n, "do": ..., ...}`` asks for something and is answered by ``{"reply": n, "status": ..., "body": ...}``.
Beside that it tells ``{"parts": {id: html}, "stamp": ...}`` whenever parts of the page are new. It is kept to the
folder that is served.
"""

from __future__ import annotations

import json
import os
import select
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

from quandary.base.confinement import confine
from quandary.base.problems import CaseError, Problem, Refusal
from quandary.base.stopping import StopToken
from quandary.case.shipped import shipped_folder
from quandary.report.documents.document import plain
from quandary.report.documents.problems import problems_document
from quandary.use.answers.sessions.events import DoneEvent, FailedEvent, HeadlineEvent, SessionEvent, VerdictsEvent
from quandary.use.answers.sessions.moves import RangeMove, move_from
from quandary.use.answers.sessions.opening import open as opened
from quandary.use.answers.sessions.session import Session
from quandary.version import __version__
from quandary.web.jobs.worker import Asked
from quandary.web.page.drawing import Drawer, PageView, rendered
from quandary.web.page.shown import Shown

LOOKED = 1.0
"""Seconds between looks whether the files changed."""

IDLE = 0.6
"""Seconds after the last answers until what takes longer is worked out."""

FINE, FAULTY, BUG = 200, 422, 500


@dataclass(frozen=True)
class CaseOpening:
    """What a process is started for: a case as its address names it and where it is, and how it is answered."""

    folder: str
    case: str
    path: str
    worlds: int
    read_only: bool
    moves: tuple[Mapping[str, Any], ...] = ()


class CaseWork:
    """The case that is held open, the thread that works out its answers, and the pipe to the server."""

    def __init__(self, opening: CaseOpening, out: IO[str], session: Session) -> None:
        self.opening = opening
        self.session = session
        self.shown = Shown(total=session.settings.worlds)
        self.drawer = Drawer(session, opening.case, self.shown, opening.read_only)
        self.stamp = time.time_ns() // 1_000_000
        self._out = out
        self._writing = threading.Lock()
        self._drawing = threading.RLock()
        self._told: dict[str, str] = {}
        self._wake = threading.Condition()
        self._worked = -1
        self._stop = StopToken()
        self._looks: deque[Callable[[], None]] = deque()
        self._beside = -1
        self._ended = False
        self._gesture = ""
        self._thread = threading.Thread(target=self._work, name="quandary-page", daemon=True)

    def start(self) -> None:
        """Begin to work out answers."""
        for given in self.opening.moves:
            try:
                self.session.move(move_from(given))
            except (CaseError, Refusal) as fault:
                self.shown.conflict = _problems_of(fault)
        self._thread.start()

    def end(self) -> None:
        """End the thread after what it is at."""
        with self._wake:
            self._ended = True
            self._stop.give()
            self._wake.notify_all()
        self._thread.join(5)

    def write(self, line: Mapping[str, Any]) -> None:
        """Send a line."""
        with self._writing:
            self._out.write(json.dumps(line) + "\n")
            self._out.flush()

    def carry_out(self, line: Mapping[str, Any]) -> None:
        """Do what was asked and reply, at once or when the thread comes to it."""
        number, what = line.get("ask"), str(line.get("do"))
        if what == "part" and line.get("kind") == "ladder":
            with self._wake:
                self._looks.append(lambda: self._reply(number, lambda: self._ladder(str(line.get("name", "")))))
                self._wake.notify_all()
            return
        self._reply(number, lambda: self._done(what, line))

    def _reply(self, number: object, do: Callable[[], Any]) -> None:
        try:
            status, body = FINE, do()
        except (CaseError, Refusal) as fault:
            status, body = FAULTY, plain(problems_document(_problems_of(fault)))
        except Exception as bug:  # the page lives on, and says it
            message = f"this is a fault in Quandary {__version__}, not in your case ({type(bug).__name__}: {bug})"
            status, body = (
                BUG,
                plain(problems_document([Problem("Q802", message, hint="please report it with the case")])),
            )
        self.write({"reply": number, "status": status, "body": body})

    def _done(self, what: str, line: Mapping[str, Any]) -> Any:  # noqa: ANN401 - what the reply holds
        if what == "page":
            with self._drawing:
                return self.drawer.page(PageView.of(line.get("view", {})), self.stamp)
        if what == "part":
            with self._drawing:
                return self.drawer.part(str(line.get("kind")), str(line.get("name", "")))
        if what == "moves":
            return self._told_moves()
        if what == "move":
            self._move(line)
        elif what == "undo":
            self.session.undo()
        elif what == "save":
            return {"saved": [Path(one).name for one in self.session.save()], **self._told_moves(draw=True)}
        elif what == "take_up":
            self._taken_up()
        self._changed()
        return self._told_moves()

    def _told_moves(self, *, draw: bool = False) -> dict[str, Any]:
        if draw:
            self._tell(self.drawer.quick)
        moves = self.session.moves
        return {"version": self.session.version, "count": len(moves), "moves": [one.to_dict() for one in moves]}

    def _move(self, line: Mapping[str, Any]) -> None:
        """Make a move; of one gesture, as of a slider that is dragged on and on, only the last is kept."""
        given, gesture = line.get("move"), str(line.get("gesture") or "")
        if not isinstance(given, Mapping):
            raise Refusal(
                Problem("Q819", "a move is an object with its kind and its fields", hint="see docs/sessions.md")
            )
        move = self._placed(given) if "at" in given else move_from(given)
        last = self.session.moves[-1] if self.session.moves else None
        again = gesture and gesture == self._gesture and last is not None and last.target == move.target
        if again:
            self.session.undo()
        try:
            self.session.move(move)
        except (CaseError, Refusal):
            if again and last is not None:
                self.session.move(last)
            raise
        self._gesture = gesture

    def _placed(self, given: Mapping[str, Any]) -> RangeMove:
        """Return the move of a slider to a place on it."""
        with self._drawing:
            found = [one for one in self.drawer.numbers if one.number.name == given.get("number")]
        at = given["at"]
        if not found or not isinstance(at, int | float) or isinstance(at, bool):
            message = "there is no such slider, or no such place on it"
            raise Refusal(Problem("Q817", message, hint="name a number that has a range"))
        return RangeMove(number=found[0].number.name, value=found[0].text(float(at)))

    def _taken_up(self) -> None:
        self.session.take_up()
        self.shown.conflict = ()

    def look(self) -> None:
        """Take up what was changed outside, or say what does not fit."""
        try:
            if not self.session.is_outdated():
                if self.shown.conflict:
                    self.shown.conflict = ()
                    self._tell(self.drawer.quick)
                return
            self._taken_up()
        except (CaseError, Refusal) as fault:
            problems = _problems_of(fault)
            if problems != self.shown.conflict:
                self.shown.conflict = problems
                self._tell(self.drawer.quick)
            return
        self.drawer.numbers.clear()
        self._changed()

    def _changed(self) -> None:
        """Have the answers worked out anew."""
        with self._drawing:
            self.shown.begin(self.session.version)
        with self._wake:
            if self.session.version != self._worked:
                self._stop.give()
            self._wake.notify_all()
        if self.shown.answers is not None:
            self._tell(lambda: {"moves": self.drawer.parts_of_moves(), **self.drawer.parts_of_numbers()})

    def _work(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(self._waits, IDLE if self._beside != self.session.version else None)
                if self._ended:
                    return
                look = self._looks.popleft() if self._looks and self._worked == self.session.version else None
                wanted = self.session.version
                fresh = self._worked != wanted
                if fresh:
                    self._stop = StopToken()
            if look is not None:
                look()
            elif fresh:
                with self._drawing:
                    self.shown.begin(wanted)
                self.session.answers(self._event, self._stop)
                if not self._stop.given():
                    self._worked = wanted
            elif self._beside != wanted:
                self._beside = wanted
                self._work_beside()

    def _waits(self) -> bool:
        return self._ended or self._worked != self.session.version or bool(self._looks)

    def _event(self, event: SessionEvent) -> None:
        """Show what is told of the newest state."""
        if event.version != self.session.version:
            return
        with self._drawing:
            if isinstance(event, HeadlineEvent):
                self.shown.take_headline(event)
            elif isinstance(event, VerdictsEvent):
                self.shown.take_verdicts(event)
            elif isinstance(event, FailedEvent):
                self.shown.fail(event.problems)
            elif isinstance(event, DoneEvent):
                self.shown.take_all(event.answers)
                if not self.session.moves or not self.shown.first:
                    self.shown.first = self.drawer.answer_said()
            else:
                return
        early = isinstance(event, HeadlineEvent)
        self._tell(
            self.drawer.parts
            if isinstance(event, DoneEvent | FailedEvent)
            else self.drawer.answer_parts
            if early
            else self.drawer.quick
        )

    def _work_beside(self) -> None:
        """Work out what takes longer: why it is chosen, and how the days moved the answer."""
        from quandary.ask.changes.timeline import Line, followed
        from quandary.ask.why.choice import explained_choices

        answers = self.shown.answers
        if answers is None or answers.report.headline is None or answers.report.over_fillings is not None:
            return
        headline, study = answers.report.headline, answers.study
        try:
            if study.evidence:
                self.shown.timeline = followed(study, [Line("headline", headline.asks, headline.query)])
                self._tell(self.drawer.parts)
            if self._worked == self.session.version:
                self.shown.choices = explained_choices(study, study.prepared(headline.query))
                self._tell(self.drawer.parts)
        except (CaseError, Refusal):
            return  # what cannot be said of this case is left out, as a report does

    def _ladder(self, claim: str) -> str:
        """Return a claim's card with its ladder and who says otherwise."""
        from quandary.ask.changes.ladder import claims_to_show, in_few_worlds, ladders
        from quandary.report.html.cards import claim_card

        dossier, answers = self.shown.dossier, self.shown.answers
        if dossier is None or answers is None:
            return ""
        own = [one for one in dossier.report.findings.claims if one.claim.id == claim]
        asked = claims_to_show(answers.study.case, own)
        found = ladders(in_few_worlds(answers.study), asked, search=False) if asked else ()
        if not own:
            return ""
        card = claim_card(replace(dossier, ladders=found), own[0], claim in self.drawer.in_text())
        return rendered("card.html.j2", claim=card, case=self.opening.case)

    def _tell(self, made: Callable[[], Mapping[str, str]]) -> None:
        """Send the parts that are other than they were when last sent."""
        with self._drawing:
            parts = {name: text for name, text in made().items() if self._told.get(name) != text}
            self._told |= parts
            if not parts:
                return
            self.stamp += 1
            line = {"parts": parts, "stamp": self.stamp, "moves": [one.to_dict() for one in self.session.moves]}
            self.write({**line, "changed": self.session.changed})


def _problems_of(fault: CaseError | Refusal) -> tuple[Problem, ...]:
    return fault.problems if isinstance(fault, CaseError) else (fault.problem,)


def _held(opening: CaseOpening, out: IO[str], asked: Asked) -> CaseWork | None:
    """Return the case held open; while it has faults they are told, and it is tried again."""
    while True:
        try:
            work = CaseWork(opening, out, opened(opening.path, worlds=opening.worlds))
        except (CaseError, Refusal, OSError) as fault:
            problems = (
                _problems_of(fault)
                if isinstance(fault, CaseError | Refusal)
                else (Problem("Q802", "the file cannot be read", hint="look at it"),)
            )
            line = {"faults": plain(problems_document(problems))}
            out.write(json.dumps(line) + "\n")
            out.flush()
            if not select.select([0], [], [], LOOKED)[0]:
                continue
            waiting = asked.next()
            if waiting is None:
                return None
            out.write(json.dumps({"reply": waiting.get("ask"), "status": FAULTY, "body": line["faults"]}) + "\n")
            out.flush()
        else:
            return work


def main() -> None:
    """Hold a case open until whoever asks is gone."""
    opening = CaseOpening(**json.loads(sys.argv[1]))
    os.chdir(opening.folder)
    confine([Path(opening.folder), shipped_folder()])
    out, sys.stdout = sys.stdout, sys.stderr  # nothing else is to stand among the lines
    asked = Asked(0)
    work = _held(opening, out, asked)
    if work is None:
        return
    work.start()
    work.write({"ready": True})
    while True:
        if not asked.waiting() and not select.select([0], [], [], LOOKED)[0]:
            work.look()
            continue
        line = asked.next()
        if line is None:
            break
        work.carry_out(line)
    work.end()


if __name__ == "__main__":
    main()
