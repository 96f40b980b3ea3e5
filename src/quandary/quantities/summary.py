"""What weighted worlds say: mean, quantiles, effective number, Monte Carlo error.

``values`` and ``weights`` have shape ``(W,)``; weights need not sum to one. Worlds whose value is NaN (undefined)
and worlds of weight zero take no part. Where nothing is left the answer is ``None``, never NaN.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from quandary.base.arrays import Array
from quandary.quantities.arithmetic import MACHINE

Index = NDArray[np.intp]

LARGE = 1e100
"""Values beyond this size, or below its inverse, are scaled before they are squared and summed."""

NORMAL_3 = 0.9986501019683699
"""The probability that a normal variable is less than three deviations above its mean."""


def weighted_mean(values: Array, weights: Array) -> float | None:
    """Return the weighted mean."""
    kept, mass = _kept(values, weights)
    if kept.size == 0:
        return None
    size = size_of(kept)
    return size * float(np.average(kept / size, weights=mass))


def weighted_quantiles(values: Array, weights: Array, levels: Sequence[float]) -> list[float | None]:
    """Return the weighted quantiles at ``levels``.

    Between sorted values the quantile is interpolated, a value standing at the middle of its own weight (Hazen's
    rule, weighted).
    """
    kept, mass = _kept(values, weights)
    if kept.size == 0:
        return [None] * len(levels)
    order = np.argsort(kept, kind="stable")
    mass = mass[order] / mass.sum()
    middles = np.cumsum(mass) - mass / 2
    size = size_of(kept)
    ordered = kept[order] / size
    return [size * float(np.interp(level, middles, ordered)) for level in levels]


def effective_number(weights: Array) -> float:
    """Return how many equally weighted worlds say as much: (sum w)^2 / sum w^2 (Kish 1965), 0 where none weighs."""
    largest = float(weights.max(initial=0.0))
    if not largest > 0:
        return 0.0
    scaled = weights / largest
    return float(scaled.sum() ** 2 / (scaled**2).sum())


def block_error(values: Array, weights: Array, block: Index) -> float | None:
    """Return the Monte Carlo standard error of the weighted mean over independent blocks of worlds.

    ``block`` says to which block each world belongs, shape ``(W,)``. With block sums A_r of weight times
    value, B_r of weight and the ratio m = sum A / sum B, the error is sqrt(R / (R - 1) sum (A_r - m B_r)^2) / sum B:
    the linearised variance of a ratio of totals over R independent groups (Cochran 1977, section 6.4), which for
    equal weights is the standard error of the mean of R means. What is left of rounding is zero. ``None`` with fewer
    than two designs that weigh.
    """
    defined = ~np.isnan(values) & (weights > 0)
    if not defined.any():
        return None
    designs = int(block.max()) + 1
    belongs = block[defined]
    mass = weights[defined] / weights[defined].max()
    size = size_of(values[defined])
    sums = np.bincount(belongs, weights=mass * (values[defined] / size), minlength=designs)
    masses = np.bincount(belongs, weights=mass, minlength=designs)
    if np.count_nonzero(masses) < 2:
        return None
    ratio = sums.sum() / masses.sum()
    spread = designs / (designs - 1) * ((sums - ratio * masses) ** 2).sum()
    error = size * float(np.sqrt(spread) / masses.sum())
    return 0.0 if error <= MACHINE * float(np.abs(values[defined]).max()) else error


def mean_reach(values: Array, weights: Array, block: Index) -> float | None:
    """Return how far the weighted mean of as many other worlds may lie from this one: 99.7 times of 100 no further.

    The lesser of two: Student's quantile times ``block_error``, which few blocks make wide, and the same times the
    error of independent worlds, sqrt(sum w^2 (x - m)^2) / sum w, which the design of the draws never exceeds by
    much (Owen 1997). ``None`` with fewer than two worlds that weigh.
    """
    kept, mass = _kept(values, weights)
    if kept.size < 2:
        return None
    mass = mass / mass.max()
    count = effective_number(mass)
    size = size_of(kept)
    kept = kept / size
    mean = np.average(kept, weights=mass)
    alone = size * float(np.sqrt((mass**2 * (kept - mean) ** 2).sum()) / mass.sum())
    reach = alone * student(max(count - 1, 1.0))
    error = block_error(values, weights, block)
    blocks = np.count_nonzero(np.bincount(block[~np.isnan(values) & (weights > 0)]))
    return reach if error is None else min(reach, error * student(blocks - 1.0))


def effective_reach(weights: Array) -> float:
    """Return how far the effective number of as many other worlds may lie from this one: three standard errors.

    The error is that of the influence of single worlds on (sum w)^2 / sum w^2 (delta method); of equal weights it is 0.
    """
    if not weights.any():
        return 0.0
    mass = weights / weights.max()
    influence = effective_number(mass) * (2 * mass / mass.sum() - mass**2 / (mass**2).sum())
    return 3.0 * float(np.sqrt(((influence - influence.mean()) ** 2).sum()))


def student(freedom: float) -> float:
    """Return the two-sided 99.7 % quantile of Student's t, three for many degrees of freedom."""
    return float(stdtrit(freedom, NORMAL_3))


def _kept(values: Array, weights: Array) -> tuple[Array, Array]:
    kept = ~np.isnan(values) & (weights > 0)
    return values[kept], weights[kept]


def size_of(values: Array) -> float:
    """Return what to divide values by before they are squared or summed: one, unless they are too large or small."""
    largest = float(np.abs(values).max(initial=0.0))
    return 1.0 if 1.0 / LARGE < largest < LARGE or largest == 0.0 else largest
