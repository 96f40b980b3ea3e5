"""How a reading is echoed: ``90 % interval, logit-normal, median 7.1 %``."""

from __future__ import annotations

import math
from collections.abc import Iterable
from decimal import Decimal

from quandary.quantities.families import Family

LONGEST = 1e15
"""A number of this size or more is told with an exponent."""
LEAST = 1e-4
"""So is one below this."""


def scientific(value: float, digits: int = 3, *, shift: int = 0) -> str:
    """Return a number times ten to the power of ``shift`` with its exponent: ``1.8 x 10^308``."""
    if math.isinf(value):
        return "more than can be held" if value > 0 else "less than can be held"
    exact = Decimal(value)
    power = exact.adjusted()
    head = float(f"{exact.scaleb(-power):.{digits - 1}f}")
    if abs(head) >= 10:
        head, power = head / 10, power + 1
    return f"{head:g} x 10^{power + shift}"


def number_text(value: float, percent: bool = False) -> str:
    """Return a number for people: about three digits, a percentage with its sign."""
    shown = 100 * value if percent else value
    size = abs(shown)
    if size >= LONGEST or 0 < size < LEAST:
        return f"{scientific(shown, 2 if percent else 3)}{' %' if percent else ''}"
    if percent and 10 <= size <= 90:
        text = f"{shown:.0f}"
    elif percent and size >= 1:
        text = f"{shown:.1f}".removesuffix(".0")
    elif size >= 1000:
        text = f"{shown:.0f}"
    else:
        text = f"{shown:.2g}" if percent else f"{shown:.3g}"
    return f"{text} %" if percent else text


def exact_text(value: float, percent: bool) -> str:
    """Return an exact number in full."""
    return f"{100 * value:.12g} %" if percent else f"{value:.12g}"


def echoed(family: Family, percent: bool, notes: Iterable[str] = (), *, from_interval: bool = True) -> str:
    """Return the description of a reading: what kind of statement, which family, its median, then notes."""
    if family.name == "exact":
        return "; ".join((exact_text(family.at(0.5), percent), *notes))
    median = number_text(family.at(0.5), percent)
    if from_interval:
        said = f"90 % interval, {family.name}, median {median}"
    else:
        low, high = (number_text(family.at(level), percent) for level in (0.05, 0.95))
        said = f"{family.name}, median {median}, 90 % interval {low} to {high}"
    return "; ".join((said, *notes))
