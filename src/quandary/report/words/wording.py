"""Numbers as people read them: percents, points, shares of worlds, intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date

from quandary.base.problems import counted
from quandary.quantities.arithmetic import MACHINE, SOLVING
from quandary.quantities.echo import LONGEST, scientific

UNDEFINED = "–"

SURE = 1.0 - 1e-9
"""A probability from which on something surely is."""

RARE = 0.001
"""A probability below this, or as near to one, is told as one in so many."""
ROUNDING = MACHINE
"""How far below one a sum of probabilities that is one may come out."""
NO_DIFFERENCE = SOLVING
"""A difference of two probabilities below this is what solving leaves."""
NO_POINTS = "0.0"
LEAST_MOVE = 0.0005
"""A move of a probability below this rounds to none of a tenth of a point."""
LEAST_TOLD = 1e-15
"""A probability below this is told as less than one in a quadrillion."""
SIZES = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"))
LEAST_PERCENT = "0.0001"
"""A percent below this, or as near to a hundred, is told as under it where it is an end of a range."""
FEW = 0.05
"""A chance below this, or as near to one, is also told as one in so many."""
RARE_WORLDS = 0.01
"""A share of worlds below this, or as near to all, is told as one in so many."""


def percent(probability: float | None, *, about: bool = True) -> str:
    """Return ``47 %``, ``0.4 %``, ``about 1 in 25,000``, ``all but about 1 in 25,000``; a dash for what is undefined.

    Only what is 0 in every world is ``0 %``, and only what is 1 is ``100 %``. Without ``about``, as between two ends of
    an interval, ``1 in 25,000``.
    """
    if probability is None or math.isnan(probability):
        return UNDEFINED
    if -ROUNDING <= probability <= 0:
        return "0 %"
    if 0 < probability < RARE:
        return _rare(probability, about)
    if _nearly_certain(probability):
        return f"all but {_rare(1 - probability, about)}"
    return f"{_in_hundred(probability)} %"


def chance(probability: float | None) -> str:
    """Return a probability as ``percent`` does; one near 0 or 1 also as one in so many: ``2 %, about 1 in 50``.

    One near 1 is told by what is left, ``97 %, all but about 1 in 33``, so that a chance and its opposite read alike.
    """
    told = percent(probability)
    if probability is None or not 0 < probability < 1 or is_certain(probability):
        return told
    if RARE <= probability < FEW:
        return f"{told}, about {one_in(probability)}"
    if RARE <= 1 - probability < FEW:
        return f"{told}, all but about {one_in(1 - probability)}"
    return told


def _rare(probability: float, about: bool) -> str:
    return f"{'about ' if about and probability >= LEAST_TOLD else ''}{one_in(probability)}"


def _nearly_certain(probability: float) -> bool:
    return 1 - probability < RARE and not is_certain(probability)


def _in_hundred(probability: float) -> str:
    """Return a probability that is told in percent, without the sign."""
    if abs(probability) > 1 + NO_DIFFERENCE:
        return number(100 * probability) if abs(probability) < LONGEST else scientific(probability, shift=2)
    if is_certain(probability):
        return "100"
    value = 100 * probability
    return f"{round(value, 1):g}" if 0 < value < 1 or 99 < value < 100 else f"{value:.0f}"


def of_worlds(share: float | None, worlds: int | None = None) -> str:
    """Return a weighted share of worlds: ``84 of 100 worlds``, ``about 1 in 250 worlds``, ``none of 10,000 worlds``.

    ``worlds`` is how many were drawn, where that is known.
    """
    if share is None or math.isnan(share):
        return f"{UNDEFINED} of worlds"
    drawn = "the worlds" if worlds is None else counted(worlds, "world")
    if share <= 0:
        return f"none of {drawn}"
    if is_certain(share):
        return f"all {drawn}"
    if share < RARE_WORLDS:
        return f"about {one_in(share)} worlds"
    if 1 - share < RARE_WORLDS:
        return f"all but about {one_in(1 - share)} worlds"
    return f"{100 * share:.0f} of 100 worlds"


def in_hundred_worlds(share: float) -> str:
    """Return a weighted share of worlds of which other worlds would give another, however rare or frequent it is.

    ``12 of 100 worlds``, ``under 1 of 100 worlds``, ``over 99 of 100 worlds``: whether it is so in none, or in all, of
    the worlds drawn would hang on how many they are.
    """
    if share < 0.01:
        return "under 1 of 100 worlds"
    return "over 99 of 100 worlds" if share > 0.99 else f"{100 * share:.0f} of 100 worlds"


def brief_percent(probability: float | None) -> str:
    """Return a probability in few signs, for a label: ``47 %``, ``1 in 25,000``, ``> 99.9 %``."""
    if probability is not None and _nearly_certain(probability):
        return "> 99.9 %"
    return percent(probability, about=False)


def portion(part: float) -> str:
    """Return a part of a whole that is no probability: ``47 %``, ``0.4 %``, ``under 0.1 %``."""
    if 0 < part < RARE:
        return "under 0.1 %"
    return "over 99.9 %" if 1 - RARE < part < 1 else percent(part)


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
    """Return a plain number with so many significant digits, a dash for what is undefined.

    No number is long: one of fifteen digits or more, or far below one, has an exponent (``1.8 x 10^308``).
    """
    if value is None or math.isnan(value):
        return UNDEFINED
    if value == 0:
        return "0"
    if abs(value) >= LONGEST or abs(value) < 1e-4:
        return scientific(value, digits)
    if abs(value) >= 10 ** (digits - 1):
        return f"{value:,.0f}"
    return f"{value:.{digits}g}"


def points_of(told: str) -> str:
    """Return a difference of probabilities, told in hundredths already, with its unit."""
    return f"{told} percentage points"


def worth_points(value: float | None, digits: int = 3) -> str:
    """Return an amount of worth with its unit: ``4.55 points of worth``."""
    if value is None or math.isnan(value):
        return UNDEFINED
    told = number(value, digits)
    return f"{told} {'point of worth' if told in ('1', '-1') else 'points of worth'}"


def signed_number(value: float | None, digits: int = 3) -> str:
    """Return a plain number with its sign: ``+4.55``, ``-0.2``, ``0``."""
    return f"{'+' if value is not None and value > 0 else ''}{number(value, digits)}"


def signed(value: float) -> str:
    """Return a difference of probabilities, in hundredths, with its sign: ``+3.5``, ``-0.004``; ``0.0`` without."""
    size = signed_size(value)
    return size if size == NO_POINTS else f"{'-' if value < 0 else '+'}{size}"


def signed_size(value: float) -> str:
    """Return the size of a difference of probabilities, in hundredths, for an error or a spread: ``3.5``, ``0.004``."""
    size = abs(value)
    if size * 100 >= LONGEST:
        return scientific(size, shift=2)
    text = f"{100 * size:.1f}"
    return text if text != NO_POINTS or size < NO_DIFFERENCE else f"{100 * size:.1g}"


def moved_points(value: float, error: float | None) -> str:
    """Return a move of a probability, in hundredths; what its own error explains, and rounds to none, as none."""
    small = abs(value) < LEAST_MOVE and abs(value) <= 2 * (error or 0.0)
    return signed(0.0 if small else value)


def percent_interval(low: float | None, high: float | None) -> str:
    """Return ``22 to 71 %``, both ends of one kind (``percent_ends``), once where they read alike."""
    if low is None or high is None or math.isnan(low) or math.isnan(high):
        return UNDEFINED
    first, second, unit = _ends(low, high)
    if first == second:
        finer = [f"{100 * end:.1f}" for end in (low, high)]
        told = f"{finer[0]} to {finer[1]} %"
        return f"{first}{unit} throughout" if finer[0] == finer[1] or not RARE < low <= high < 1 - RARE else told
    return f"{first} to {second}{unit}"


def percent_between(low: float, high: float) -> str:
    """Return ``between 22 and 71 %``, both ends of one kind (``percent_ends``); ``at 5 %`` where they read alike."""
    first, second, unit = _ends(low, high)
    return f"at {first}{unit}" if first == second else f"between {first} and {second}{unit}"


def percent_ends(low: float, high: float) -> tuple[str, str]:
    """Return both ends of a range with their unit, of one kind: percents, or one in so many where both are so rare.

    Percents have as many digits as tell an end from 0 and from 100: ``0.03 %`` and ``5 %``, ``97 %`` and ``99.996 %``.
    """
    first, second, unit = _ends(low, high)
    return f"{first}{unit}", f"{second}{unit}"


def _ends(low: float, high: float) -> tuple[str, str, str]:
    """Return both ends of a range and the unit that stands behind either."""
    rare = all(0 < end < RARE for end in (low, high))
    if rare or all(_nearly_certain(end) for end in (low, high)):
        return percent(low, about=False), percent(high, about=False), ""
    return _fine_percent(low), _fine_percent(high), " %"


def _fine_percent(probability: float) -> str:
    """Return a probability in percent, without the sign, with a digit that tells it from 0 and from 100."""
    rest = 1 - probability
    if ROUNDING < probability < RARE:
        told = 100 * probability
        return f"under {LEAST_PERCENT}" if told < float(LEAST_PERCENT) else f"{told:.{_decimals(told)}f}"
    if _nearly_certain(probability):
        told = 100 * rest
        if told < float(LEAST_PERCENT):
            return f"over {100 - float(LEAST_PERCENT):.{_decimals(float(LEAST_PERCENT))}f}"
        return f"{100 - told:.{_decimals(told)}f}"
    return _in_hundred(max(probability, 0.0) if probability > -ROUNDING else probability)


def _decimals(small: float) -> int:
    """Return how many decimals show the first digit of a number below one."""
    return -math.floor(math.log10(float(f"{small:.1g}")))


def day(when: date) -> str:
    """Return ``8 January 2022``."""
    return f"{when.day} {when:%B %Y}"


def all_carrying(total: int) -> str:
    """Return that all uncertain numbers do, without a full stop."""
    if total == 1:
        return "The one uncertain number carries a reason or a source"
    return f"All {total:,} uncertain numbers carry a reason or a source"


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
