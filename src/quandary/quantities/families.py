"""Families of distributions: each a plain record with its quantile function and its distribution function.

A family is made from parameters (``Normal``, ``Beta``, ...) or from the ends of a central 90 % interval
(``FROM_INTERVAL``). Only ``scipy.special`` is used. ``ValueError`` says why a family cannot be made.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import betainc, betaincinv, expit, logit, ndtr, ndtri

from quandary.base.arrays import Array

TAIL = float(ndtri(0.95))
"""The 95 % point of the standard normal: half the width of its central 90 % interval."""


class Family(ABC):
    """One distribution, plain data that can be sent to another process."""

    @property
    @abstractmethod
    def name(self) -> str:
        """Return what the family is called."""

    @abstractmethod
    def quantile(self, u: Array) -> Array:
        """Return the values that belong to probabilities in (0, 1), elementwise."""

    @abstractmethod
    def cumulative(self, x: Array) -> Array:
        """Return the probabilities of values up to ``x``, elementwise."""

    def at(self, probability: float) -> float:
        """Return one quantile."""
        return float(self.quantile(np.array([probability]))[0])


@dataclass(frozen=True)
class PointMass(Family):
    """The distribution that is one number."""

    value: float
    name = "exact"

    def quantile(self, u: Array) -> Array:
        """Return the number."""
        return np.full_like(u, self.value)

    def cumulative(self, x: Array) -> Array:
        """Return 0 below the number, 1 from it on."""
        return (x >= self.value).astype(np.float64)


@dataclass(frozen=True)
class Normal(Family):
    """A normal distribution."""

    mean: float
    deviation: float
    name = "normal"

    def __post_init__(self) -> None:
        _require(self.deviation > 0, "the standard deviation must be above zero")

    def quantile(self, u: Array) -> Array:
        """Return the values that belong to probabilities."""
        return np.asarray(self.mean + self.deviation * ndtri(u))

    def cumulative(self, x: Array) -> Array:
        """Return the probabilities of values up to ``x``."""
        return np.asarray(ndtr((x - self.mean) / self.deviation))


@dataclass(frozen=True)
class LogNormal(Family):
    """A lognormal distribution from the mean and standard deviation of the logarithm."""

    mean: float
    deviation: float
    name = "lognormal"

    def __post_init__(self) -> None:
        _require(self.deviation > 0, "the standard deviation of the logarithm must be above zero")
        tame = abs(self.mean) + 10 * self.deviation < 700
        _require(tame, "the parameters are those of the logarithm, and these are huge")

    @property
    def logarithm(self) -> Normal:
        """Return the distribution of the logarithm."""
        return Normal(self.mean, self.deviation)

    def quantile(self, u: Array) -> Array:
        """Return the values that belong to probabilities."""
        return np.asarray(np.exp(self.logarithm.quantile(u)))

    def cumulative(self, x: Array) -> Array:
        """Return the probabilities of values up to ``x``."""
        return self.logarithm.cumulative(_log(x))


@dataclass(frozen=True)
class LogitNormal(Family):
    """A logit-normal with these 5, 50 and 95 % points, in two halves where they are not symmetric."""

    low: float
    middle: float
    high: float
    name = "logit-normal"

    def __post_init__(self) -> None:
        inside = 0 < self.low <= self.middle <= self.high < 1
        _require(inside, "the ends must lie between 0 % and 100 %")

    def _scores(self) -> tuple[float, float, float]:
        """Return the centre on the scale of logits, and what one standard deviation is below it and above."""
        left, centre, right = (float(logit(x)) for x in (self.low, self.middle, self.high))
        return centre, (centre - left) / TAIL, (right - centre) / TAIL

    def quantile(self, u: Array) -> Array:
        """Return the values that belong to probabilities."""
        centre, below, above = self._scores()
        score = ndtri(u)
        return np.asarray(expit(centre + score * np.where(score < 0, below, above)))

    def cumulative(self, x: Array) -> Array:
        """Return the probabilities of values up to ``x``."""
        centre, below, above = self._scores()
        distance = logit(np.clip(x, 0.0, 1.0)) - centre
        spread = np.where(distance < 0, below, above)
        with np.errstate(divide="ignore", invalid="ignore"):
            score = np.where(spread > 0, distance / spread, np.where(distance < 0, -np.inf, np.inf))
        return np.asarray(ndtr(score))


@dataclass(frozen=True)
class Beta(Family):
    """A beta distribution."""

    first: float
    second: float
    name = "beta"

    def __post_init__(self) -> None:
        low, high = min(self.first, self.second), max(self.first, self.second)
        _require(self.first > 0 and self.second > 0, "both parameters must be above zero")
        _require(low >= 0.001 and high <= 1e9, "its parameters lie between 0.001 and 1e9")

    def quantile(self, u: Array) -> Array:
        """Return the values that belong to probabilities."""
        return np.asarray(betaincinv(self.first, self.second, u))

    def cumulative(self, x: Array) -> Array:
        """Return the probabilities of values up to ``x``."""
        return np.asarray(betainc(self.first, self.second, np.clip(x, 0.0, 1.0)))


@dataclass(frozen=True)
class Uniform(Family):
    """A uniform distribution on low..high."""

    low: float
    high: float
    name = "uniform"

    def __post_init__(self) -> None:
        _require(self.low < self.high, "low must be below high")

    def quantile(self, u: Array) -> Array:
        """Return the values that belong to probabilities."""
        return self.low + (self.high - self.low) * u

    def cumulative(self, x: Array) -> Array:
        """Return the probabilities of values up to ``x``."""
        return np.clip((x - self.low) / (self.high - self.low), 0.0, 1.0)


@dataclass(frozen=True)
class LogUniform(Family):
    """A distribution on low..high whose logarithm is uniform."""

    low: float
    high: float
    name = "log-uniform"

    def __post_init__(self) -> None:
        _require(0 < self.low < self.high, "low must be above zero and below high")

    def quantile(self, u: Array) -> Array:
        """Return the values that belong to probabilities."""
        return np.asarray(self.low * np.exp(math.log(self.high / self.low) * u))

    def cumulative(self, x: Array) -> Array:
        """Return the probabilities of values up to ``x``."""
        return np.clip((_log(x) - math.log(self.low)) / math.log(self.high / self.low), 0.0, 1.0)


@dataclass(frozen=True)
class BrokenShare(Family):
    """The share that one of ``after + 1`` parts of a whole takes where all ways to part it are alike.

    It is a beta of 1 and ``after``: broken off part by part it gives a flat Dirichlet distribution (Connor & Mosimann
    1969). Of sorted uniform numbers it is the least of ``after``.
    """

    after: int
    name = "share of what is left"

    def quantile(self, u: Array) -> Array:
        """Return the values that belong to probabilities."""
        return np.asarray(-np.expm1(np.log1p(-u) / self.after))

    def cumulative(self, x: Array) -> Array:
        """Return the probabilities of values up to ``x``."""
        return np.asarray(1.0 - (1.0 - np.clip(x, 0.0, 1.0)) ** self.after)


@dataclass(frozen=True)
class Triangular(Family):
    """A triangular distribution."""

    low: float
    mode: float
    high: float
    name = "triangular"

    def __post_init__(self) -> None:
        _require_rising(self.low, self.mode, self.high)

    def quantile(self, u: Array) -> Array:
        """Return the values that belong to probabilities."""
        width, left, right = self.high - self.low, self.mode - self.low, self.high - self.mode
        rising = self.low + np.sqrt(u * width * left)
        return np.where(u < left / width, rising, self.high - np.sqrt((1 - u) * width * right))

    def cumulative(self, x: Array) -> Array:
        """Return the probabilities of values up to ``x``."""
        width, left, right = self.high - self.low, self.mode - self.low, self.high - self.mode
        inside = np.clip(x, self.low, self.high)
        with np.errstate(all="ignore"):  # the branch not taken may overflow where a side is narrow or missing
            rising = (inside - self.low) ** 2 / (width * left)
            falling = 1 - (self.high - inside) ** 2 / (width * right)
        return np.asarray(np.where(inside < self.mode, rising, np.where(inside < self.high, falling, 1.0)))


@dataclass(frozen=True)
class Pert(Family):
    """A PERT distribution: a beta on low..high with mean (low + 4 mode + high) / 6 (Malcolm et al. 1959)."""

    low: float
    mode: float
    high: float
    name = "pert"

    def __post_init__(self) -> None:
        _require_rising(self.low, self.mode, self.high)
        _ = self.beta  # its parameters are checked now

    @property
    def beta(self) -> Beta:
        """Return the distribution of the place between low and high."""
        width = self.high - self.low
        return Beta(1 + 4 * (self.mode - self.low) / width, 1 + 4 * (self.high - self.mode) / width)

    def quantile(self, u: Array) -> Array:
        """Return the values that belong to probabilities."""
        return self.low + (self.high - self.low) * self.beta.quantile(u)

    def cumulative(self, x: Array) -> Array:
        """Return the probabilities of values up to ``x``."""
        return self.beta.cumulative((x - self.low) / (self.high - self.low))


def even_shares(shares: Sequence[float], parts: int) -> list[float]:
    """Return shares divided by their sum; ``ValueError`` for a wrong number of them, negative ones and all zero."""
    _require(parts == len(shares), f"{parts} parts need {parts} shares")
    _require(min(shares) >= 0 and 0 < sum(shares) < np.inf, "shares must not be negative, and not all zero")
    return [share / sum(shares) for share in shares]


@dataclass(frozen=True)
class Mixture(Family):
    """A mixture of parts, each with its share; see ``mixture``."""

    parts: tuple[tuple[Family, float], ...]
    name = "mixture"

    def quantile(self, u: Array) -> Array:
        """Return the values that belong to probabilities: between the parts' own, found by bisection."""
        each = np.stack([part.quantile(u) for part, _ in self.parts])
        low, high = each.min(axis=0), each.max(axis=0)
        for _ in range(70):
            middle = low + (high - low) / 2
            reached = self.cumulative(middle) >= u
            low, high = np.where(reached, low, middle), np.where(reached, middle, high)
        return np.asarray(high)

    def cumulative(self, x: Array) -> Array:
        """Return the probabilities of values up to ``x``."""
        return np.asarray(sum(share * part.cumulative(x) for part, share in self.parts))


