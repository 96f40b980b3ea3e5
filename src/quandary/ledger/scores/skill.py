"""Who was better, beyond noise: paired bootstrap of differences by question, or by cluster of linked questions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quandary.base.arrays import Array

DRAWN = 4_000
"""Bootstrap samples."""
LEAST_DRAWN = 400
"""Samples where there are so many clusters that more would take long."""
WORK = 200_000_000
"""Clusters drawn at most, beyond ``LEAST_DRAWN`` samples."""
AT_ONCE = 2_000_000
"""Clusters drawn and held in memory at once."""
MANY = 1_000
"""Clusters from which on those that are alike are counted instead of drawn one by one."""
ALIKE = 4
"""Clusters of one kind on average that make counting worth it."""
LEAST = 10
"""Clusters under which a bootstrap interval is too narrow to be believed, so that nobody is said to be better."""


@dataclass(frozen=True)
class Difference:
    """A mean difference of two forecasters' scores on the same questions, with its interval.

    ``mean`` is first minus second, in the score's unit (a loss: below 0 the first is better); ``low`` and ``high`` hold
    ``share`` of the bootstrap; ``clusters`` were drawn.
    """

    mean: float
    low: float
    high: float
    share: float
    questions: int
    clusters: int

    @property
    def sure(self) -> bool:
        """Return whether the difference is more than noise: the interval leaves out 0, and there are enough
        clusters.
        """
        return self.clusters >= LEAST and (self.low > 0 or self.high < 0)


def difference(
    first: Array, second: Array, clusters: Array, *, seed: int = 1, share: float = 0.95, turned: Array | None = None
) -> Difference:
    """Return the difference of two forecasters' scores ``(n,)``, one a question; ``clusters`` (n,) says which questions
    hang together (equal numbers), and whole clusters are drawn.

    ``turned`` ``(n,)`` is what the differences would have been had each question of yes or no come the other way. A
    sample knows little of what is rare, and a plain bootstrap of ten questions that all came as foreseen is sure of
    itself. So each cluster that is drawn is turned with probability 1 / (clusters + 2), which adds one that came the
    other way to the sample, as Agresti & Coull (1998) add failures and successes; the interval is that of percentiles.
    Without ``turned`` it is Student's bootstrap over clusters (Davison & Hinkley 1997, section 5.2): a plain percentile
    interval of few questions is too narrow. Raises ``ValueError`` where there is no question.
    """
    if not len(first):
        message = "no question that both forecast"
        raise ValueError(message)
    _, of = np.unique(clusters, return_inverse=True)
    count = int(of.max()) + 1
    sums = np.bincount(of, weights=np.subtract(first, second)).astype(np.float64)
    sizes = np.bincount(of).astype(np.float64)
    mean = float(sums.sum() / sizes.sum())
    if count == 1:
        return Difference(mean, -np.inf, np.inf, share, len(first), 1)
    ends = [(1 - share) / 2, (1 + share) / 2]
    if turned is None:
        low, high = _student(mean, sums, sizes, ends, seed)
    else:
        low, high = _smoothed(sums, np.bincount(of, weights=turned).astype(np.float64), sizes, ends, seed)
    return Difference(mean, low, high, share, len(first), count)


def _smoothed(sums: Array, turned: Array, sizes: Array, ends: list[float], seed: int) -> tuple[float, float]:
    """Return the percentiles of the mean over clusters drawn, some of them turned."""
    count = len(sums)
    if count > MANY:
        kinds, alike = np.unique(np.stack([sums, turned, sizes]), axis=1, return_counts=True)
        if ALIKE * len(alike) < count:
            return _smoothed_of_kinds(kinds, alike, ends, seed)
    means = np.empty(_draws(count))
    source = np.random.default_rng(seed)
    other = turned - sums
    for rows in _portions(count):
        each = rows.stop - rows.start
        picked = source.integers(count, size=(each, count), dtype=np.int32)
        drawn = sums[picked].sum(axis=1)
        # all that is drawn is drawn alike, so that those turned may as well be the first
        flipped = source.binomial(count, 1 / (count + 2), size=each)
        for place in range(flipped.max()):
            drawn += np.where(place < flipped, other[picked[:, place]], 0.0)
        means[rows] = drawn / (sizes[picked].sum(axis=1) if (sizes != 1).any() else count)
    low, high = np.quantile(means, ends)
    return float(low), float(high)


def _smoothed_of_kinds(kinds: Array, alike: NDArray[np.int64], ends: list[float], seed: int) -> tuple[float, float]:
    """Return the percentiles as ``_smoothed`` does. ``kinds`` ``(3, k)`` has sum, turned sum and size of each kind of
    cluster, ``alike`` how many there are: how many of a kind are drawn is multinomial, and how many of those are turned
    binomial, so that no cluster is drawn by itself.
    """
    sums, turned, sizes = kinds
    count = int(alike.sum())
    means = np.empty(DRAWN)
    source = np.random.default_rng(seed)
    for rows in _portions(len(alike)):
        picked = source.multinomial(count, alike / count, size=rows.stop - rows.start)
        other = source.binomial(picked, 1 / (count + 2))
        means[rows] = ((picked - other) @ sums + other @ turned) / (picked @ sizes)
    low, high = np.quantile(means, ends)
    return float(low), float(high)


def _student(mean: float, sums: Array, sizes: Array, ends: list[float], seed: int) -> tuple[float, float]:
    """Return the ends of the interval that the studentised means of clusters drawn give."""
    count = len(sums)
    spread = float(_ratio(sums[None], sizes[None])[1][0])
    if spread == 0:
        return mean, mean
    means, errors = np.empty(_draws(count)), np.empty(_draws(count))
    source = np.random.default_rng(seed)
    for rows in _portions(count):
        picked = source.integers(count, size=(rows.stop - rows.start, count))
        means[rows], errors[rows] = _ratio(sums[picked], sizes[picked])
    with np.errstate(invalid="ignore", divide="ignore"):
        studied = np.where(errors > 0, (means - mean) / errors, np.sign(means - mean) * np.inf)
    studied = np.nan_to_num(studied, nan=0.0, posinf=np.inf, neginf=-np.inf)
    low, high = np.quantile(studied, ends, method="closest_observation")
    return mean - float(high) * spread, mean - float(low) * spread


def _draws(count: int) -> int:
    """Return how many samples are drawn of so many clusters, so that no ledger takes for ever."""
    return int(min(DRAWN, max(LEAST_DRAWN, WORK // count)))


def _portions(count: int) -> list[slice]:
    """Return the samples in portions, so that memory stays bounded however many clusters there are."""
    draws, each = _draws(count), max(1, AT_ONCE // count)
    return [slice(start, min(start + each, draws)) for start in range(0, draws, each)]


def _ratio(sums: Array, sizes: Array) -> tuple[Array, Array]:
    """Return the mean per question and its standard error, over clusters in the last axis (a ratio's, linearised)."""
    count = sums.shape[-1]
    mean = sums.sum(axis=-1) / sizes.sum(axis=-1)
    left = sums - mean[..., None] * sizes
    return mean, np.sqrt(count / (count - 1) * np.square(left).sum(axis=-1)) / sizes.sum(axis=-1)
