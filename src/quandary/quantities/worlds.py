"""How many worlds may be drawn."""

from __future__ import annotations

from math import ceil

from quandary.base.problems import Problem, Refusal

FEWEST_WORLDS = 16
MOST_WORLDS = 10_000_000

MOST_TIMES = 10
"""Worlds are drawn anew, up to this many times those asked for, while too few count."""

SPARE = 1.25
"""How many more worlds are drawn than the count seems to need."""


def checked_worlds(worlds: int) -> int:
    """Return the number of worlds, refused below 16 (one for each block) or above ten million."""
    if not FEWEST_WORLDS <= worlds <= MOST_WORLDS:
        message = f"{worlds} worlds cannot be drawn"
        hint = f"name a number from {FEWEST_WORLDS} to {MOST_WORLDS:,}"
        raise Refusal(Problem("Q806", message, hint=hint))
    return worlds


def more_worlds(drawn: int, fewest: float, least: float, limit: int) -> int | None:
    """Return how many worlds to draw so that at least ``least`` count, where of ``drawn`` only ``fewest`` do.

    At least twice as many and at most ``limit``; ``None`` where enough count, or no more may be drawn.
    """
    if fewest >= least or drawn >= limit:
        return None
    return min(limit, max(2 * drawn, ceil(drawn * SPARE * least / max(fewest, 1.0))))
