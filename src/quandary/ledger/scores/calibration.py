"""CORP: calibration of probabilities without bins (Dimitriadis, Gneiting & Jordan 2021, PNAS 118 (8)).

Isotonic regression of what came on what was said gives the recalibrated probabilities, and with them the parts of a
score: miscalibration - discrimination + uncertainty.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression

from quandary.base.arrays import Array
from quandary.ledger.scores.proper import brier

LEAST_EACH = 30
"""Forecasts under which a calibration says little, so that every sentence of it says "few"."""
ROUNDING = 1e-9
"""Differences of shares under which they are the same."""
RESAMPLED = 1_000
"""Sets of outcomes drawn for the consistency bands, and fewer where there is so much that it would take long."""
LEAST_RESAMPLED = 200
WORK = 20_000_000
"""Outcomes drawn at most, beyond ``LEAST_RESAMPLED`` sets."""
AT_ONCE = 2_000_000
"""Outcomes held in memory at once."""
POINTS = 400
"""Points of a diagram. The fit and the band are computed with all that was said, and told at so many of them."""
STEPS = 10
"""Steps of a table."""


@dataclass(frozen=True, eq=False)
class CalibrationParts:
    """The mean Brier score of binary forecasts and its parts: ``score = miscalibration - discrimination +
    uncertainty``, each at least 0.
    """

    forecasts: int
    score: float
    miscalibration: float
    discrimination: float
    uncertainty: float

    @property
    def few(self) -> bool:
        """Return whether there are too few forecasts for their calibration to mean much."""
        return self.forecasts < LEAST_EACH


@dataclass(frozen=True)
class Step:
    """A step of the fit, or neighbours taken together: what was said, ``least`` to ``most``, ``mean`` on average, by
    how many forecasts, how often it came, and between which shares it comes in the band's share of cases if what was
    said is right.
    """

    least: float
    most: float
    mean: float
    count: int
    came: float
    low: float
    high: float

    @property
    def within(self) -> bool:
        """Return whether chance alone explains how often it came."""
        return self.low - ROUNDING <= self.came <= self.high + ROUNDING


@dataclass(frozen=True, eq=False)
class Reliability:
    """A reliability diagram: at each probability said (rising, each once), how often it came by the isotonic fit.

    ``low`` and ``high`` are the band, pointwise, in which the fit lies in ``share`` of cases if what was said is right;
    ``counts`` how many forecasts said it. All ``(k,)``, of ``POINTS`` at most: where more was said, each stands for its
    neighbours, which ``counts`` has with it. ``steps`` are the fit's own, ``STEPS`` at most.
    """

    said: Array
    came: Array
    low: Array
    high: Array
    counts: Array
    share: float
    steps: tuple[Step, ...]


def recalibrated(probability: Array, came: Array) -> Array:
    """Return how often it came where this was said, for each forecast ``(n,)``: least squares among functions that
    rise with the probability; equal probabilities are one point.
    """
    said, place, counts = _points(probability)
    means = np.bincount(place, weights=came, minlength=len(said)) / counts
    return np.asarray(isotonic_regression(means, weights=counts).x[place])


def calibration_parts(probability: Array, came: Array) -> CalibrationParts:
    """Return the parts of the mean Brier score of binary forecasts; raises ``ValueError`` where there are none."""
    if not len(probability):
        message = "no forecast to score"
        raise ValueError(message)
    fitted = recalibrated(probability, came)
    score, best = float(brier(probability, came).mean()), float(brier(fitted, came).mean())
    uncertainty = float(brier(np.full(len(came), np.mean(came)), came).mean())
    # isotonic regression is the best of all rising functions, what was said and a constant among them
    return CalibrationParts(len(probability), score, max(score - best, 0.0), max(uncertainty - best, 0.0), uncertainty)


def reliability(probability: Array, came: Array, seed: int = 1, share: float = 0.9) -> Reliability:
    """Return the diagram with its consistency band: outcomes drawn ``RESAMPLED`` times as the forecasts say, and the
    fit to each. The same seed gives the same band.
    """
    said, place, counts = _points(probability)
    outcomes: Array = np.bincount(place, weights=came, minlength=len(said)).astype(np.float64)
    fit = np.asarray(isotonic_regression(outcomes / counts, weights=counts).x)
    shown = np.unique(np.linspace(0, len(said) - 1, min(POINTS, len(said))).round().astype(np.intp))
    edges = _edges(fit, counts)
    fits, means = _drawn(said, counts, shown, edges[:-1], seed)
    ends = [(1 - share) / 2, (1 + share) / 2]
    low, high = np.quantile(fits, ends, axis=0)
    nearest = np.searchsorted((said[shown][1:] + said[shown][:-1]) / 2, said)
    steps = _steps(said, counts, outcomes, edges, np.quantile(means, ends, axis=0))
    held: Array = np.bincount(nearest, weights=counts, minlength=len(shown)).astype(np.float64)
    return Reliability(said[shown], fit[shown], low, high, held, share, steps)


def _drawn(
    said: Array, counts: Array, shown: NDArray[np.intp], starts: NDArray[np.intp], seed: int
) -> tuple[Array, Array]:
    """Return the fits to outcomes drawn as the forecasts say, at the points shown, and how often it came in each step.

    Some at a time, so that memory stays bounded.
    """
    draws = int(min(RESAMPLED, max(LEAST_RESAMPLED, WORK // len(said))))
    source, each = np.random.default_rng(seed), max(1, AT_ONCE // len(said))
    single, whole = counts == 1, np.add.reduceat(counts, starts)
    fits, means = np.empty((draws, len(shown))), np.empty((draws, len(starts)))
    for first in range(0, draws, each):
        rows = min(each, draws - first)
        drawn = np.empty((rows, len(said)))
        drawn[:, single] = source.random((rows, int(single.sum())), dtype=np.float32) < said[single]
        several = counts[~single].astype(np.int64), said[~single]
        drawn[:, ~single] = source.binomial(*several, size=(rows, len(several[0])))
        means[first : first + rows] = np.add.reduceat(drawn, starts, axis=1) / whole
        for row, outcome in enumerate(drawn / counts, first):
            fits[row] = isotonic_regression(outcome, weights=counts).x[shown]
    return fits, means


def _edges(fit: Array, counts: Array) -> NDArray[np.intp]:
    """Return where the steps of a fit begin, and where the last ends; the smallest join a neighbour until few are
    left."""
    edges = [0, *(1 + np.flatnonzero(np.diff(fit) > ROUNDING)).tolist(), len(fit)]
    sizes = np.add.reduceat(counts, edges[:-1]).tolist()
    while len(sizes) > STEPS:
        at = min(range(len(sizes) - 1), key=lambda place: sizes[place] + sizes[place + 1])
        sizes[at : at + 2] = [sizes[at] + sizes[at + 1]]
        del edges[at + 1]
    return np.array(edges, dtype=np.intp)


def _steps(said: Array, counts: Array, outcomes: Array, edges: NDArray[np.intp], band: Array) -> tuple[Step, ...]:
    starts = edges[:-1]
    whole = np.add.reduceat(counts, starts)
    came, mean = np.add.reduceat(outcomes, starts) / whole, np.add.reduceat(said * counts, starts) / whole
    return tuple(
        Step(
            float(said[edges[at]]),
            float(said[edges[at + 1] - 1]),
            float(mean[at]),
            int(whole[at]),
            float(came[at]),
            float(band[0, at]),
            float(band[1, at]),
        )
        for at in range(len(starts))
    )


def _points(probability: Array) -> tuple[Array, NDArray[np.intp], Array]:
    """Return the probabilities said, rising, the place of each forecast among them, and how many said each."""
    said, place, counts = np.unique(probability, return_inverse=True, return_counts=True)
    return said, place, counts.astype(np.float64)
