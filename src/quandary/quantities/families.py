"""Families of distributions: each by its quantile function and its distribution function, and nothing else.

A family is made from parameters (``normal``, ``beta``, ...) or from the ends of a central 90 % interval
(``FROM_INTERVAL``). Only ``scipy.special`` is used. ``ValueError`` says why a family cannot be made.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import betainc, betaincinv, expit, logit, ndtr, ndtri

from quandary.base.arrays import Array

Curve = Callable[[Array], Array]
TAIL = float(ndtri(0.95))
"""The 95 % point of the standard normal: half the width of its central 90 % interval."""


@dataclass(frozen=True, eq=False)
class Family:
    """One distribution. ``quantile`` maps (0, 1) to values, ``cumulative`` values to probabilities, elementwise."""

    name: str
    quantile: Curve
    cumulative: Curve

    def at(self, probability: float) -> float:
        """Return one quantile."""
        return float(self.quantile(np.array([probability]))[0])


def point(value: float) -> Family:
    """Return the distribution that is one number."""
    return Family("exact", lambda u: np.full_like(u, value), lambda x: (x >= value).astype(np.float64))


def normal(mean: float, deviation: float) -> Family:
    """Return a normal distribution."""
    _require(deviation > 0, "the standard deviation must be above zero")
    return Family("normal", lambda u: mean + deviation * ndtri(u), lambda x: ndtr((x - mean) / deviation))


def lognormal(mean: float, deviation: float) -> Family:
    """Return a lognormal distribution from the mean and standard deviation of the logarithm."""
    _require(deviation > 0, "the standard deviation of the logarithm must be above zero")
    _require(abs(mean) + 10 * deviation < 700, "the parameters are those of the logarithm, and these are huge")
    inner = normal(mean, deviation)
    return Family("lognormal", lambda u: np.exp(inner.quantile(u)), lambda x: inner.cumulative(_log(x)))


def logit_normal(low: float, middle: float, high: float) -> Family:
    """Return a logit-normal with these 5, 50 and 95 % points, in two halves where they are not symmetric."""
    _require(0 < low <= middle <= high < 1, "the ends must lie between 0 % and 100 %")
    left, centre, right = (float(logit(x)) for x in (low, middle, high))
    below, above = (centre - left) / TAIL, (right - centre) / TAIL

    def quantile(u: Array) -> Array:
        score = ndtri(u)
        return np.asarray(expit(centre + score * np.where(score < 0, below, above)))

    def cumulative(x: Array) -> Array:
        distance = logit(np.clip(x, 0.0, 1.0)) - centre
        spread = np.where(distance < 0, below, above)
        with np.errstate(divide="ignore", invalid="ignore"):
            score = np.where(spread > 0, distance / spread, np.where(distance < 0, -np.inf, np.inf))
        return np.asarray(ndtr(score))

    return Family("logit-normal", quantile, cumulative)


def beta(first: float, second: float) -> Family:
    """Return a beta distribution."""
    _require(first > 0 and second > 0, "both parameters must be above zero")
    _require(min(first, second) >= 0.001 and max(first, second) <= 1e9, "its parameters lie between 0.001 and 1e9")
    return Family(
        "beta",
        lambda u: np.asarray(betaincinv(first, second, u)),
        lambda x: np.asarray(betainc(first, second, np.clip(x, 0.0, 1.0))),
    )


def uniform(low: float, high: float) -> Family:
    """Return a uniform distribution on low..high."""
    _require(low < high, "low must be below high")
    width = high - low
    return Family("uniform", lambda u: low + width * u, lambda x: np.clip((x - low) / width, 0.0, 1.0))


def triangular(low: float, mode: float, high: float) -> Family:
    """Return a triangular distribution."""
    _require(low <= mode <= high and low < high, "low, most likely and high must rise")
    width, left = high - low, mode - low
    right = high - mode
    share = left / width

    def quantile(u: Array) -> Array:
        rising = low + np.sqrt(u * width * left)
        return np.where(u < share, rising, high - np.sqrt((1 - u) * width * right))

    def cumulative(x: Array) -> Array:
        inside = np.clip(x, low, high)
        with np.errstate(all="ignore"):  # the branch not taken may overflow where a side is narrow or missing
            rising = (inside - low) ** 2 / (width * left)
            falling = 1 - (high - inside) ** 2 / (width * right)
        return np.asarray(np.where(inside < mode, rising, np.where(inside < high, falling, 1.0)))

    return Family("triangular", quantile, cumulative)


def pert(low: float, mode: float, high: float) -> Family:
    """Return a PERT distribution: a beta on low..high with mean (low + 4 mode + high) / 6 (Malcolm et al. 1959)."""
    _require(low <= mode <= high and low < high, "low, most likely and high must rise")
    width = high - low
    inner = beta(1 + 4 * (mode - low) / width, 1 + 4 * (high - mode) / width)
    return Family("pert", lambda u: low + width * inner.quantile(u), lambda x: inner.cumulative((x - low) / width))


def even_shares(shares: Sequence[float], parts: int) -> list[float]:
    """Return shares divided by their sum; ``ValueError`` for a wrong number of them, negative ones and all zero."""
    _require(parts == len(shares), f"{parts} parts need {parts} shares")
    _require(min(shares) >= 0 and 0 < sum(shares) < np.inf, "shares must not be negative, and not all zero")
    return [share / sum(shares) for share in shares]


def mixture(parts: Sequence[Family], shares: Sequence[float]) -> Family:
    """Return the mixture of ``parts`` with these shares (as ``even_shares`` gives them).

    Its quantile lies between the least and the greatest of the parts' quantiles and is found there by bisection.
    """
    weighed = zip(parts, even_shares(shares, len(parts)), strict=True)
    used = [(part, share) for part, share in weighed if share > 0]

    def cumulative(x: Array) -> Array:
        return np.asarray(sum(share * part.cumulative(x) for part, share in used))

    def quantile(u: Array) -> Array:
        each = np.stack([part.quantile(u) for part, _ in used])
        low, high = each.min(axis=0), each.max(axis=0)
        for _ in range(70):
            middle = low + (high - low) / 2
            reached = cumulative(middle) >= u
            low, high = np.where(reached, low, middle), np.where(reached, middle, high)
        return np.asarray(high)

    return Family("mixture", quantile, cumulative)


def mirrored(family: Family) -> Family:
    """Return the distribution of minus x."""
    return Family(family.name, lambda u: -family.quantile(1 - u), lambda x: 1 - family.cumulative(-x))


def _normal_interval(low: float, high: float) -> Family:
    return normal((low + high) / 2, (high - low) / (2 * TAIL))


def _lognormal_interval(low: float, high: float) -> Family:
    _require(low * high > 0, "a lognormal cannot reach zero or cross it")
    if high < 0:
        return mirrored(_lognormal_interval(-high, -low))
    left, right = math.log(low), math.log(high)
    return lognormal((left + right) / 2, (right - left) / (2 * TAIL))


def _logit_normal_interval(low: float, high: float) -> Family:
    _require(0 < low < high < 1, "a logit-normal lies between 0 % and 100 %")
    middle = float(expit((logit(low) + logit(high)) / 2))
    return logit_normal(low, middle, high)


def _uniform_interval(low: float, high: float) -> Family:
    margin = (high - low) / 18
    return uniform(low - margin, high + margin)


def _beta_interval(low: float, high: float) -> Family:
    """Return the beta whose 5 and 95 % points are these, by Newton on the logarithms of its parameters."""
    _require(0 < low < high < 1, "a beta lies between 0 % and 100 %")
    centre, half = (low + high) / 2, (high - low) / (2 * TAIL)
    size = max(centre * (1 - centre) / half**2 - 1, 0.5)
    logs = np.log([max(centre * size, 0.05), max((1 - centre) * size, 0.05)])
    ends, wanted = np.array([low, high]), np.array([0.05, 0.95])

    def miss(at: Array) -> Array:
        return np.asarray(betainc(np.exp(at[0]), np.exp(at[1]), ends) - wanted)

    for _ in range(200):
        error = miss(logs)
        if np.abs(error).max() < 1e-12:
            break
        slopes = np.stack([(miss(logs + step) - miss(logs - step)) / 2e-6 for step in 1e-6 * np.eye(2)], axis=1)
        determinant = abs(float(np.linalg.det(slopes)))
        _require(determinant > 1e-14, "no beta was found with these 5 and 95 % points")
        logs = logs - np.clip(np.linalg.solve(slopes, error), -0.5, 0.5)
    _require(float(np.abs(miss(logs)).max()) < 1e-9, "no beta was found with these 5 and 95 % points")
    first, second = (float(x) for x in np.exp(logs))
    return beta(first, second)


FROM_INTERVAL: dict[str, Callable[[float, float], Family]] = {
    "normal": _normal_interval,
    "lognormal": _lognormal_interval,
    "logit-normal": _logit_normal_interval,
    "uniform": _uniform_interval,
    "beta": _beta_interval,
}
"""From the ends of a central 90 % interval, low below high, to the family."""

FROM_PARAMETERS: dict[str, Callable[..., Family]] = {
    "normal": normal,
    "lognormal": lognormal,
    "beta": beta,
    "uniform": uniform,
    "triangular": triangular,
    "pert": pert,
}


def _log(x: Array) -> Array:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(x > 0, np.log(x), -np.inf)


def _require(condition: bool, reason: str) -> None:
    if not condition:
        raise ValueError(reason)
