"""The time limit of a command, asked by a search as it goes."""

from __future__ import annotations

from quandary.base.stopping import StopToken
from quandary.cli.progress import Progress


class Clock:
    """``proceed`` says whether to go on and moves the bar."""

    def __init__(self, seconds: float, progress: Progress | None = None) -> None:
        self._stop = StopToken(seconds)
        self._progress = progress

    def tell(self, what: str, done: int = 0, total: int = 0) -> None:
        """Move the bar, if there is one."""
        if self._progress is not None:
            self._progress(what[:1].upper() + what[1:], done, total)

    def proceed(self, what: str, done: int, total: int) -> bool:
        """Move the bar and return whether time is left."""
        self.tell(what, done, total)
        return not self._stop.given()
