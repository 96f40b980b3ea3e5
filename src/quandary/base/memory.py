"""How much memory tables may take: a budget, the same on every machine, and the refusal of what needs more.

Sizes are known from the plan before anything is allocated: a table takes eight bytes an entry and world. Work on many
worlds is cut into batches that fit; what does not fit in one world is refused. The workers that share a job share its
budget, but a refusal never depends on how many they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from quandary.base.problems import Problem, Refusal

GIB = 1 << 30

TOTAL = 2 * GIB
"""Bytes that a process may take unless more is allowed."""

BESIDES = GIB // 2
"""Bytes at most that are left for what is no table: the interpreter, libraries, compiled code, what tables are copied
through. Of less than 2 GiB it is a quarter."""

SWEEPS = 4
"""A solver holds so many times the tables of one sweep over a game at most."""

NUMBER = 8
"""Bytes of an entry in one world."""


def for_tables(total: int) -> int:
    """Return the bytes that tables may take of what a process may take."""
    return total - min(BESIDES, total // 4)


BUDGET = for_tables(TOTAL)
"""Bytes that the tables of a job may take unless more is allowed."""


@dataclass(frozen=True)
class Allowance:
    """The bytes that a job's tables may take, and how many workers share them."""

    bytes: int = BUDGET
    workers: int = 1

    @property
    def share(self) -> int:
        """Return the bytes of one worker."""
        return self.bytes // self.workers


_now = [Allowance()]


def allowance() -> Allowance:
    """Return what is allowed now."""
    return _now[-1]


@contextmanager
def memory(budget: int) -> Iterator[None]:
    """Allow a job's tables so many bytes inside the block."""
    _now.append(replace(allowance(), bytes=budget))
    try:
        yield
    finally:
        _now.pop()


@contextmanager
def shared_by(workers: int) -> Iterator[None]:
    """Share the budget among so many workers inside the block; threads and processes begun there know of it.

    A worker that shares its part out again has no more than that.
    """
    _now.append(replace(allowance(), workers=allowance().workers * workers))
    try:
        yield
    finally:
        _now.pop()


class TooLarge(Refusal):
    """Tables that the budget (or a worker's share of it) does not hold.

    ``need`` is what they take, ``worlds`` how many they are worked out in at once, ``over`` the variables of the
    largest. ``about`` is the variable that the advice is about, if it is about one.
    """

    def __init__(
        self, need: int, worlds: int, over: Iterable[str], hint: str | None = None, about: str | None = None
    ) -> None:
        self.need = need
        self.worlds = worlds
        self.over = tuple(over)
        self.about = about
        several = "one world" if worlds == 1 else f"{worlds:,} worlds"
        largest = (
            f", the largest a table over {len(self.over)} variables at once ({some(self.over)})" if self.over else ""
        )
        allowed = in_words(allowance().bytes)
        message = f"tables of {in_words(need)} would be needed in {several}{largest}; {allowed} are allowed to tables."
        hint = f"{hint}, or allow more" if hint else "cut what these variables depend on, or allow more"
        super().__init__(Problem("Q421", message, hint=f"{hint}: --memory {enough(need)}"))


def some(names: tuple[str, ...], most: int = 6) -> str:
    """Return the names, only the first few where they are many."""
    return ", ".join(names) if len(names) <= most else f"{', '.join(names[:most])} and {len(names) - most} more"


def in_words(count: int) -> str:
    """Return bytes as people read them: ``3.2 GiB``."""
    for unit, size in (("GiB", GIB), ("MiB", 1 << 20), ("KiB", 1 << 10)):
        if count >= size:
            whole = count / size
            return f"{whole:,.0f} {unit}" if whole >= 100 or whole == int(whole) else f"{whole:.1f} {unit}"
    return f"{count} bytes"


def enough(need: int) -> str:
    """Return a size to allow, as it is written after ``--memory``, whose tables hold what is needed."""
    total = need + min(BESIDES, need // 3 + 1)
    return f"{-(-total // GIB)}GiB" if total > GIB // 2 else f"{max(1, -(-total // (1 << 20)))}MiB"
