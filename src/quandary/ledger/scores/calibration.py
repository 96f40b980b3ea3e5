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
RESAMPLED = 1_000
"""Sets of outcomes drawn for the consistency bands."""


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


@dataclass(frozen=True, eq=False)
class Reliability:
    """A reliability diagram: at each probability said (rising, each once), how often it came by the isotonic fit.

    ``low`` and ``high`` are the band, pointwise, in which the fit lies in ``share`` of cases if what was said is right;
    ``counts`` how many forecasts said it. All ``(k,)``.
    """

    said: Array
    came: Array
    low: Array
    high: Array
    counts: Array
    share: float


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
    fit = isotonic_regression(np.bincount(place, weights=came, minlength=len(said)) / counts, weights=counts).x
    drawn = np.random.default_rng(seed).binomial(counts.astype(np.int64), said, size=(RESAMPLED, len(said)))
    fits = np.stack([isotonic_regression(row / counts, weights=counts).x for row in drawn])
    low, high = np.quantile(fits, [(1 - share) / 2, (1 + share) / 2], axis=0)
    return Reliability(said, np.asarray(fit), low, high, counts, share)


def _points(probability: Array) -> tuple[Array, NDArray[np.intp], Array]:
    """Return the probabilities said, rising, the place of each forecast among them, and how many said each."""
    said, place, counts = np.unique(probability, return_inverse=True, return_counts=True)
    return said, place, counts.astype(np.float64)
