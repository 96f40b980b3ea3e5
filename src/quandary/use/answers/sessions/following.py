"""Answers that follow a session's moves in a thread of their own: of what waits only the newest is worked out."""

from __future__ import annotations

import threading
from types import TracebackType

from quandary.base.stopping import StopToken
from quandary.use.answers.sessions.answering import Tell
from quandary.use.answers.sessions.moves import CaseMove
from quandary.use.answers.sessions.session import Session


class Following:
    """Works out a session's answers after each change, and tells them; a context that ends the thread.

    The first answers after a move are finished even if others wait, so that who moves a slider on and on sees them;
    refining ends where something newer waits. Events come in the thread that works.
    """

    def __init__(self, session: Session, tell: Tell) -> None:
        self.session = session
        self._tell = tell
        self._changed = threading.Condition()
        self._wanted = 0
        self._worked = -1
        self._stop = StopToken()
        self._ended = False
        self._fault: BaseException | None = None
        self._thread = threading.Thread(target=self._work, name="quandary-session", daemon=True)

    def __enter__(self) -> Following:
        self._thread.start()
        self.wake()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()
        if self._fault is not None and fault is None:
            raise self._fault

    def move(self, move: CaseMove) -> int:
        """Make a move and return the version that its answers will carry; raises as ``Session.move``."""
        version = self.session.move(move).version
        self.wake()
        return version

    def undo(self) -> CaseMove | None:
        """Take the last move back and return it."""
        gone = self.session.undo()
        self.wake()
        return gone

    def wake(self) -> None:
        """Have the answers of the session as it stands worked out, if they are not yet."""
        with self._changed:
            self._wanted = self.session.version
            self._stop.give()
            self._changed.notify_all()

    def wait(self, seconds: float | None = None) -> bool:
        """Return once the newest state was worked out, or after so many seconds; whether it was."""
        with self._changed:
            return self._changed.wait_for(lambda: self._ended or self._worked == self._wanted, seconds)

    def end(self) -> None:
        """End the thread after the batch that it is at."""
        with self._changed:
            self._ended = True
            self._stop.give()
            self._changed.notify_all()
        if self._thread.is_alive():
            self._thread.join()

    def _work(self) -> None:
        try:
            while self._next():
                self.session.answers(self._tell, self._stop)
                with self._changed:
                    if not self._stop.given():
                        self._worked = self._wanted
                        self._changed.notify_all()
        except BaseException as fault:
            with self._changed:
                self._fault, self._ended = fault, True
                self._changed.notify_all()

    def _next(self) -> bool:
        """Wait for something to work out, and return whether there is; ``False`` at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._ended or self._worked != self._wanted)
            self._stop = StopToken()
            return not self._ended
