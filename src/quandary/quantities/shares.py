"""The weighted share of worlds in which something holds, with the interval that drawing some worlds leaves.

Two errors are looked at, and each end of the interval is the outer of the two:

1. **Two replicate errors.** Blocks of worlds are replicates: each is a Latin hypercube of its own, independent of the
   others. Their spread, linearised for a ratio of totals (``summary.block_error``; Cochran 1977, section 6.4), is the
   standard error of the share whatever stratifying and weights do to it, and two of them stand on either side.
2. **Wilson** (1927) at the effective number of worlds (Kish 1965). Replicates cannot tell an error where all of them
   agree: with 16 blocks in which everything holds their spread is 0, and the share not therefore certain. Wilson's
   interval never has no width.

Wilson's is the interval of 99 in 100. At 95 in 100, a share that lies on a border would be on one side of it, with
an interval that does not reach it, in one draw of forty, and on the other side in one of forty: of twenty seeds some
would then name two verdicts with probability 0.15. At 99 in 100 it is 0.009 (``docs/decisions/verdicts.md``).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from quandary.base.arrays import Array
from quandary.quantities.summary import block_error, effective_number, weighted_mean

Index = NDArray[np.intp]

REPLICATE_ERRORS = 2.0
"""How many replicate errors stand on either side."""

LEVEL = 0.99
"""The level of Wilson's interval."""

DIGITS = 12
"""Digits of a share; what lies beyond is rounding in a sum of weights."""


@dataclass(frozen=True)
class Share:
    """A weighted share of worlds, 0 to 1, and the ends of its interval."""

    share: float
    low: float
    high: float


def share_of(truth: Array, weights: Array, block: Index) -> Share | None:
    """Return the weighted share of worlds in which ``truth`` (1, 0 or NaN, shape ``(W,)``) is 1, with its interval.

    ``block`` (W,) says to which block of the design each world belongs. ``None`` where no world has an answer.
    """
    mean = weighted_mean(truth, weights)
    if mean is None:
        return None
    share = min(max(round(mean, DIGITS), 0.0), 1.0)
    low, high = wilson(share, effective_number(np.where(np.isnan(truth), 0.0, weights)))
    error = block_error(truth, weights, block) or 0.0
    low, high = min(low, share - REPLICATE_ERRORS * error), max(high, share + REPLICATE_ERRORS * error)
    return Share(share, max(low, 0.0), min(high, 1.0))


def wilson(share: float, number: float, level: float = LEVEL) -> tuple[float, float]:
    """Return Wilson's score interval (1927, equation 4) for a share of ``number`` draws, which need not be whole."""
    deviation = float(ndtri((1.0 + level) / 2.0))
    each = deviation**2 / number
    centre = (share + each / 2.0) / (1.0 + each)
    half = deviation * sqrt(share * (1.0 - share) / number + each / (4.0 * number)) / (1.0 + each)
    return max(centre - half, 0.0), min(centre + half, 1.0)
