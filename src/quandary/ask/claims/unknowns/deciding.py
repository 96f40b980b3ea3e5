"""What decides an answer most over fillings: the number, or the two together, whose value tells most of it.

Of each uniform the share of the answer's variance that its conditional means explain (Sobol's first-order index, from
given samples: Plischke, Borgonovo & Smith 2013), and of each two the share that their joint conditional means do, so
that two directions that tell nothing alone and everything together are found. Both are corrected for what empty chance
explains (adjusted as epsilon squared is, Kelley 1935), and neither is told below what the best of so many candidates
explains of pure noise but once in twenty times (a bound on the tail of chi squared, Laurent & Massart 2000).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import log, sqrt

import numpy as np

from quandary.base.arrays import Array
from quandary.quantities.summary import effective_number

BINS = 8
"""Bins of one uniform by itself."""

PAIRED_BINS = 4
"""Bins of each uniform of a pair."""

LEAST = 0.05
"""The share of variance below which nothing is said to decide."""

ENOUGH = 0.75
"""The part of what the best pair explains from which one number alone is told."""


@dataclass(frozen=True)
class Deciding:
    """The unknown, or the two together, that decide most, and the share of the variance that this explains."""

    names: tuple[str, ...]
    explained: float


def deciding(columns: Mapping[str, tuple[Array, ...]], outcome: Array, weights: Array) -> Deciding | None:
    """Return what decides an outcome most; ``None`` where nothing explains a twentieth of it, or it does not vary.

    ``columns`` are the uniforms of each unknown in the worlds that ``outcome`` (worlds,) and ``weights`` are of. Worlds
    without an outcome do not count. An unknown with several uniforms is one.
    """
    counted = ~np.isnan(outcome) & (weights > 0)
    weights, outcome = weights[counted], outcome[counted]
    if not len(outcome):
        return None
    weights = weights / weights.sum()
    outcome = outcome - weights @ outcome
    whole = float(weights @ outcome**2)
    if whole <= 1e-18:
        return None
    owners = [name for name, own in columns.items() for _ in own]
    drawn = [column[counted] for own in columns.values() for column in own]
    if not drawn:
        return None
    number = effective_number(weights)
    alone = _best_alone([_alone(column, outcome, weights) / whole for column in drawn], owners, number)
    together = _paired(drawn, outcome, weights) / whole
    together = _adjusted(together, number, PAIRED_BINS**2)
    np.fill_diagonal(together, 0.0)
    best = np.unravel_index(int(together.argmax()), together.shape)
    names = tuple(dict.fromkeys(owners[int(i)] for i in sorted(best)))
    pair = Deciding(names, float(together[best]))
    told = pair.explained >= _floor(number, PAIRED_BINS**2, len(drawn) ** 2 / 2)
    if told and len(pair.names) == 1 and pair.explained > alone.explained:
        alone = pair
    if told and alone.explained < ENOUGH * pair.explained:
        return pair
    return alone if alone.explained >= _floor(number, BINS, len(drawn)) else None


def _floor(number: float, cells: int, candidates: float) -> float:
    """Return the share of variance from which something is said to decide."""
    tail = log(20.0 * max(candidates, 1.0))
    return max(LEAST, 2.0 * (sqrt(cells * tail) + tail) / number)


def _best_alone(shares: list[float], owners: list[str], number: float) -> Deciding:
    adjusted = _adjusted(np.array(shares), number, BINS)
    first = int(adjusted.argmax())
    return Deciding((owners[first],), float(adjusted[first]))


def _alone(column: Array, outcome: Array, weights: Array) -> float:
    """Return the variance of the conditional means of an outcome of mean 0."""
    bins = np.minimum((BINS * column).astype(np.intp), BINS - 1)
    mass = np.bincount(bins, weights, BINS)
    sums = np.bincount(bins, weights * outcome, BINS)
    return float(np.divide(sums**2, mass, out=np.zeros(BINS), where=mass > 0).sum())


def _paired(drawn: list[Array], outcome: Array, weights: Array) -> Array:
    """Return the same for each two columns' joint bins, ``(columns, columns)``."""
    bins = np.stack([np.minimum((PAIRED_BINS * column).astype(np.intp), PAIRED_BINS - 1) for column in drawn])
    count = len(drawn)
    mass, sums = np.zeros((2, count * PAIRED_BINS, count * PAIRED_BINS))
    step = max(1, (8 << 20) // (8 * count * PAIRED_BINS))
    for start in range(0, len(outcome), step):
        here = slice(start, start + step)
        which = bins[:, here, None] == np.arange(PAIRED_BINS)
        table = which.transpose(1, 0, 2).reshape(which.shape[1], -1).astype(np.float64)
        mass += table.T @ (weights[here, None] * table)
        sums += table.T @ ((weights * outcome)[here, None] * table)
    explained = np.divide(sums**2, mass, out=np.zeros_like(sums), where=mass > 1e-15)
    return np.asarray(explained.reshape(count, PAIRED_BINS, count, PAIRED_BINS).sum(axis=(1, 3)))


def _adjusted(shares: Array, number: float, cells: int) -> Array:
    """Return shares of variance without what so many cells explain of noise."""
    left = max(number - cells, 1.0)
    return np.asarray(1.0 - (1.0 - shares) * (number - 1.0) / left)
