"""The logit rule: how action values become choice probabilities.

McKelvey & Palfrey (1998), "Quantal response equilibria for extensive form games", *Experimental Economics* 1; with a
given prior over the options, which is what is usual, Mattsson & Weibull (2002), "Probabilistic choice and procedurally
bounded rationality", *Games and Economic Behavior* 41.
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
    ``scale`` multiplies the player's precision, shape ``(W,)`` or ``(1,)``, not what is usual. Barred options get 0.
    The largest exponent is taken out first: nothing overflows. Infinite precision chooses the best, ties as is usual.
    """
    barred = None if point.allowed.all() else np.where(point.allowed, 0.0, -np.inf)[:, :, None]
    added = barred if point.usual is None else point.usual
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
                respond_gently(values[some], steepness, here, added if added is None else added[some])
            else:
                respond(values[some], steepness, here, added if added is None else added[some])
                smallest = here if barred is None else np.where(point.allowed[some, :, None], here, 1.0)
                vanishing = vanishing or bool(smallest.min(initial=1.0) < VANISHING)
            if sets is not None:
                out[some] = here
        return _logarithms(values * steepness, added) if vanishing and not exact.any() else None

    def respond_gently(values: Array, steepness: Array, out: Array, added: Array | None) -> None:
        np.multiply(values, steepness, out=out)
        if added is not None:
            np.add(out, added, out=out)
        np.exp(out, out=out)
        out *= (1.0 / _total(out))[:, None, :]

    def respond(values: Array, steepness: Array, out: Array, added: Array | None) -> None:
        chosen = _best_of(values, added) if exact.any() else None
        np.multiply(values, steepness, out=out)
        if added is not None:
            np.add(out, added, out=out)
        if chosen is not None:
            np.copyto(out, chosen, where=exact)
        out -= _largest(out)[:, None, :]
        np.exp(out, out=out)
        out /= _total(out)[:, None, :]

    return rule


def _best_of(values: Array, added: Array | None) -> Array:
    """Return the exponents of exact choice: what is usual where an option is best at its set, ``-inf`` elsewhere."""
    shown = values if added is None else np.where(np.isneginf(added), -np.inf, values)
    return np.where(best(shown) > 0.0, 0.0 if added is None else added, -np.inf)


def best(values: Array) -> Array:
    """Return 1.0 where an option is best at its set up to rounding (1e-12 of the values' size), else 0.0."""
    finite = np.where(np.isfinite(values), values, 0.0)
    room = 1e-12 * np.abs(finite).max(axis=1, keepdims=True)
    chosen: Array = (values >= values.max(axis=1, keepdims=True) - room).astype(np.float64)
    return chosen


def usual_choice(point: DecisionPoint, worlds: int) -> Array:
    """Return how the choice divides at zero rationality, shape ``(sets, options, worlds)``: as is usual, or evenly."""
    if point.usual is not None:
        return np.array(np.broadcast_to(shares_of(point.usual), (*point.allowed.shape, worlds)))
    choice = point.allowed / point.allowed.sum(axis=1, keepdims=True)
    return np.asarray(np.repeat(choice[:, :, None], worlds, axis=2), dtype=np.float64)


def shares_of(usual: Array) -> Array:
    """Return the probabilities of a point's logarithms, ``(sets, options, W or 1)``."""
    weights = np.exp(usual)
    shares: Array = weights / _total(weights)[:, None, :]
    return shares


def _logarithms(odds: Array, added: Array | None) -> Array:
    logs = odds if added is None else odds + added
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
