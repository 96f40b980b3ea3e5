"""Word of great work before it begins: so many bytes of tables in all worlds that a person will wait for them.

Reckoned from the plan, never from a clock: the same case is told the same everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

from quandary.base.memory import GIB, in_words
from quandary.base.problems import Problem, Severity

if TYPE_CHECKING:
    from quandary.ask.games.reckoning import Reckoned

GREAT = 16 * GIB
"""Bytes of tables in all worlds from which word is given: some half a minute on two processors."""

WAITS = ((64 * GIB, "half a minute or more"), (512 * GIB, "minutes"), (2048 * GIB, "tens of minutes"))
"""Below how many bytes which wait is usual."""

FEWEST = 16


@dataclass(eq=False)
class GreatWorkListener:
    """Who is told of great work, and whether that was done."""

    tell: Callable[[Problem], None]
    told: bool = False


_listener: ContextVar[GreatWorkListener | None] = ContextVar("great work", default=None)


@contextmanager
def great_work_told(tell: Callable[[Problem], None]) -> Iterator[None]:
    """Hand the warning to ``tell`` if great work begins inside the block: once, and of this context's work only."""
    before = _listener.set(GreatWorkListener(tell))
    try:
        yield
    finally:
        _listener.reset(before)


def work_begins(reckoned: Reckoned, worlds: int) -> None:
    """Tell whoever listens where the work that begins is great."""
    listener = _listener.get()
    if listener is None or listener.told:
        return
    warning = great_work(reckoned, worlds)
    if warning is not None:
        listener.told = True
        listener.tell(warning)


def great_work(reckoned: Reckoned, worlds: int) -> Problem | None:
    """Return a warning (Q422) with what would make the work smaller, ``None`` where it is not great."""
    total = worlds * reckoned.heaviest
    if total < GREAT:
        return None
    wait = next((told for most, told in WAITS if total < most), "hours")
    message = (
        f"the tables take about {in_words(reckoned.heaviest)} in each world: in {worlds:,} worlds that is "
        f"{in_words(total)} of work; expect {wait}."
    )
    return Problem("Q422", message, hint=", or ".join(_ways(reckoned, worlds)), severity=Severity.WARNING)


def _ways(reckoned: Reckoned, worlds: int) -> Iterator[str]:
    """Yield how to make the work smaller: fewer worlds, and the cut that saves the most."""
    from quandary.engine.planning.table_sizes import sentence

    fewer = _rounded(GREAT // reckoned.heaviest)
    if fewer < worlds:
        yield f"ask for fewer worlds: --worlds {fewer} takes {100.0 * fewer / worlds:.2g} % of that"
    cut = reckoned.cut()
    if cut is not None and reckoned.weighed is not None:
        yield sentence(cut, reckoned.weighed.structure)


def _rounded(worlds: int) -> int:
    """Return the largest of 16, 20, 50, 100, 200, 500, ... that is no more, and ``FEWEST`` at least."""
    steps = (lead * 10**power for power in range(1, 7) for lead in (1, 2, 5))
    return max((step for step in steps if FEWEST <= step <= worlds), default=FEWEST)