def mixture(parts: Sequence[Family], shares: Sequence[float]) -> Mixture:
    """Return the mixture of ``parts`` with these shares (as ``even_shares`` gives them), without those of no share."""
    weighed = zip(parts, even_shares(shares, len(parts)), strict=True)
    return Mixture(tuple((part, share) for part, share in weighed if share > 0))


@dataclass(frozen=True)
class Mirrored(Family):
    """The distribution of minus x."""

    family: Family

    @property
    def name(self) -> str:
        """Return the name of the family that is mirrored."""
        return self.family.name

    def quantile(self, u: Array) -> Array:
        """Return the values that belong to probabilities."""
        return -self.family.quantile(1 - u)

    def cumulative(self, x: Array) -> Array:
        """Return the probabilities of values up to ``x``."""
        return 1 - self.family.cumulative(-x)


@dataclass(frozen=True)
class Logarithm(Family):
    """The distribution of ln(x) / per, where x below 1 counts as 1."""

    family: Family
    per: float

    @property
    def name(self) -> str:
        """Return what it is the logarithm of."""
        return f"logarithm of a {self.family.name}"

    def quantile(self, u: Array) -> Array:
        """Return the values that belong to probabilities."""
        return np.asarray(np.log(np.maximum(self.family.quantile(u), 1.0)) / self.per)

    def cumulative(self, x: Array) -> Array:
        """Return the probabilities of values up to ``x``."""
        return np.where(x < 0, 0.0, self.family.cumulative(np.exp(x * self.per)))


