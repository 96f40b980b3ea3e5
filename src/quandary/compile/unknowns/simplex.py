"""Shares of a whole, flat over all ways to part it, between bounds.

Parts are broken off one after the other, in the order written, each by its distribution given those before (a flat
Dirichlet distribution by stick-breaking: Connor & Mosimann 1969, *Journal of the American Statistical Association*
64(325)). Upper bounds cut corners off the simplex: the volume of what is left follows from inclusion and exclusion of
these corners, so that the draws stay flat on what the bounds allow.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from quandary.base.arrays import Array

MOST_CAPPED = 10
"""The most parts with an upper bound: their corners are counted one by one, two to this power of them."""

HALVINGS = 60


def broken(uniforms: Sequence[Array], lower: Sequence[float], upper: Sequence[float], whole: Array) -> Array:
    """Return the parts of a whole, ``(k, W)``, flat on the ways to part it between ``lower`` and ``upper`` bounds.

    ``uniforms`` are those of all parts but the last, ``(W,)`` each; ``whole`` is ``(W,)`` or ``(1,)``. Where the bounds
    leave no way (``possible``), the parts still sum to the whole.
    """
    worlds = max([whole.shape[0], *(len(column) for column in uniforms)])
    left = np.array(np.broadcast_to(whole, (worlds,))) - float(sum(lower))
    caps = [high - low for low, high in zip(lower, upper, strict=True)]
    parts = []
    for number, column in enumerate(uniforms):
        part = _first(column, np.maximum(left, 0.0), caps[number], caps[number + 1 :])
        parts.append(lower[number] + part)
        left = left - part
    return np.stack([*parts, lower[-1] + left])


def possible(lower: Sequence[float], upper: Sequence[float], whole: Array, tolerance: float) -> Array:
    """Return in which worlds the bounds leave a way to part the whole, as 1 and 0."""
    fits = (whole >= sum(lower) - tolerance) & (whole <= sum(upper) + tolerance)
    return np.asarray(fits, dtype=np.float64)


def ordered(uniforms: Sequence[Array], whole: Array) -> Array:
    """Return the parts of a whole, ``(k, W)``, flat on the ways to part it in which each is at least the one before.

    The rising parts are mixtures, flat on the simplex, of the extreme ones: the last m equal, for each m. So their
    means are those of rank-order centroids.
    """
    count = len(uniforms) + 1
    mixed = broken(uniforms, [0.0] * count, [np.inf] * count, whole)
    sizes = np.arange(1, count + 1)[:, None]
    return np.asarray(np.cumsum((mixed / sizes)[::-1], axis=0))


def _first(uniform: Array, left: Array, cap: float, others: Sequence[float]) -> Array:
    """Return the first part of what is left, where those after it have these caps; ``(W,)``."""
    capped = [other for other in others if np.isfinite(other)]
    after = len(others)
    most = np.minimum(left, cap)
    if not capped:
        if np.isinf(cap):
            return np.asarray(left * -np.expm1(np.log1p(-uniform) / after))
        with np.errstate(divide="ignore", invalid="ignore"):
            beyond = np.where(left > 0, 1.0 - most / left, 0.0) ** after
        return np.asarray(left * (1.0 - (1.0 - uniform * (1.0 - beyond)) ** (1.0 / after)))
    least = np.clip(left - sum(others), 0.0, most)
    start = _volume(left - least, capped, after)
    wanted = uniform * (start - _volume(left - most, capped, after))
    low, high = least, most
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        reached = start - _volume(left - middle, capped, after) >= wanted
        low, high = np.where(reached, low, middle), np.where(reached, middle, high)
    return np.asarray(high)


def _volume(whole: Array, caps: Sequence[float], power: int) -> Array:
    """Return the volume, but for a factor, of the parts of anything up to ``whole`` of which some have caps."""
    total = np.zeros_like(whole)
    for size in range(len(caps) + 1):
        for some in combinations(caps, size):
            total = total + (-1) ** size * np.maximum(whole - sum(some), 0.0) ** power
    return total
