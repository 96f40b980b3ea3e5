"""Proper scores of probabilities and distributions against what came. Each is a loss (less is better), elementwise.

Gneiting & Raftery (2007), "Strictly proper scoring rules, prediction, and estimation", JASA 102. A probability of 0
of what came has the logarithmic score infinity, as it must: it is shown, not clipped.
"""

from __future__ import annotations

import numpy as np

from quandary.base.arrays import Array


def brier(probability: Array, came: Array) -> Array:
    """Return (p - y)^2, 0 to 1, of binary forecasts: ``came`` is 0 or 1 (or a share, where a question came partly).

    Brier (1950) summed over both outcomes, which is twice this.
    """
    return np.square(np.subtract(probability, came))


def brier_of_many(probabilities: Array, came: Array) -> Array:
    """Return the sum over options of (p - y)^2, 0 to 2, of forecasts ``(n, options)``; ``came`` is each one's option,
    an index.
    """
    return np.asarray(np.square(probabilities).sum(axis=1) - 2 * _of_what_came(probabilities, came) + 1)


def logarithmic(probabilities: Array, came: Array) -> Array:
    """Return -ln of the probability given to what came, 0 to infinity, of forecasts ``(n, options)``."""
    with np.errstate(divide="ignore"):
        return -np.log(_of_what_came(probabilities, came)) + 0.0


def spherical(probabilities: Array, came: Array) -> Array:
    """Return 1 - p / |p|, 0 to 1, of forecasts ``(n, options)``: the spherical score turned into a loss.

    As Good (1971) has it, p of what came over the Euclidean length of all.
    """
    return np.asarray(1 - _of_what_came(probabilities, came) / np.sqrt(np.square(probabilities).sum(axis=1)))


def ranked(probabilities: Array, came: Array) -> Array:
    """Return the ranked probability score of ordered options ``(n, options)``: the sum of squared differences of the
    cumulative probabilities, 0 to options - 1 (Epstein 1969); not divided by the options.
    """
    places = np.arange(probabilities.shape[1])
    reached = places >= np.asarray(came)[:, None]
    return np.asarray(np.square(np.cumsum(probabilities, axis=1) - reached)[:, :-1].sum(axis=1))


def interval(low: Array, high: Array, share: Array | float, came: Array) -> Array:
    """Return the interval score of central ranges that hold ``share`` (0 to 1), in the units of what came.

    The width, and for a miss 2 / (1 - share) times how far off it is (Gneiting & Raftery 2007, section 6.2).
    """
    fine = 2 / (1 - np.asarray(share))
    return np.asarray((high - low) + fine * np.maximum(low - came, 0) + fine * np.maximum(came - high, 0))


def crps(points: Array, cumulative: Array, came: Array) -> Array:
    """Return the continuous ranked probability score of distributions, in the units of what came, ``(n,)``.

    A distribution is its cumulative probabilities ``(n, k)`` at rising ``points`` ``(k,)`` or ``(n, k)``, straight
    between them; what lies under the first or over the last point lies at it. Exact for that distribution: the
    integral of (F(x) - 1[x >= y])^2, a square of a straight line between neighbours (Matheson & Winkler 1976).
    """
    points = np.broadcast_to(np.asarray(points, dtype=np.float64), np.shape(cumulative))
    left, right, f, g = points[:, :-1], points[:, 1:], cumulative[:, :-1], cumulative[:, 1:]
    y = np.asarray(came, dtype=np.float64)[:, None]
    cut = np.clip(y, left, right)
    with np.errstate(invalid="ignore", divide="ignore"):
        at = np.where(right > left, f + (g - f) * (cut - left) / (right - left), f)
    inside = _squares(f, at, cut - left) + _squares(at - 1, g - 1, right - cut)
    beyond = np.maximum(points[:, :1] - y, 0) + np.maximum(y - points[:, -1:], 0)
    return np.asarray(inside.sum(axis=1) + beyond[:, 0])


def _squares(start: Array, end: Array, width: Array) -> Array:
    """Return the integral of the square of a line that goes from ``start`` to ``end`` over ``width``."""
    return np.asarray(width * (start * start + start * end + end * end) / 3)


def _of_what_came(probabilities: Array, came: Array) -> Array:
    return np.asarray(probabilities[np.arange(len(probabilities)), np.asarray(came, dtype=np.intp)])
