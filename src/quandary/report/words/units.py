"""Answers with their unit, read off a query's syntax: a chance, a share of worlds, points of worth, a plain number."""

from __future__ import annotations

import math
from functools import partial
from typing import overload

import numpy as np

from quandary.ask.answer import Answer
from quandary.ask.query.combining import ROUNDING, is_opposite, is_truth
from quandary.base.problems import counted
from quandary.language.heads import Unit, head_of
from quandary.language.syntax import And, Arithmetic, Ask, Call, Compare, Expression, Negate, Not, Number, Or, calls_in
from quandary.quantities.arithmetic import MACHINE, SOLVING
from quandary.quantities.words import telling_table
from quandary.report.words.wording import (
    NO_POINTS,
    UNDEFINED,
    chance,
    is_certain,
    moved_points,
    number,
    of_worlds,
    percent,
    percent_between,
    percent_ends,
    percent_interval,
    points_of,
    portion,
    signed,
    signed_number,
    signed_size,
    worth_points,
)

SAME = 1e-9
"""Values that differ by no more than this part of themselves are one."""


NOISE = {Unit.DIFFERENCE: SOLVING, Unit.WORLDS: MACHINE, Unit.POINTS: 100 * SOLVING}
"""By unit: what is noise in a number. Probabilities go from 0 to 1 and are exact near 0, worth goes from 0 to 100; a
plain number has no scale, and what is noise in it was taken out where it was made (``quantities/arithmetic.py``)."""


def unit_of(query: Expression) -> Unit:
    """Return the unit of a query's number; of a comparison, that of its left minus its right side.

    What joins comparisons or turns one round counts worlds.
    """
    match query:
        case Ask():
            head = head_of(query)
            if head.of_truths:
                return Unit.WORLDS
            return Unit.PART if head.of_weights else head.unit
        case Compare(_, left, right):
            return _of_difference(left, right)
        case Arithmetic("-", Number(1.0), operand) if is_opposite(query) or unit_of(operand) is Unit.SHARE:
            return unit_of(operand) if unit_of(operand).in_hundred else _of_difference(Number(1.0), operand)
        case Arithmetic("+" | "-", left, right):
            return _of_difference(left, right)
        case Arithmetic("*" | "/" as op, left, right):
            return _of_product(op, unit_of(left), unit_of(right))
        case Negate(operand):
            return _signed(unit_of(operand))
        case Call("min" | "max" | "abs", args):
            return _counted(_in_common([unit_of(arg) for arg in args if not isinstance(arg, Number)]))
        case Number(_, True):
            return Unit.SHARE
        case And() | Or() | Not():
            return Unit.WORLDS
        case _:
            return Unit.NUMBER


def unit_told(query: Expression) -> Unit:
    """Return the unit in which a query's answer is told: what is true or false counts worlds."""
    return Unit.WORLDS if is_truth(query) else unit_of(query)


def _of_difference(left: Expression, right: Expression) -> Unit:
    return _signed(_in_common([unit_of(side) for side in (left, right) if not isinstance(side, Number)]))


def _in_common(units: list[Unit]) -> Unit:
    """Return the unit of numbers that are added, compared or picked from; that of a difference where shares differ."""
    if len(set(units)) == 1:
        return units[0]
    return Unit.DIFFERENCE if units and all(unit.in_hundred for unit in units) else Unit.NUMBER


def _of_product(op: str, left: Unit, right: Unit) -> Unit:
    """Return the unit of a product or ratio: points times a share are points, a share of a share is one."""
    if op == "/":
        return Unit.POINTS if left is Unit.POINTS and right is not Unit.POINTS else Unit.NUMBER
    if Unit.POINTS in (left, right):
        return Unit.NUMBER if left is right else Unit.POINTS
    if Unit.NUMBER in (left, right) or Unit.DIFFERENCE in (left, right):
        return Unit.NUMBER
    return _counted(left) if left is right else Unit.SHARE


