"""A verdict from a share of worlds: its direction, and the border that it may lie on.

Five verdicts divide the shares. The borders are those of their own mirror image, so that what is said of a reading
is said the other way round of its opposite.
"""

from __future__ import annotations

import numpy as np

from quandary.ask.answer import Answer
from quandary.ask.results import Verdict
from quandary.base.arrays import Array
from quandary.quantities.shares import DIGITS, Share
from quandary.quantities.summary import effective_number, effective_reach

HOLDS, LEANS_TRUE, LEANS_FALSE, FAILS = 0.9, 0.6, 0.4, 0.1
"""The shares from which a reading holds or leans true, and up to which it leans false or fails."""

ENOUGH = 400
"""Effective worlds below which a share is told with the remark that few worlds count."""

_BELOW_ABOVE = {
    HOLDS: (Verdict.LEANS_TRUE, Verdict.HOLDS),
    LEANS_TRUE: (Verdict.TOSS_UP, Verdict.LEANS_TRUE),
    LEANS_FALSE: (Verdict.LEANS_FALSE, Verdict.TOSS_UP),
    FAILS: (Verdict.FAILS, Verdict.LEANS_FALSE),
}


def verdict_of(share: float | None) -> Verdict:
    """Return the verdict on a weighted share of worlds; ``None``, where no world has an answer, is not testable."""
    if share is None:
        return Verdict.NOT_TESTABLE
    share = round(share, DIGITS)
    if share >= HOLDS:
        return Verdict.HOLDS
    if share >= LEANS_TRUE:
        return Verdict.LEANS_TRUE
    if share > LEANS_FALSE:
        return Verdict.TOSS_UP
    return Verdict.LEANS_FALSE if share > FAILS else Verdict.FAILS


def edge_of(share: Share) -> Verdict | None:
    """Return the verdict beyond the nearest border that a share's interval reaches, ``None`` where it reaches none.

    Of two borders equally near it is the one nearer to one half, so that the opposite has the mirrored edge.
    """
    low, high = round(share.low, DIGITS), round(share.high, DIGITS)
    reached = [border for border in _BELOW_ABOVE if low <= border <= high]
    if not reached:
        return None
    below, above = _BELOW_ABOVE[
        min(reached, key=lambda border: (round(abs(share.share - border), DIGITS), abs(border - 0.5)))
    ]
    return below if verdict_of(share.share) is above else above


def few_count(weights: Array) -> tuple[bool, bool]:
    """Return whether under 400 effective worlds count, and whether of as many other worlds the other may be so.

    ``weights`` (W,) are those of the worlds that have a value, 0 of the others.
    """
    count = effective_number(weights)
    return count < ENOUGH, abs(count - ENOUGH) < effective_reach(weights)


def few_count_for(answer: Answer) -> tuple[bool, bool]:
    """Return the same of the worlds in which an answer has a value."""
    return few_count(np.where(np.isnan(answer.draws), 0.0, answer.weights))
