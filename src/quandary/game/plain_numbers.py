"""The numbers that floats stand for: what a file gives, without the rounding of its float."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from functools import lru_cache

import numpy as np

from quandary.base.arrays import Array

DIGITS_KEPT = 15
"""A float that is written with so many digits stands for that decimal."""

DENOMINATOR = 10_000
"""A float that is a fraction of so small a denominator, rounded, stands for that."""

FAR_APART = 1e6
"""Numbers of which the largest is so many times the smallest lose digits when they are summed or scaled together."""


@lru_cache(maxsize=100_000)
def plain(value: float) -> tuple[Fraction, bool]:
    """Return the number that a float stands for, and whether it is plain: a decimal of 15 digits, a small fraction."""
    digits, _, power = f"{value:.{DIGITS_KEPT - 1}e}".partition("e")
    if float(f"{digits}e{power}") == value:
        return Fraction(f"{digits}e{power}"), True
    itself = Fraction(value)
    near = itself.limit_denominator(DENOMINATOR)
    return (near, True) if float(near) == value else (itself, False)


def far_apart(tables: Iterable[Array], times: float = FAR_APART) -> bool:
    """Return whether some number is so many times as large as another, zeros aside."""
    sizes = [np.abs(values[values != 0.0]) for values in tables]
    held = np.concatenate([s.ravel() for s in sizes]) if sizes else np.zeros(0)
    return bool(held.size and held.max() > times * held.min())
