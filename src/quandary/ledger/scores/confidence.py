"""Over- and under-confidence: how sure somebody was of the side taken, and how often it came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from quandary.ledger.scores.card import Row
from quandary.ledger.scores.skill import Difference, difference

EVEN = 0.5


@dataclass(frozen=True)
class Confidence:
    """``said``: the mean probability given to the side taken, 0.5 to 1; ``came``: how often that side came; ``gap`` is
    first minus second with its interval, so above 0 is over-confident.
    """

    said: float
    came: float
    gap: Difference

    @property
    def over(self) -> bool | None:
        """Return whether it is over-confidence (True) or under-confidence (False), ``None`` where noise explains it."""
        return self.gap.mean > 0 if self.gap.sure else None

    def meant(self, probability: float) -> float:
        """Return how often what is said with a probability came, as far as one factor on the distance from even tells
        it: the one that makes ``said`` to ``came``. 0 to 1.
        """
        factor = (self.came - EVEN) / (self.said - EVEN) if self.said > EVEN else 1.0
        return min(max(EVEN + factor * (probability - EVEN), 0.0), 1.0)


def confidence(given: Sequence[Row], seed: int = 1) -> Confidence | None:
    """Return how sure binary forecasts were beside what came; ``None`` where there are none.

    A forecast of 50 % takes no side: it counts as sure by a half and right by a half.
    """
    kept = [row for row in given if row.probability is not None and row.came is not None]
    if not kept:
        return None
    said = np.array([row.probability for row in kept], dtype=np.float64)
    came = np.array([row.came for row in kept], dtype=np.float64)
    sure = np.maximum(said, 1 - said)
    right = np.where(said > 0.5, came, np.where(said < 0.5, 1 - came, 0.5))
    _, clusters = np.unique([row.cluster for row in kept], return_inverse=True)
    gap = difference(sure, right, clusters.astype(np.float64), seed=seed, turned=sure - (1 - right))
    return Confidence(float(sure.mean()), float(right.mean()), gap)
