"""Pairs of claims that no filling makes both true."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from quandary.ask.claims.unknowns.fillings import SearchBudget, Tried, searched
from quandary.base.arrays import Array

Margins = Callable[[Array], tuple[Array, Array]]
"""How far two claims are from their edges in fillings: above 0 where each holds, each ``(fillings,)``."""


@dataclass(frozen=True)
class Apart:
    """Two claims, by number, that were not found true together; ``tried`` counts the fillings looked at."""

    first: int
    second: int
    tried: int


def never_together(truths: Sequence[Array], counted: Array) -> list[tuple[int, int]]:
    """Return which two hold together in no world that counts, of claims that each hold in some; ``(worlds,)`` each.

    ``truths`` are 1 where a claim holds, 0 where not, NaN where neither can be said.
    """
    holds = np.array([np.nan_to_num(truth) * (counted > 0) for truth in truths], dtype=np.float64)
    if not len(holds):
        return []
    both = holds @ holds.T
    alone = np.flatnonzero(np.diag(both) > 0)
    return [(int(i), int(j)) for n, i in enumerate(alone) for j in alone[n + 1 :] if both[i, j] == 0]


def apart(
    pair: tuple[int, int],
    margins: Margins,
    start: Tried,
    budget: SearchBudget,
    generator: np.random.Generator,
) -> Apart | None:
    """Return a pair that a search finds no filling for either, ``None`` where it finds one that makes both true.

    What is searched is the greatest of the worse of both margins. ``start`` has its opposite as values.
    """

    def against(points: Array) -> Array:
        return -np.minimum(*margins(points))

    found = searched(against, start, budget, generator, enough=0.0)
    return None if found.least < 0 else Apart(*pair, found.judged)
