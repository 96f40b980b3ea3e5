"""What ends a command from outside: Ctrl-C, and the signals that a system or a closed terminal sends.

The first raises ``KeyboardInterrupt`` and the command keeps what it has. While a document or a file is being written
it waits for the end of that. When a command is on its way out, a further one lets nothing hold it up.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

INTERRUPTED = 130
NAMES = ("SIGINT", "SIGTERM", "SIGHUP")
STUCK = 2.0
"""Seconds without progress after which what is being written is interrupted all the same: nobody takes it."""


@dataclass
class _State:
    heard: bool = False
    held: int = 0
    code: int | None = None
    dropped: int = 0
    moved: float = field(default_factory=time.monotonic)


_state = _State()


def listen() -> None:
    """Hear the signals from now on, in the main thread alone; one that is ignored (as by ``nohup``) stays ignored."""
    global _state  # noqa: PLW0603 - a process has one set of signals
    _state = _State()
    if threading.current_thread() is not threading.main_thread():
        return
    for name in NAMES:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, hear)
    sys.unraisablehook = _unraisable


def begin() -> None:
    """Forget what came before: another command begins in this process."""
    _state.heard, _state.code = False, None


def hear(number: int, frame: FrameType | None) -> None:
    """Answer a signal; in place of Python's own handler."""
    _state.heard = True
    if _state.code is not None:
        _write_no_more()
        return
    stuck = _state.held and time.monotonic() - _state.moved > STUCK
    if stuck:
        _write_no_more()
    if stuck or not _state.held:
        raise KeyboardInterrupt


def heard() -> bool:
    """Return whether any signal came."""
    return _state.heard


def leaving(code: int) -> None:
    """Let nothing more be written if a signal comes from now on: the process is on its way out with this code."""
    _state.code = code


def is_leaving() -> bool:
    """Return whether the command is on its way out."""
    return _state.code is not None


@contextmanager
def held() -> Iterator[None]:
    """Let signals wait until the end of the block, which writes something that must be whole; then they are done."""
    _state.held += 1
    progress()
    try:
        yield
    finally:
        _state.held -= 1


def progress() -> None:
    """Say that what is held moves on."""
    _state.moved = time.monotonic()


def _write_no_more() -> None:
    """Let what is still to be written go nowhere, so that nobody who does not take it keeps the process.

    Where something else keeps it, the third time ends it as a system ends a process that answers no signal.
    """
    _state.dropped += 1
    if _state.dropped > 2:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        signal.raise_signal(signal.SIGINT)
    with suppress(OSError):
        if _state.code in {None, INTERRUPTED} and _state.dropped == 1:
            os.write(2, b"Interrupted again: left at once.\n")
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for output in (1, 2):
            os.dup2(nowhere, output)
        os.close(nowhere)


def _unraisable(fault: UnraisableHookArgs) -> None:
    """Raise an interruption again that came where none can be raised; what a closed stream says at the end is known."""
    if isinstance(fault.exc_value, KeyboardInterrupt) and hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, hear)
        signal.setitimer(signal.ITIMER_REAL, 0.01)
    elif not isinstance(fault.exc_value, OSError | KeyboardInterrupt):
        sys.__unraisablehook__(fault)
