"""The logit rule: how action values become choice probabilities.

McKelvey & Palfrey (1998), "Quantal response equilibria for extensive form games", *Experimental Economics* 1.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from quandary.base.arrays import Array
from quandary.game.protocol import DecisionPoint

GENTLE = 300.0
"""Up to this size exponents neither overflow nor vanish, so that the largest need not be taken out first."""

CACHE_ENTRIES = 1 << 14
"""So many numbers are turned into probabilities at a time, so that they stay in the cache from step to step."""

VANISHING = 1e-290
"""Where a choice probability is below this, its logarithm is handed on beside it."""

Rule = Callable[[Array, Array, Array], Array | None]


def logit_rule(point: DecisionPoint, sets: NDArray[np.intp] | None = None) -> Rule:
    """Return a function ``(values, scale, out)`` that writes the choice probabilities of ``values`` to ``out``.

    Both have shape ``(sets, options, W)`` and must not be one array; with ``sets`` only those are written. It returns
    ``None``, or the logarithms of the probabilities where some are too small for a float.
    ``scale`` multiplies the player's precision, shape ``(W,)`` or ``(1,)``. Barred options get 0. The largest
    exponent is taken out first, so no size of payoff or precision overflows. Infinite precision chooses the best, ties
    uniformly.
    """
    barred = None if point.allowed.all() else np.where(point.allowed, 0.0, -np.inf)[:, :, None]
    exact = np.isinf(point.precision)
    precision = np.where(exact, 0.0, point.precision) if exact.any() else point.precision
    gentle = point.bound <= GENTLE and not exact.any()

    def rule(values: Array, scale: Array, out: Array) -> Array | None:
        count = max(1, CACHE_ENTRIES // (values.shape[1] * values.shape[2]))
        steepness = precision * scale
        vanishing = False
        for first in range(0, len(values) if sets is None else len(sets), count):
            some = slice(first, first + count) if sets is None else sets[first : first + count]
            here = out[some]
            if gentle:
                respond_gently(values[some], steepness, here, barred if barred is None else barred[some])
            else:
                respond(values[some], steepness, here, barred if barred is None else barred[some])
                smallest = here if barred is None else np.where(point.allowed[some, :, None], here, 1.0)
                vanishing = vanishing or bool(smallest.min(initial=1.0) < VANISHING)
            if sets is not None:
                out[some] = here
        return _logarithms(values * steepness, barred) if vanishing and not exact.any() else None

    def respond_gently(values: Array, steepness: Array, out: Array, barred: Array | None) -> None:
        np.multiply(values, steepness, out=out)
        if barred is not None:
            np.add(out, barred, out=out)
        np.exp(out, out=out)
        out *= (1.0 / _total(out))[:, None, :]

    def respond(values: Array, steepness: Array, out: Array, barred: Array | None) -> None:
        chosen = best(values if barred is None else values + barred) if exact.any() else None
        np.multiply(values, steepness, out=out)
        if barred is not None:
            np.add(out, barred, out=out)
        out -= _largest(out)[:, None, :]
        np.exp(out, out=out)
        if chosen is not None:
            np.copyto(out, chosen, where=exact)
        out /= _total(out)[:, None, :]

    return rule


def best(values: Array) -> Array:
    """Return 1.0 where an option is best at its set up to rounding (1e-12 of the values' size), else 0.0."""
    finite = np.where(np.isfinite(values), values, 0.0)
    room = 1e-12 * np.abs(finite).max(axis=1, keepdims=True)
    chosen: Array = (values >= values.max(axis=1, keepdims=True) - room).astype(np.float64)
    return chosen


def uniform(point: DecisionPoint, worlds: int) -> Array:
    """Return uniform choice over the allowed options, shape ``(sets, options, worlds)``."""
    choice = point.allowed / point.allowed.sum(axis=1, keepdims=True)
    return np.asarray(np.repeat(choice[:, :, None], worlds, axis=2), dtype=np.float64)


def _logarithms(odds: Array, barred: Array | None) -> Array:
    logs = odds if barred is None else odds + barred
    logs = logs - _largest(logs)[:, None, :]
    return logs - np.log(_total(np.exp(logs)))[:, None, :]


def _largest(values: Array) -> Array:
    out = values[:, 0].copy()
    for option in range(1, values.shape[1]):
        np.maximum(out, values[:, option], out=out)
    return out


def _total(values: Array) -> Array:
    out = values[:, 0].copy()
    for option in range(1, values.shape[1]):
        out += values[:, option]
    return out
