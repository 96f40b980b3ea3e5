"""The time limit of a command: asked by a search as it goes, and striking by itself where nothing asks."""

from __future__ import annotations

import _thread
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from quandary.cli.progress import Progress

GRACE = 1.0
"""So many seconds after the limit work that never asks (reading a file, building its tables) is cut off."""


class Clock:
    """``proceed`` says whether to go on and moves the bar; ``striking`` is in force while a command works."""

    def __init__(self, seconds: float, progress: Progress | None = None) -> None:
        self._end = time.monotonic() + seconds
        self._progress = progress
        self._lock = threading.Lock()
        self._over = self._struck = False
        self._before: Any = signal.default_int_handler

    def tell(self, what: str, done: int = 0, total: int = 0) -> None:
        """Move the bar, if there is one."""
        if self._progress is not None:
            self._progress(what[:1].upper() + what[1:], done, total)

    def proceed(self, what: str, done: int, total: int) -> bool:
        """Move the bar and return whether time is left; once it has said no, nothing strikes any more."""
        self.tell(what, done, total)
        if time.monotonic() < self._end:
            return True
        self._finish()
        return False

    @contextmanager
    def striking(self) -> Iterator[Clock]:
        """Yield the clock; raise ``OutOfTime`` in the main thread if the time is up in the block and nothing has asked.

        Elsewhere than in the main thread, which alone can be interrupted, only ``proceed`` keeps the limit.
        """
        if threading.current_thread() is not threading.main_thread():
            yield self
            return
        timer = threading.Timer(self._end - time.monotonic() + GRACE, self._strike)
        timer.daemon = True
        before = self._before = signal.signal(signal.SIGINT, self._heard)
        timer.start()
        try:
            yield self
        finally:
            self._finish()
            timer.cancel()
            signal.signal(signal.SIGINT, before)

    def _finish(self) -> None:
        with self._lock:
            self._over = True

    def _strike(self) -> None:
        with self._lock:
            if not self._over:
                self._struck = True
                main = threading.main_thread().ident
                if hasattr(signal, "pthread_kill") and main is not None:
                    signal.pthread_kill(main, signal.SIGINT)  # ends a read that waits, too
                else:
                    _thread.interrupt_main()

    def _heard(self, number: int, frame: FrameType | None) -> None:
        """Answer a signal: the limit's own once, any other as before."""
        from quandary.base.stopping import OutOfTime

        if self._struck:
            self._struck = False
            if not self._over:
                self._over = True
                raise OutOfTime
            return
        if callable(self._before):
            self._before(number, frame)