def _counted(unit: Unit) -> Unit:
    """Return the unit of several shares of worlds together, which is no count of worlds by itself."""
    return Unit.SHARE if unit is Unit.WORLDS else unit


def _signed(unit: Unit) -> Unit:
    return Unit.DIFFERENCE if unit.in_hundred else unit


def is_chance(query: Expression) -> bool:
    """Return whether a query's number is how probable something in the game is, so that a word of likelihood fits."""
    if isinstance(query, Ask):
        return head_of(query).of_chances
    return is_opposite(query) and all(head_of(call).of_chances for call in calls_in(query))


def is_size(query: Expression) -> bool:
    """Return whether a query's number is the size of a difference of probabilities, which is neither more nor less."""
    return isinstance(query, Call) and query.name == "abs" and unit_of(query) is Unit.DIFFERENCE


def has_sign(query: Expression) -> bool:
    """Return whether a query's worth is the difference of two, which is told as more or less."""
    return isinstance(query, Arithmetic) and query.op == "-" and unit_of(query) is Unit.POINTS


def likely(answer: Answer, query: Expression, words: str | None = None) -> str:
    """Return the answer to a query with its unit: a chance after its word of likelihood, a truth as a share of worlds.

    ``words`` is the case's table of words.
    """
    if answer.is_truth:
        return f"in {worlds_of(answer)}"
    unit = unit_of(query)
    told = _told(answer.mean, unit, sign=has_sign(query), size=is_size(query))
    if answer.mean is None or not is_chance(query):
        return told
    return f"{likelihood(answer.mean, answer.reach, words)}, {told}"


def likelihood(probability: float, reach: float | None = None, words: str | None = None) -> str:
    """Return the word for a probability, or both where it may be off by ``reach`` and so have another.

    What is 0 or 1 in every world is impossible or certain, by whatever table.
    """
    if probability <= 0:
        return "impossible"
    if is_certain(probability):
        return "certain"
    off = reach or 0.0
    return telling_table(words).likelihood(max(probability - off, 0.0), min(probability + off, 1.0))


def worlds_of(answer: Answer) -> str:
    """Return in what share of the worlds that have an answer a truth holds."""
    return of_worlds(answer.share, answer.worlds - answer.undefined)


def said(value: float | None, unit: Unit) -> str:
    """Return a value with its unit."""
    match unit:
        case Unit.SHARE:
            return chance(value)
        case Unit.PART:
            return UNDEFINED if value is None else portion(value)
        case Unit.WORLDS:
            return UNDEFINED if value is None else of_worlds(value)
        case Unit.DIFFERENCE:
            return moved_said(value, unit)
        case Unit.POINTS:
            return worth_points(plain(value, unit))
        case Unit.NUMBER:
            return number(value)


def said_interval(low: float | None, high: float | None, unit: Unit, *, sign: bool = False, size: bool = False) -> str:
    """Return an interval with its unit said once; ends that read alike once.

    Ends of a difference, which has a ``sign``, are told as more or less, from the nearer to the farther where both are
    one of the two: ``8.0 less to 16.9 more``, ``0.5 to 12.3 less``. A difference of probabilities always is, but for
    its ``size``.
    """
    if low is None or high is None:
        return UNDEFINED
    if unit in (Unit.SHARE, Unit.PART, Unit.WORLDS):
        return percent_interval(low, high)
    first, second = (_end(end, unit, sign=sign, size=size) for end in (low, high))
    if first == second:
        return f"{first} throughout"
    if not _is_signed(unit, sign=sign, size=size) or low < 0 < high:
        return f"{first} to {second}"
    nearer, farther = sorted((low, high), key=abs)
    return f"{_size(nearer, unit)} to {_end(farther, unit, sign=sign)}"


def ends_said(low: float | None, high: float | None, unit: Unit) -> tuple[str, str]:
    """Return both ends of a range, each with its unit; of shares both are of one kind (``percent_ends``)."""
    if low is None or high is None or unit not in (Unit.SHARE, Unit.PART, Unit.WORLDS):
        return said(low, unit), said(high, unit)
    first, second = percent_ends(low, high)
    return (f"{first} of worlds", f"{second} of worlds") if unit is Unit.WORLDS else (first, second)


