"""Scores beside a baseline and beside others, by the formulas that Metaculus publishes (more is better).

https://www.metaculus.com/help/scores-faq/: natural logarithms, times 100. A peer score compares with the geometric mean
of the others at the same time.
"""

from __future__ import annotations

import numpy as np

from quandary.base.arrays import Array


def baseline(of_what_came: Array, options: Array | int) -> Array:
    """Return 100 (ln p + ln N) / ln N of the probability given to what came among N options.

    0 where all options have the same, 100 where it was sure, minus infinity where it was ruled out.
    """
    with np.errstate(divide="ignore"):
        return np.asarray(100 * (np.log(of_what_came) + np.log(options)) / np.log(options))


def baseline_of_densities(density: Array, flat: Array) -> Array:
    """Return 50 (ln of the density given to what came - ln of the flat one) of forecasts of numbers and days."""
    with np.errstate(divide="ignore"):
        return np.asarray(50 * (np.log(density) - np.log(flat)))


def peer(of_what_came: Array, *, numbers: bool = False) -> Array:
    """Return each forecaster's 100 times the mean over the others of ln p - ln p of the other, ``(n, days)``.

    ``of_what_came`` is the probability (or density, with ``numbers``: half of it all) that each forecaster ``n`` gave
    to
    what came on each day, NaN where there was none yet; so a day without others, or without one's own, is NaN. The
    scores of a
    day add up to 0.
    """
    with np.errstate(divide="ignore"):
        logs = np.log(of_what_came)
    there = ~np.isnan(logs)
    others = there.sum(axis=0) - 1
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = (np.where(there, logs, 0).sum(axis=0) - logs) / others
        return np.where(there & (others > 0), (50 if numbers else 100) * (logs - mean), np.nan)
