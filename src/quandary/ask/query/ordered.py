"""Where worlds stand in the order of every number's draws, found once: ranks are counted, not sorted anew.

A search for worlds at the edge of an answer asks for the rank correlations of every number with how near to the edge
worlds are, again and again, in other worlds each time. Its points take each number from a drawn world, or put it in the
middle or at an end of its box, so that their places are known beforehand too.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from quandary.ask.query.carrier import ranks_of, standard
from quandary.base.arrays import Array
from quandary.compile.drawing import WorldDraws

LOW, HIGH = 0.0005, 0.9995
"""The ends of a quantity's central 99.9 %."""

MIDDLE = 0.5

PLACES_BYTES = 32 << 20
"""Bytes of places that are kept; where all take more, each number's are found again whenever they are asked for."""

TOGETHER = 1 << 17
"""Ranks found at once: they stay in the caches."""

Places = NDArray[np.int32]
Worlds = NDArray[np.intp]


class DrawnOrder:
    """Where drawn worlds stand in the order of each number, and where points do, whose numbers are of those worlds.

    A number's place counts its different values from below: those of all drawn worlds, ``LOW``, ``MIDDLE``, ``HIGH``.
    """

    def __init__(self, drawn: WorldDraws, names: Sequence[str]) -> None:
        self.drawn = drawn
        self.names = tuple(names)
        self.span = drawn.worlds + 3
        keeps = 12 * self.span * len(self.names) <= PLACES_BYTES
        self._kept = [self._ordered(name) for name in self.names] if keeps else None

    def places(self, points: Array) -> Places:
        """Return the places of points ``(points, numbers)``, each of one of the values that have a place."""
        found = np.empty(points.shape, dtype=np.int32)
        for column in range(len(self.names)):
            found[:, column] = np.searchsorted(self._of(column)[0], points[:, column])
        return found

    def correlations(self, which: Worlds, places: Places, margin: Array) -> Array:
        """Return each number's rank correlation with a margin (``which``,), 0 where either does not vary.

        ``which`` counts the drawn worlds, then the points at these ``places``. Ties share the mean of their ranks.
        """
        found = np.zeros(len(self.names))
        mass = 1.0 / max(len(which), 1)
        wanted = standard(ranks_of(margin), mass) if len(which) > 2 else None
        if wanted is None:
            return found
        each = max(1, TOGETHER // (self.span + len(which)))
        for first in range(0, len(self.names), each):
            some = range(first, min(first + each, len(self.names)))
            ranks = self._ranks(some, which, places)
            varies = ranks.min(axis=1) < ranks.max(axis=1)
            ranks -= (mass * ranks).sum(axis=1, keepdims=True)
            spread = np.sqrt((mass * ranks**2).sum(axis=1, keepdims=True))
            scores = ranks / np.where(varies[:, None], spread, 1.0)
            found[some.start : some.stop] = np.where(varies, (mass * scores * wanted).sum(axis=1), 0.0)
        return found

    def _ranks(self, some: range, which: Worlds, places: Places) -> Array:
        """Return the ranks of some numbers among these worlds, ``(numbers, which)``: how many lie below, and ties."""
        here = np.empty((len(some), len(which)), dtype=np.intp)
        for row, column in enumerate(some):
            here[row] = np.concatenate([self._of(column)[1], places[:, column]])[which]
            here[row] += row * self.span
        counts = np.bincount(here.ravel(), minlength=len(some) * self.span).reshape(len(some), self.span)
        means = (2 * np.cumsum(counts, axis=1) - counts - 1) / 2.0
        return np.asarray(means.ravel()[here])

    def _of(self, column: int) -> tuple[Array, Places]:
        return self._ordered(self.names[column]) if self._kept is None else self._kept[column]

    def _ordered(self, name: str) -> tuple[Array, Places]:
        """Return a number's different values in order, and the place of each drawn world among them."""
        drawn = self.drawn[name]
        values, places = np.unique(np.concatenate([drawn, [LOW, MIDDLE, HIGH]]), return_inverse=True)
        return values, places.reshape(-1)[: len(drawn)].astype(np.int32)
