"""Word that code is being compiled for this machine, which takes a while and happens once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

Tell = Callable[[], None]

_tells: list[Tell] = []
_begun: list[bool] = []


@contextmanager
def told_when_compiling(tell: Tell) -> Iterator[None]:
    """Call ``tell`` if code is compiled inside the block, once in the life of the process and of those forked later."""
    _tells.append(tell)
    try:
        yield
    finally:
        _tells.remove(tell)


def compiling_begins() -> None:
    """Say that a function begins to be compiled, because it is not kept on disk."""
    if not _begun:
        _begun.append(True)
        for tell in _tells:
            tell()


def compiling_has_begun() -> bool:
    """Return whether anything was compiled in this process."""
    return bool(_begun)
