"""Shifts up an ordered scale: every cumulative odds times one factor (proportional odds, McCullagh 1980).

A factor on the odds of a state in the middle is no sign: it can make the states above it less likely. A shift makes
every "this or more" likelier at once.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from quandary.base.arrays import Array


def shifted(odds: Array, states: Sequence[int], factor: Array) -> Array:
    """Return odds, ``(..., states, W)``, in which some states, in rising order, are shifted up by a factor, ``(W,)``.

    The odds of each of these states or one above it, against those of them below, are multiplied; their sum and the
    other states stay.
    """
    some = odds[..., list(states), :]
    whole = some.sum(axis=-2, keepdims=True)
    above = np.flip(np.cumsum(np.flip(some, axis=-2), axis=-2), axis=-2)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(whole > 0, above / whole, 0.0)
        moved = whole * factor * share / (1.0 - share + factor * share)
    moved[..., 0, :] = whole[..., 0, :]
    below = np.concatenate([moved[..., 1:, :], np.zeros_like(moved[..., :1, :])], axis=-2)
    found = odds.copy()
    found[..., list(states), :] = np.maximum(moved - below, 0.0)
    return found
