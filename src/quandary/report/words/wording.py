"""Numbers as people read them: percents, points, intervals, and words of probability.

The words are the bands of US Intelligence Community Directive 203 (2015), section D.6.e.(2).(a); the percent always
stands beside the word.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date

UNDEFINED = "–"

RARE = 0.001
"""A probability below this, or as near to one, is told as one in so many."""
ROUNDING = 1e-13
"""How far below one a sum of probabilities that is one may come out."""
NO_DIFFERENCE = 1e-8
"""A difference of two probabilities below this is what solving leaves (``ask.query.combining.EDGE``)."""
NO_POINTS = "0.0"
LEAST_MOVE = 0.0005
"""A move of a probability below this rounds to none of a tenth of a point."""
LEAST_TOLD = 1e-15
"""A probability below this is told as less than one in a quadrillion."""
SIZES = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"))

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
    """Return the ICD 203 word for a probability; what is 0 or 1 in every world is impossible or certain."""
    if probability == 0:
        return "impossible"
    if is_certain(probability):
        return "certain"
    for top, word in BANDS:
        if probability < top:
            return word
    return BANDS[-1][1]


def percent(probability: float | None, *, about: bool = True) -> str:
    """Return ``47 %``, ``0.4 %``, ``about 1 in 25,000``, ``all but about 1 in 25,000``; a dash for what is undefined.

    Only what is 0 in every world is ``0 %``, and only what is 1 is ``100 %``. Without ``about``, as between two ends of
    an interval, ``1 in 25,000``.
    """
    if probability is None or math.isnan(probability):
        return UNDEFINED
    if 0 < probability < RARE:
        return _rare(probability, about)
    if _nearly_certain(probability):
        return f"all but {_rare(1 - probability, about)}"
    return f"{_in_hundred(probability)} %"


def _rare(probability: float, about: bool) -> str:
    return f"{'about ' if about and probability >= LEAST_TOLD else ''}{one_in(probability)}"


def _nearly_certain(probability: float) -> bool:
    return 1 - probability < RARE and not is_certain(probability)


def _in_hundred(probability: float) -> str:
    """Return a probability that is told in percent, without the sign."""
    if is_certain(probability):
        return "100"
    value = 100 * probability
    return f"{value:.1f}" if 0 < value < 1 or 99 < value < 100 else f"{value:.0f}"


def of_worlds(share: float | None) -> str:
    """Return a share of worlds, which so many draws know no better: ``47 % of worlds``, ``> 99.9 % of worlds``."""
    return f"{UNDEFINED if share is None or math.isnan(share) else portion(share)} of worlds"


def brief_percent(probability: float | None) -> str:
    """Return a probability in few signs, for a label: ``47 %``, ``1 in 25,000``, ``> 99.9 %``."""
    if probability is not None and _nearly_certain(probability):
        return "> 99.9 %"
    return percent(probability, about=False)


def portion(part: float) -> str:
    """Return a part of a whole that is no probability: ``47 %``, ``0.4 %``, ``< 0.1 %``."""
    if 0 < part < RARE:
        return "< 0.1 %"
    return "> 99.9 %" if 1 - RARE < part < 1 else percent(part)


def is_certain(probability: float | None) -> bool:
    """Return whether a probability is 1, up to what sums of doubles leave."""
    return probability is not None and probability >= 1 - ROUNDING


def one_in(probability: float) -> str:
    """Return ``1 in 25,000`` for 0.00004, two digits of it; ``1 in 3.6 million`` and the like beyond a million."""
    if probability < LEAST_TOLD:
        return "less than 1 in a quadrillion"
    times = float(f"{1 / probability:.2g}")
    for size, name in SIZES:
        if times >= size:
            return f"1 in {times / size:g} {name}"
    return f"1 in {times:,.0f}"


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
    """Return a difference of probabilities in points with its sign: ``+3.5``, ``-0.004``, and ``0.0`` without one."""
    size = signed_size(value)
    return size if size == NO_POINTS else f"{'-' if value < 0 else '+'}{size}"


def signed_size(value: float) -> str:
    """Return a difference of probabilities in points without its sign, for an error or a spread: ``3.5``, ``0.004``."""
    size = abs(value)
    text = f"{100 * size:.1f}"
    return text if text != NO_POINTS or size < NO_DIFFERENCE else f"{100 * size:.1g}"


def moved_points(value: float, error: float | None) -> str:
    """Return a move of a probability in points; one that its own error explains, and that rounds to none, as none."""
    small = abs(value) < LEAST_MOVE and abs(value) <= 2 * (error or 0.0)
    return signed(0.0 if small else value)


def percent_interval(low: float | None, high: float | None) -> str:
    """Return ``22 to 71 %``; an end near 0 or 1 is told as ``percent`` tells it, both once where they read alike."""
    if low is None or high is None:
        return UNDEFINED
    if any(0 < end < RARE or _nearly_certain(end) for end in (low, high)):
        first, second = percent(low, about=False), percent(high, about=False)
        return f"{first} throughout" if first == second else f"{first} to {second}"
    return f"{UNDEFINED if math.isnan(low) else _in_hundred(low)} to {percent(high)}"


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


def share(value: float | None) -> str:
    """Return a probability with up to four decimals: ``0``, ``0.3333``, ``1``."""
    if value is None:
        return "–"
    rounded = round(value, 4)
    if rounded in {0, 1} and ROUNDING < value < 1 - ROUNDING:
        return "<0.0001" if rounded == 0 else ">0.9999"
    return f"{rounded:g}"
