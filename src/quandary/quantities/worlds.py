"""How many worlds may be drawn."""

from __future__ import annotations

from quandary.base.problems import Problem, Refusal

FEWEST_WORLDS = 16
MOST_WORLDS = 10_000_000


def checked_worlds(worlds: int) -> int:
    """Return the number of worlds, refused below 16 (one for each block) or above ten million."""
    if not FEWEST_WORLDS <= worlds <= MOST_WORLDS:
        message = f"{worlds} worlds cannot be drawn"
        hint = f"name a number from {FEWEST_WORLDS} to {MOST_WORLDS:,}"
        raise Refusal(Problem("Q806", message, hint=hint))
    return worlds