def between_said(low: float | None, high: float | None, unit: Unit, *, sign: bool = False, size: bool = False) -> str:
    """Return an interval as a sentence has it: ``between 34 and 82 %``, ``at 5 %`` where its ends read alike.

    ``sign`` and ``size`` are those of ``said_interval``: ``between 8.0 percentage points less and 16.9 more``.
    """
    if low is None or high is None:
        return UNDEFINED
    if unit in (Unit.SHARE, Unit.PART, Unit.WORLDS):
        return percent_between(low, high)
    first, second = (_told(end, unit, sign=sign, size=size) for end in (low, high))
    if first == second:
        return f"at {first}"
    if not _is_signed(unit, sign=sign, size=size):
        return f"between {_end(low, unit, size=size)} and {second}"
    if low < 0 < high:
        return f"between {first} and {_end(high, unit, sign=sign)}"
    nearer, farther = sorted((low, high), key=abs)
    return f"between {_size(nearer, unit)} and {moved_said(farther, unit)}"


def error_said(error: float | None, unit: Unit) -> str:
    """Return the error of a mean with its unit: ``0.36 percentage points``."""
    if error is None:
        return UNDEFINED
    error = plain(error, Unit.DIFFERENCE if unit.in_hundred else unit)
    if unit.in_hundred:
        return points_of(number(100 * error, 2))
    return worth_points(error, 2) if unit is Unit.POINTS else number(error, 2)


def unit_words(unit: Unit, link: str = " ") -> str:
    """Return the unit of a difference after a link, nothing for a plain number: ``, in percentage points``."""
    if unit is Unit.NUMBER:
        return ""
    return f"{link}{'points of worth' if unit is Unit.POINTS else 'percentage points'}"


def shift(value: float | None, unit: Unit, error: float | None = None) -> str:
    """Return how far an answer moved, without its unit; what its error explains, and rounds to none, as none."""
    if value is None:
        return UNDEFINED
    value = plain(value, unit)
    return moved_points(value, error) if unit.in_hundred else signed_number(value)


def size_said(size: float, unit: Unit) -> str:
    """Return an error or a spread without its unit."""
    size = plain(size, unit)
    return signed_size(size) if unit.in_hundred else number(size, 2)


def without_unit(value: float | None, unit: Unit) -> str:
    """Return a difference of probabilities, in hundredths, or an amount of worth, without its unit."""
    if value is None:
        return UNDEFINED
    return signed(plain(value, unit)) if unit is Unit.DIFFERENCE else number(plain(value, unit))


def moved_said(value: float | None, unit: Unit, less: str = "less", more: str = "more") -> str:
    """Return how far an answer moved, with its unit: ``3.5 percentage points more``, ``0.4 points of worth less``."""
    if value is None or math.isnan(value):
        return UNDEFINED
    size = _size(value, unit)
    told = points_of(size) if unit.in_hundred else size
    if unit is Unit.POINTS:
        told = worth_points(abs(plain(value, unit)))
    return f"{told}{_direction(value, size, less, more)}"


def likelier_said(value: float | None) -> str:
    """Return how much likelier one thing is than another: ``3.5 percentage points likelier``, ``... less likely``."""
    return moved_said(value, Unit.DIFFERENCE, "less likely", "likelier")


def with_interval(answer: Answer, unit: Unit) -> str:
    """Return an answer's mean and its interval; the mean alone where it has none."""
    if answer.is_truth and answer.mean is not None:
        return f"in {worlds_of(answer)}"
    told = said(answer.mean, unit)
    if answer.mean is None:
        return told
    return f"{told} ({interval_said(answer, unit)})"