def _normal_interval(low: float, high: float) -> Family:
    return Normal((low + high) / 2, (high - low) / (2 * TAIL))


def _lognormal_interval(low: float, high: float) -> Family:
    _require(low * high > 0, "a lognormal cannot reach zero or cross it")
    if high < 0:
        return Mirrored(_lognormal_interval(-high, -low))
    left, right = math.log(low), math.log(high)
    return LogNormal((left + right) / 2, (right - left) / (2 * TAIL))


def _logit_normal_interval(low: float, high: float) -> Family:
    _require(0 < low < high < 1, "a logit-normal lies between 0 % and 100 %")
    middle = float(expit((logit(low) + logit(high)) / 2))
    return LogitNormal(low, middle, high)


def _uniform_interval(low: float, high: float) -> Family:
    margin = (high - low) / 18
    return Uniform(low - margin, high + margin)


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
    return Beta(first, second)


FROM_INTERVAL: dict[str, Callable[[float, float], Family]] = {
    "normal": _normal_interval,
    "lognormal": _lognormal_interval,
    "logit-normal": _logit_normal_interval,
    "uniform": _uniform_interval,
    "beta": _beta_interval,
}
"""From the ends of a central 90 % interval, low below high, to the family."""

FROM_PARAMETERS: dict[str, Callable[..., Family]] = {
    family.name: family for family in (Normal, LogNormal, Beta, Uniform, Triangular, Pert)
}


def _log(x: Array) -> Array:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(x > 0, np.log(x), -np.inf)


def _require(condition: bool, reason: str) -> None:
    if not condition:
        raise ValueError(reason)


def _require_rising(low: float, mode: float, high: float) -> None:
    _require(low <= mode <= high and low < high, "low, most likely and high must rise")
