"""How many random cases a law is tried on: one in four in ``make test``, all of them by ``make laws``."""

from __future__ import annotations

import os

WHOLE = "QUANDARY_LAWS" in os.environ
PART = 4


def tried(whole: int, part: int = PART) -> int:
    """Return how many of so many random cases are tried, one in ``part``; all where ``QUANDARY_LAWS`` is set."""
    return whole if WHOLE else -(-whole // part)
