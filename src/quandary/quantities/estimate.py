"""An estimate: a number with doubt, read from what an analyst wrote, as a quantile function.

Everything random enters through a uniform number per world, so an estimate is its quantile function and nothing
else draws. A named estimate has a column of uniforms of its own (``quantities/design.py``).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
from scipy.special import expit, logit, ndtr, ndtri

from quandary.base.arrays import Array
from quandary.quantities.families import Family


class Scale(Enum):
    """What a quantity is used as; it fixes the default family of ``a to b``.

    Probabilities are logit-normal; factors, precisions and shares lognormal; points lognormal where both ends share a
    sign, else normal; worth and all other numbers normal (logit-normal where written in percent, shares too).
    """

    PROBABILITY = "probability"
    FACTOR = "factor"
    POINTS = "points"
    PRECISION = "precision"
    SHARE = "share"
    NUMBER = "number"


@dataclass(frozen=True, eq=False)
class Estimate:
    """One distribution.

    ``exact`` is set for a plain number, which draws nothing.
    ``description`` is the echo for people: ``90 % interval, logit-normal, median 7.1 %``; ``percent`` says whether its
    values are shown in percent.
    """

    family: Family
    description: str
    exact: float | None = None
    percent: bool = False

    def quantile(self, uniforms: Array) -> Array:
        """Return the values that belong to uniforms in (0, 1), elementwise."""
        return self.family.quantile(uniforms)

    def at(self, *levels: float) -> tuple[float, ...]:
        """Return the values below which these parts of the probability lie."""
        return tuple(float(value) for value in np.ravel(self.quantile(np.array(levels))))


def standard_scores(uniforms: Array) -> Array:
    """Return standard normal scores of uniforms: a range's own scale, from its middle, in standard deviations."""
    return np.asarray(ndtri(uniforms))


def uniforms_of(scores: Array | float) -> Array:
    """Return the uniforms of standard normal scores."""
    return np.asarray(ndtr(scores))


def log_odds(probability: Array | float) -> Array:
    """Return the log-odds of probabilities."""
    return np.asarray(logit(probability))


def of_log_odds(odds: Array | float) -> Array:
    """Return the probabilities of log-odds."""
    return np.asarray(expit(odds))