def interval_said(answer: Answer, unit: Unit, *, sign: bool = False, size: bool = False) -> str:
    """Return where an answer lies in 90 % of worlds; a dash for a truth, which counts worlds.

    ``sign`` and ``size`` are those of ``said_interval``.

    What is the same in every world, or nothing but 0 or 1, is told so. Where a few worlds carry the mean beyond the
    interval, the ends of those are told instead of it: a mean of 1 % lies in no 0 to 0 %.
    """
    low, high, mean = answer.low, answer.high, answer.mean
    if low is None or high is None or mean is None or unit is Unit.WORLDS:
        return UNDEFINED
    known = answer.draws[~np.isnan(answer.draws) & (answer.weights > 0)]
    noise = NOISE.get(unit, 0.0)
    known = np.where(np.abs(known) < noise, 0.0, known)
    low, high, mean = (plain(value, unit) for value in (low, high, mean))
    least, most = float(known.min()), float(known.max())
    if _same(least, most):
        return "the same in every world"
    if unit is Unit.SHARE and bool((np.minimum(known, 1.0 - known) < ROUNDING).all()):
        return "0 or 100 % in each world"
    end = partial(_end, unit=unit, sign=sign, size=size)
    is_signed = _is_signed(unit, sign=sign, size=size)
    ends = ends_said if unit is Unit.SHARE else lambda first, second, _: (end(first), end(second))
    if mean > high and not _same(mean, high):
        near, far = ends(high, most, unit)
        told = f"{near} or lower" if is_signed else f"at most {near}"
        return f"{told} in 95 of 100 worlds, up to {far}"
    if mean < low and not _same(mean, low):
        far, near = ends(least, low, unit)
        told = f"{near} or higher" if is_signed else f"at least {near}"
        return f"{told} in 95 of 100 worlds, down to {far}"
    return said_interval(low, high, unit, sign=sign, size=size)


def _end(value: float, unit: Unit, *, sign: bool = False, size: bool = False) -> str:
    """Return one end of an interval."""
    if _is_signed(unit, sign=sign, size=size):
        told = _size(value, unit)
        return f"{told}{_direction(value, told)}"
    if unit is Unit.DIFFERENCE:
        return _size(value, unit)
    return percent(plain(value, unit), about=False) if unit.in_hundred else number(plain(value, unit))


def _told(value: float | None, unit: Unit, *, sign: bool, size: bool) -> str:
    """Return a value with its unit; of a difference with its direction, of its ``size`` without."""
    if _is_signed(unit, sign=sign, size=size):
        return moved_said(value, unit)
    return UNDEFINED if value is None else points_of(_size(value, unit)) if size else said(value, unit)


def _is_signed(unit: Unit, *, sign: bool, size: bool) -> bool:
    return not size and (unit is Unit.DIFFERENCE or (sign and not unit.in_hundred))


def _size(value: float, unit: Unit) -> str:
    value = plain(value, unit)
    return signed_size(value) if unit.in_hundred else number(abs(value))


def _direction(value: float, told: str, less: str = "less", more: str = "more") -> str:
    """Return the sign of what is told as a word; what reads as nothing has none."""
    if told in ("0", NO_POINTS):
        return ""
    return f" {less if value < 0 else more}"


@overload
def plain(value: float, unit: Unit) -> float: ...
@overload
def plain(value: float | None, unit: Unit) -> float | None: ...
def plain(value: float | None, unit: Unit) -> float | None:
    """Return a value, and zero where it is no more than solving and rounding leave on the scale of its unit."""
    return 0.0 if value is not None and abs(value) < NOISE.get(unit, 0.0) else value


def undefined_in_every_world(answer: Answer) -> str:
    """Return that an answer has no value, and why."""
    return f"undefined in every world{why_undefined(answer)}"


def undefined_in(answer: Answer) -> str:
    """Return in how many worlds an answer has no value, and why."""
    return f"undefined in {counted(answer.undefined, 'world')}{why_undefined(answer)}"


def why_undefined(answer: Answer) -> str:
    """Return why an answer has no value, as it ends a sentence; empty where that is not known."""
    return f": {answer.why_undefined}" if answer.why_undefined else ""


def _same(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=SAME, abs_tol=0.0)
