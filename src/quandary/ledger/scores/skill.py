"""Who was better, beyond noise: paired bootstrap of differences by question, or by cluster of linked questions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from quandary.base.arrays import Array

DRAWN = 4_000
"""Bootstrap samples."""
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


def difference(first: Array, second: Array, clusters: Array, seed: int = 1, share: float = 0.9) -> Difference:
    """Return the difference of two forecasters' scores ``(n,)``, one a question; ``clusters`` (n,) says which questions
    hang together (equal numbers), and whole clusters are drawn.

    The interval is Student's bootstrap over clusters (Davison & Hinkley 1997, section 5.2): a plain percentile
    interval of few
    questions is too narrow. Raises ``ValueError`` where there is no question.
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
    picked = np.random.default_rng(seed).integers(count, size=(DRAWN, count))
    means, errors = _ratio(sums[picked], sizes[picked])
    _, error = _ratio(sums[None], sizes[None])
    with np.errstate(invalid="ignore", divide="ignore"):
        studied = np.where(errors > 0, (means - mean) / errors, np.sign(means - mean) * np.inf)
    studied = np.nan_to_num(studied, nan=0.0, posinf=np.inf, neginf=-np.inf)
    low, high = np.quantile(studied, [(1 - share) / 2, (1 + share) / 2], method="closest_observation")
    spread = float(error[0])
    if spread == 0:
        return Difference(mean, mean, mean, share, len(first), count)
    return Difference(mean, mean - float(high) * spread, mean - float(low) * spread, share, len(first), count)


def _ratio(sums: Array, sizes: Array) -> tuple[Array, Array]:
    """Return the mean per question and its standard error, over clusters in the last axis (a ratio's, linearised)."""
    count = sums.shape[-1]
    mean = sums.sum(axis=-1) / sizes.sum(axis=-1)
    left = sums - mean[..., None] * sizes
    return mean, np.sqrt(count / (count - 1) * np.square(left).sum(axis=-1)) / sizes.sum(axis=-1)
