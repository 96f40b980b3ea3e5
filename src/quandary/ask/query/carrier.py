"""The assumption that carries an answer: the one whose draws go most with how far the answer is from its edge."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from quandary.ask.results import Carrier
from quandary.base.arrays import Array, Mask

RANKS_BYTES = 16 << 20
"""Bytes of ranks that are kept for the next margin."""


class Ranked:
    """Columns whose rank correlations with several margins are asked for; ranks in the same worlds are found once."""

    def __init__(self, columns: Mapping[str, Array]) -> None:
        self._columns = columns
        self._kept: Mask | None = None
        self._ranks: dict[str, Array] = {}

    def correlations(self, margin: Array, weights: Array) -> dict[str, float]:
        """Return the weighted Spearman correlation of each column with the margin, over worlds that have one and weigh.

        Ties share the mean of their ranks. Empty where fewer than three worlds are left or the margin does not vary.
        """
        kept = ~np.isnan(margin) & (weights > 0)
        if np.count_nonzero(kept) < 3:
            return {}
        mass = weights[kept] / weights[kept].sum()
        wanted = standard(ranks_of(margin[kept]), mass)
        if wanted is None:
            return {}
        found = {}
        for name in self._columns:
            scores = standard(self._ranks_in(name, kept), mass)
            if scores is not None:
                found[name] = float((mass * scores * wanted).sum())
        return found

    def _ranks_in(self, name: str, kept: Mask) -> Array:
        if self._kept is None or not np.array_equal(self._kept, kept):
            self._kept, self._ranks = kept, {}
        ranks = self._ranks.get(name)
        if ranks is None:
            ranks = ranks_of(self._columns[name][kept])
            if ranks.nbytes * len(self._columns) <= RANKS_BYTES:
                self._ranks[name] = ranks
        return ranks


def rank_correlations(columns: Mapping[str, Array], margin: Array, weights: Array) -> dict[str, float]:
    """Return the rank correlation of each column with one margin (see ``Ranked``)."""
    return Ranked(columns).correlations(margin, weights)


def carrier_of(columns: Ranked, margin: Array, weights: Array) -> Carrier | None:
    """Return the column with the largest absolute rank correlation, the first by name among equals."""
    found = columns.correlations(margin, weights)
    if not found:
        return None
    name = min(found, key=lambda n: (-abs(found[n]), n))
    return Carrier(name, found[name])


def ranks_of(values: Array) -> Array:
    """Return the rank of each value from 0; ties share the mean of their ranks."""
    order = np.argsort(values)
    held = values[order]
    starts = np.flatnonzero(np.concatenate([[True], held[1:] != held[:-1]]))
    ranks = np.empty(len(values))
    if len(starts) == len(values):
        ranks[order] = np.arange(len(values))
        return ranks
    counts = np.diff(starts, append=len(values))
    ranks[order] = np.repeat(starts + (counts - 1) / 2.0, counts)
    return ranks


def standard(ranks: Array, mass: Array | float) -> Array | None:
    """Return ranks about their mean in standard deviations, worlds of some mass each; ``None`` where all are one."""
    if ranks.min() == ranks.max():
        return None
    centred = ranks - (mass * ranks).sum()
    return np.asarray(centred / np.sqrt((mass * centred**2).sum()))
