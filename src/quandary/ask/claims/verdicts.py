"""A verdict from a share of worlds: its direction, and the border that it may lie on.

Five verdicts divide the shares. The borders are those of their own mirror image, so that what is said of a reading
is said the other way round of its opposite.
"""

from __future__ import annotations

from quandary.ask.results import Verdict
from quandary.quantities.shares import DIGITS, Share

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
