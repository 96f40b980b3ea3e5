"""The assumption that carries an answer: the one whose draws go most with how far the answer is from its edge."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from quandary.ask.results import Carrier
from quandary.game.table import Array


def rank_correlations(columns: Mapping[str, Array], margin: Array, weights: Array) -> dict[str, float]:
    """Return the weighted Spearman correlation of each column with the margin, over worlds that have one and weigh.

    Ties share the mean of their ranks. Empty where fewer than three worlds are left or the margin does not vary.
    """
    kept = ~np.isnan(margin) & (weights > 0)
    if np.count_nonzero(kept) < 3:
        return {}
    mass = weights[kept] / weights[kept].sum()
    wanted = _standard(_ranks(margin[kept]), mass)
    if wanted is None:
        return {}
    found = {}
    for name, column in columns.items():
        scores = _standard(_ranks(column[kept]), mass)
        if scores is not None:
            found[name] = float((mass * scores * wanted).sum())
    return found


def carrier_of(columns: Mapping[str, Array], margin: Array, weights: Array) -> Carrier | None:
    """Return the column with the largest absolute rank correlation, the first by name among equals."""
    found = rank_correlations(columns, margin, weights)
    if not found:
        return None
    name = min(found, key=lambda n: (-abs(found[n]), n))
    return Carrier(name, found[name])


def _ranks(values: Array) -> Array:
    _, which, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return ((ends - counts + ends - 1) / 2.0)[which.reshape(-1)]


def _standard(ranks: Array, mass: Array) -> Array | None:
    if ranks.min() == ranks.max():
        return None
    centred = ranks - (mass * ranks).sum()
    return np.asarray(centred / np.sqrt((mass * centred**2).sum()))
