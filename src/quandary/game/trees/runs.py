"""Rows in runs that follow each other, and their totals run by run: what both passes over a tree do at every level."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from quandary.base.arrays import Array

MANY = 8
"""With fewer numbers in a row (worlds, times options), ``reduceat`` is quicker than what takes whole rows; it adds in
another order, so that the last bit may differ."""


@dataclass(frozen=True, eq=False)
class Runs:
    """``starts``: the first row of each run; ``rows``: how many there are in all. No run is empty."""

    starts: NDArray[np.intp]
    rows: int

    @cached_property
    def _lengths(self) -> NDArray[np.intp]:
        return np.diff(self.starts, append=self.rows)

    @cached_property
    def _length(self) -> int:
        """Return the length of every run, 0 where they differ."""
        lengths = self._lengths
        return int(lengths[0]) if len(lengths) and bool((lengths == lengths[0]).all()) else 0

    @cached_property
    def _longer(self) -> list[NDArray[np.intp]]:
        """Return, for k = 1, 2, ..., the runs of more than k rows."""
        longest = int(self._lengths.max(initial=1))
        return [np.flatnonzero(self._lengths > k) for k in range(1, longest)]

    def totals(self, rows: Array) -> Array:
        """Return the sum of each run's rows, ``(runs, ...)``."""
        across = rows[0].size if len(rows) else 0
        if across < MANY or len(self._longer) > len(self.starts):
            found: Array = np.add.reduceat(rows, self.starts, axis=0)
            return found
        if self._length:
            return np.asarray(rows.reshape(-1, self._length, *rows.shape[1:]).sum(axis=1))
        found = rows[self.starts]
        for k, runs in enumerate(self._longer, start=1):
            found[runs] += rows[self.starts[runs] + k]
        return found
