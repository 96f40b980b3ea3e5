"""What an analyst wrote, read as a distribution: family by use, ends as the central 90 % interval.

A leaf is one uncertain quantity: a range, a word of probability, a named distribution, or one of these behind
``x``, ``points``, ``of rest`` or ``per``. Every reading is echoed in words (``Estimate.description``).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from quandary.base.problems import CaseError, Problem
from quandary.language import syntax
from quandary.language.printing import written
from quandary.language.vocabulary import DISTRIBUTIONS, SIGNATURES
from quandary.quantities import families
from quandary.quantities.echo import echoed
from quandary.quantities.estimate import Estimate, Scale
from quandary.quantities.families import FROM_INTERVAL, FROM_PARAMETERS, Family
from quandary.quantities.words import look_up

LARGEST = 1e100
"""The largest number in a range or a distribution."""
PROBES = np.array([1e-6, 1e-3, 0.05, 0.25, 0.5, 0.75, 0.95, 1 - 1e-3, 1 - 1e-6])
"""Where a quantile function is looked at before it is believed."""
LEAST, MOST = 0.001, 0.999
"""Where the ends 0 % and 100 % of a range move to."""


@dataclass(frozen=True, eq=False)
class QuantityReading:
    """A family, whether its values are probabilities shown in percent, and notes on how it was read."""

    family: Family
    percent: bool = False
    notes: tuple[str, ...] = ()
    from_interval: bool = True

    def estimate(self) -> Estimate:
        """Return the estimate for people and draws."""
        exact = self.family.at(0.5) if self.family.name == "exact" else None
        echo = echoed(self.family, self.percent, self.notes, from_interval=self.from_interval)
        return Estimate(self.family, echo, exact, self.percent)


@lru_cache(maxsize=4096)
def read_estimate(quantity: syntax.Quantity, scale: Scale, words: str | None = None) -> Estimate:
    """Return the distribution that one leaf (or a plain number) writes, used on ``scale``.

    ``words`` names the table of words of probability. Raises ``CaseError`` where the leaf has no reading.
    """
    match quantity:
        case syntax.Factor():
            return read_estimate(quantity.amount, Scale.FACTOR, words)
        case syntax.PointsChange():
            return read_estimate(quantity.amount, Scale.POINTS, words)
        case syntax.OfRest():
            return read_estimate(quantity.share, Scale.PROBABILITY, words)
        case syntax.Likelier():
            reading = _precision(quantity, words)
        case _:
            reading = _read(quantity, scale, words)
    with np.errstate(all="ignore"):
        curve = reading.family.quantile(PROBES)
    if not np.isfinite(curve).all() or np.any(np.diff(curve) < 0):
        hint = "keep its numbers between 1e-9 and 1e9"
        raise _fault(
            "Q207", f'"{written(quantity)}" cannot be drawn: its numbers are too small or large', quantity, hint
        )
    return reading.estimate()


def is_leaf(quantity: syntax.Expression) -> bool:
    """Return whether a quantity is uncertain by itself and so needs a draw of its own."""
    if isinstance(quantity, syntax.Call):
        return quantity.name in DISTRIBUTIONS and not is_choice(quantity)
    return isinstance(quantity, syntax.Interval | syntax.ProbabilityWord)


def is_choice(quantity: syntax.Expression) -> bool:
    """Return whether a quantity is a mixture of what has no distribution of its own, such as assumptions.

    Each world then takes the value of one part: it is arithmetic, with a draw that chooses.
    """
    if not isinstance(quantity, syntax.Call) or quantity.name != "mixture":
        return False
    parts = [arg for arg in quantity.args if not (isinstance(arg, syntax.Call) and arg.name == "shares")]
    return any(isinstance(part, syntax.Name | syntax.Arithmetic | syntax.Negate) or _calculates(part) for part in parts)


def _calculates(part: syntax.Expression) -> bool:
    return isinstance(part, syntax.Call) and (part.name not in DISTRIBUTIONS or is_choice(part))


def parts_of_mixture(quantity: syntax.Call) -> tuple[list[syntax.Expression], list[float]]:
    """Return the parts of a mixture and how each weighs, their sum one; raises ``CaseError`` (Q216, Q207)."""
    parts = list(quantity.args)
    shares = [1.0] * len(parts)
    last = parts[-1] if parts else None
    if isinstance(last, syntax.Call) and last.name == "shares":
        parts.pop()
        shares = [_parameter(argument, last).value for argument in last.args]
    try:
        return parts, families.even_shares(shares, len(parts))
    except ValueError as reason:
        message = f"this mixture cannot be made: {reason}"
        raise _fault("Q216", message, quantity, f"write {SIGNATURES['mixture']}") from None


def _read(quantity: syntax.Expression, scale: Scale, words: str | None) -> QuantityReading:
    """Return the reading of a bare leaf or number."""
    match quantity:
        case syntax.Number():
            _check_unit([quantity.value], quantity.percent, scale, quantity)
            return QuantityReading(families.PointMass(quantity.value), quantity.percent or scale is Scale.PROBABILITY)
        case syntax.Interval():
            return _interval(quantity, scale)
        case syntax.ProbabilityWord():
            return _word(quantity, scale, words)
        case syntax.Call() if quantity.name == "mixture":
            return _mixture(quantity, scale, words)
        case syntax.Call() if quantity.name in FROM_PARAMETERS:
            return _named(quantity, scale)
        case _:
            hint = "name it as an assumption and calculate with the name"
            raise _fault("Q211", f'"{written(quantity)}" is not a number, range or distribution', quantity, hint)


# --- ranges ------------------------------------------------------------------------------------------------


def _interval(quantity: syntax.Interval, scale: Scale) -> QuantityReading:
    low, high = quantity.low, quantity.high
    if low > high:
        message = f'the range "{written(quantity)}" runs downwards'
        raise _fault("Q201", message, quantity, f"write {written(_turned(quantity))}")
    if max(-low, high) > LARGEST:
        raise _fault("Q215", f'"{written(quantity)}" is too wide to be drawn', quantity, f"the limit is {LARGEST:g}")
    _check_unit([low, high], quantity.percent, scale, quantity)
    percent = quantity.percent or scale is Scale.PROBABILITY
    if low == high:
        return QuantityReading(families.PointMass(low), percent, ("both ends are the same: read as exact",))
    chosen = quantity.family or _usual_family(low, high, scale, percent)
    notes: tuple[str, ...] = ()
    if chosen in ("logit-normal", "beta"):
        low, high, notes = _moved_ends(low, high)
    if chosen == "uniform" and percent:
        _check_uniform(low, high, quantity)
    try:
        return QuantityReading(FROM_INTERVAL[chosen](low, high), percent, notes)
    except ValueError as reason:
        code = "Q205" if chosen == "lognormal" else "Q215"
        message = f'"{written(quantity)}" cannot be {chosen}: {reason}'
        raise _fault(code, message, quantity, _family_hint(chosen, scale)) from None


def _usual_family(low: float, high: float, scale: Scale, percent: bool) -> str:
    """Return the family that the use of a range implies."""
    if scale in (Scale.FACTOR, Scale.PRECISION):
        return "lognormal"
    if percent:
        return "logit-normal"
    if scale is Scale.SHARE:
        return "lognormal"
    if scale is Scale.POINTS and low * high > 0:
        return "lognormal"
    return "normal"


def _moved_ends(low: float, high: float) -> tuple[float, float, tuple[str, ...]]:
    """Return the ends with 0 % and 100 % moved inwards, and what to say about it."""
    notes = []
    if low == 0:
        low = min(LEAST, high / 10)
        notes.append(f"0 % read as {100 * low:.3g} %")
    if high == 1:
        high = max(MOST, 1 - (1 - low) / 10)
        notes.append(f"100 % read as {100 * high:.6g} %")
    return low, high, tuple(notes)


def _turned(quantity: syntax.Interval) -> syntax.Interval:
    return syntax.Interval(quantity.high, quantity.low, quantity.percent, quantity.family)


def _family_hint(family: str, scale: Scale) -> str:
    if family == "lognormal" and scale is Scale.FACTOR:
        return "a factor is above zero: x0.5 halves the odds, x1 leaves them"
    if family == "lognormal" and scale is Scale.SHARE:
        return "a share is above zero: `only` bars an option that is never chosen"
    if family == "lognormal":
        return "end it above zero, or write another family in brackets: 0 to 20 (normal)"
    return "choose another family in brackets: " + ", ".join(FROM_INTERVAL)


def _check_uniform(low: float, high: float, quantity: syntax.Interval) -> None:
    margin = (high - low) / 18
    if low - margin < 0 or high + margin > 1:
        hint = f"for the whole span write uniform({100 * low:g}%, {100 * high:g}%)"
        raise _fault("Q215", "a uniform with this 90 % interval leaves 0 % to 100 %", quantity, hint)


def _check_unit(ends: list[float], percent: bool, scale: Scale, quantity: syntax.Quantity) -> None:
    """Refuse percentages where points are meant, and numbers that are no probability where one is meant."""
    if percent and scale is Scale.POINTS:
        plain = written(quantity).replace("%", "")
        raise _fault("Q204", "points are written without a percent sign", quantity, f"write {plain} points")
    if scale is Scale.FACTOR and min(ends) < 0:
        raise _fault("Q206", "a factor cannot be negative", quantity, _family_hint("lognormal", scale))
    if scale is Scale.PRECISION and min(ends) < 0:
        raise _fault("Q206", "rationality cannot be negative", quantity, "0 is choice at random")
    if scale in (Scale.FACTOR, Scale.PRECISION):
        return
    if not (percent or scale is Scale.PROBABILITY) or (min(ends) >= 0 and max(ends) <= 1):
        return
    if scale is not Scale.PROBABILITY and min(ends) >= 0 and isinstance(quantity, syntax.Number):
        return  # 150% of something is a number like any other
    if not percent and min(ends) >= 0 and max(ends) <= 100:
        hint = f"write {written(quantity)}%"
        raise _fault("Q203", f'"{written(quantity)}" stands for odds and lacks a percent sign', quantity, hint)
    message = f'"{written(quantity)}" leaves 0 % to 100 %'
    raise _fault("Q202", message, quantity, "a probability lies between 0% and 100%")


# --- rationality -------------------------------------------------------------------------------------------


def _precision(quantity: syntax.Likelier, words: str | None) -> QuantityReading:
    """Return ln(factor) / per; a range of factors makes it lognormal."""
    factor, per = quantity.factor, quantity.per
    note = f"precision ln(x)/{per:g}"
    if isinstance(factor, syntax.Interval) and factor.family is None and factor.low <= factor.high:
        if factor.low <= 1:
            hint = "begin above x1, as in x1.1 to x3 per 10; x1 alone is choice at random"
            raise _fault("Q217", f"the range begins at x{factor.low:g}, choice at random or worse", quantity, hint)
        ends = math.log(factor.low) / per, math.log(factor.high) / per
        inner = _interval(syntax.Interval(*ends, place=factor.place), Scale.PRECISION)
        return QuantityReading(inner.family, notes=(*inner.notes, note))
    inner = _read(factor, Scale.FACTOR, words)
    family = inner.family
    if family.at(0.05) < 1:
        message = "the factor goes below x1: a better option would be chosen less often"
        raise _fault("Q217", message, quantity, "x1 is choice at random")
    if family.name == "exact":
        return QuantityReading(families.PointMass(math.log(family.at(0.5)) / per), notes=(note,))
    drawn = families.Logarithm(family, per)
    return QuantityReading(drawn, notes=(*inner.notes, note, "factors below x1 count as x1"))


# --- words and named distributions -------------------------------------------------------------------------


def _word(quantity: syntax.ProbabilityWord, scale: Scale, words: str | None) -> QuantityReading:
    meaning, table = look_up(quantity.phrase, words, quantity.place)
    if scale not in (Scale.PROBABILITY, Scale.NUMBER):
        message = f'"{quantity.phrase}" is a probability, and {_wanted(scale)} is wanted here'
        raise _fault("Q209", message, quantity, "write a number or a range")
    low, middle, high = (min(max(x, LEAST), MOST) for x in (meaning.low, meaning.middle, meaning.high))
    asked = f", {meaning.respondents} asked" if meaning.respondents else ""
    notes = [f'"{quantity.phrase}" as in {table.title} ({table.basis}{asked})']
    if (low, middle, high) != (meaning.low, meaning.middle, meaning.high):
        notes.append("0 % and 100 % read as 0.1 % and 99.9 %")
    if low == high:
        return QuantityReading(families.PointMass(low), True, tuple(notes))
    return QuantityReading(families.LogitNormal(low, middle, high), True, tuple(notes), from_interval=False)


def _wanted(scale: Scale) -> str:
    wanted = {Scale.FACTOR: "a factor", Scale.POINTS: "a number of points", Scale.SHARE: "a share such as 2"}
    return wanted.get(scale, "a degree of rationality")


def _named(quantity: syntax.Call, scale: Scale) -> QuantityReading:
    numbers = [_parameter(argument, quantity) for argument in quantity.args]
    if max(abs(number.value) for number in numbers) > LARGEST:
        raise _fault("Q207", f"{written(quantity)} is too wide to be drawn", quantity, f"the limit is {LARGEST:g}")
    try:
        family = FROM_PARAMETERS[quantity.name](*(number.value for number in numbers))
    except (ValueError, OverflowError) as reason:
        message = f'"{written(quantity)}" is no distribution: {reason}'
        raise _fault("Q207", message, quantity, f"write {SIGNATURES[quantity.name]}") from None
    percent = scale is Scale.PROBABILITY or any(number.percent for number in numbers)
    if percent and scale is Scale.POINTS:
        raise _fault("Q204", "points are written without a percent sign", quantity)
    if scale is Scale.PROBABILITY and (family.at(0.0005) < 0 or family.at(0.9995) > 1):
        hint = "a beta, or a range such as 10% to 25%, stays inside"
        raise _fault("Q202", f'"{written(quantity)}" leaves 0 % to 100 %', quantity, hint)
    return QuantityReading(family, percent, from_interval=False)


def _parameter(argument: syntax.Expression, quantity: syntax.Call) -> syntax.Number:
    if isinstance(argument, syntax.Number):
        return argument
    message = f"{quantity.name} takes plain numbers, not {written(argument)}"
    raise _fault("Q207", message, argument, "shift or stretch outside: war_cost + 5 * normal(0, 1)")


def _mixture(quantity: syntax.Call, scale: Scale, words: str | None) -> QuantityReading:
    parts, shares = parts_of_mixture(quantity)
    readings = [_read(part, scale, words) for part in parts]
    family = families.mixture([reading.family for reading in readings], shares)
    notes = tuple(dict.fromkeys(note for reading in readings for note in reading.notes))
    percent = any(reading.percent for reading in readings)
    return QuantityReading(family, percent, notes, from_interval=False)


def _fault(code: str, message: str, node: syntax.SyntaxNode, hint: str | None = None) -> CaseError:
    return CaseError([Problem(code, message, node.place, hint)])
