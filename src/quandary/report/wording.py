"""Numbers as people read them: percents, points, intervals, and words of probability.

The words are the bands of US Intelligence Community Directive 203 (2015), section D.6.e.(2).(a); the percent always
stands beside the word.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date

UNDEFINED = "–"

BANDS: tuple[tuple[float, str], ...] = (
    (0.05, "almost no chance"),
    (0.20, "very unlikely"),
    (0.45, "unlikely"),
    (0.55, "roughly even chance"),
    (0.80, "likely"),
    (0.95, "very likely"),
    (1.01, "almost certain"),
)
BANDS_SOURCE = "ICD 203 (2015)"


def likelihood(probability: float) -> str:
    """Return the ICD 203 word for a probability."""
    for top, word in BANDS:
        if probability < top:
            return word
    return BANDS[-1][1]


def percent(probability: float | None) -> str:
    """Return ``47 %``, ``0.4 %``, ``< 0.1 %``; a dash for what is undefined."""
    if probability is None or math.isnan(probability):
        return UNDEFINED
    if 0 < probability < 0.001:
        return "< 0.1 %"
    if 0.999 < probability < 1:
        return "> 99.9 %"
    value = 100 * probability
    if 0 < value < 1 or 99 < value < 100:
        return f"{value:.1f} %"
    return f"{value:.0f} %"


def number(value: float | None, digits: int = 3) -> str:
    """Return a plain number with so many significant digits; a dash for what is undefined."""
    if value is None or math.isnan(value):
        return UNDEFINED
    if value == 0:
        return "0"
    if abs(value) >= 10 ** (digits - 1):
        return f"{value:,.0f}"
    return f"{value:.{digits}g}"


def signed_points(value: float | None) -> str:
    """Return a difference of probabilities in points: ``+3.5 points``."""
    if value is None or math.isnan(value):
        return UNDEFINED
    return f"{signed(value)} points"


def signed(value: float) -> str:
    """Return a difference of probabilities in points with its sign: ``+3.5``, and ``0.0`` without one."""
    text = f"{100 * value:+.1f}"
    return "0.0" if text in ("+0.0", "-0.0") else text


def percent_interval(low: float | None, high: float | None) -> str:
    """Return ``22 to 71 %``."""
    if low is None or high is None:
        return UNDEFINED
    first, second = percent(low), percent(high)
    if first.endswith(" %") and not first.startswith(("<", ">")):
        first = first[:-2]
    return f"{first} to {second}"


def number_interval(low: float | None, high: float | None) -> str:
    """Return ``−3 to 8``, the ends as plain numbers."""
    return f"{number(low)} to {number(high)}"


def day(when: date) -> str:
    """Return ``8 January 2022``."""
    return f"{when.day} {when:%B %Y}"


def listing(items: Sequence[str], last: str = "and") -> str:
    """Return ``a, b and c``."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def counted(count: int, one: str, many: str | None = None) -> str:
    """Return ``1 world`` or ``3 worlds``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def share(value: float | None) -> str:
    """Return a probability with up to four decimals: ``0``, ``0.3333``, ``1``."""
    if value is None:
        return "–"
    text = f"{value:.4f}".rstrip("0").rstrip(".")
    if text in {"0", "1"} and 1e-9 < value < 1 - 1e-9:
        return "<0.0001" if text == "0" else ">0.9999"
    return text
