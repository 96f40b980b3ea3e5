"""Word that code is being compiled for this machine, which takes a while and happens once, or cannot be used."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Tell = Callable[[], None]
Note = Callable[[str], None]

_tells: list[Tell] = []
_notes: list[Note] = []
_begun: list[bool] = []
_ahead: list[bool] = []
_said: list[str] = []
_given_up: list[bool] = []


class CompilingError(Exception):
    """Code could not be compiled, or what was compiled not loaded; the message names the kind of fault."""


@contextmanager
def told_when_compiling(tell: Tell) -> Iterator[None]:
    """Call ``tell`` if code is compiled inside the block, once in the life of the process and of those forked later."""
    _tells.append(tell)
    try:
        yield
    finally:
        _tells.remove(tell)


@contextmanager
def noted(note: Note) -> Iterator[None]:
    """Hand the sentence of ``say_once`` to ``note`` inside the block; elsewhere it goes to standard error."""
    _notes.append(note)
    try:
        yield
    finally:
        _notes.remove(note)


def compiling_begins() -> None:
    """Say that a function begins to be compiled, because it is not kept on disk."""
    if not _begun:
        _begun.append(True)
        for tell in _tells:
            tell()


def code_to_be_compiled() -> None:
    """Say that some code that was kept cannot be used, so that all is best compiled before work is shared out."""
    _ahead.append(True)


def compiling_has_begun() -> bool:
    """Return whether anything was compiled in this process, or is known to have to be."""
    return bool(_begun or _ahead)


def say_once(sentence: str) -> None:
    """Say why compiled code is made anew or not used: one sentence, once in the life of the process."""
    if _said:
        return
    _said.append(sentence)
    for note in _notes[-1:]:
        note(sentence)
    if not _notes:
        with suppress(Exception):  # nobody may be listening there
            sys.stderr.write(f"{sentence}\n")


def give_up_compiling(fault: Exception) -> None:
    """Say that code cannot be compiled here, and from now on ask for none."""
    _given_up.append(True)
    kind = str(fault) if isinstance(fault, CompilingError) else type(fault).__name__
    say_once(f"Compiled code cannot be used here ({kind}), so that the work goes on in NumPy, more slowly.")


def given_up() -> bool:
    """Return whether code could not be compiled in this process."""
    return bool(_given_up)
