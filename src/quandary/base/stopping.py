"""How work is stopped: asked on the way whether to go on, or interrupted; whoever holds a part hands it back."""

from __future__ import annotations

import math
import mmap
import time
from collections.abc import Callable

Proceed = Callable[[str, int, int], bool]
"""Told ``(what, done, total)`` from time to time; false stops the search, which then keeps what it has."""


OUT_OF_TIME = "out of time"
INTERRUPTED = "interrupted"
"""Why a search ended early; an interruption is the reader's own (Ctrl-C)."""


class Stopped(Exception):  # noqa: N818 - the search ends, nothing went wrong
    """A search was told not to go on."""


class Interrupted(Stopped):
    """Whoever waits wants no more of it; the search had time left."""


STOPS = (Stopped, KeyboardInterrupt)
"""What ends a search early: whoever holds a part of the answer catches these and hands that part back."""


class StopToken:
    """A sign to stop, given once by whoever waits, by the end of its time, or with an ``outer`` one.

    Threads and forked processes see it.
    """

    def __init__(self, seconds: float = math.inf, outer: StopToken | None = None) -> None:
        self._sign = mmap.mmap(-1, 1)
        self._end = time.monotonic() + seconds
        self._outer = outer

    def give(self) -> None:
        """Ask for work to stop after what it is at."""
        self._sign[0] = 1

    def given(self) -> bool:
        """Return whether work is to stop."""
        return self._sign[0] == 1 or time.monotonic() >= self._end or (self._outer is not None and self._outer.given())


def heed(stop: StopToken | None) -> None:
    """Raise ``Stopped`` where a token was handed in and is given."""
    if stop is not None and stop.given():
        raise Stopped


def always(_what: str, _done: int, _total: int) -> bool:
    """Go on to the end."""
    return True


def go_on(proceed: Proceed, what: str, done: int, total: int) -> None:
    """Ask whether to go on. Raises ``Stopped`` if not."""
    if not proceed(what, done, total):
        raise Stopped


def reason(stop: BaseException) -> str:
    """Return why a search was stopped: ``OUT_OF_TIME`` or ``INTERRUPTED``."""
    return INTERRUPTED if isinstance(stop, KeyboardInterrupt | Interrupted) else OUT_OF_TIME
