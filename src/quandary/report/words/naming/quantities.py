"""Quantities as they were written, in words: names of assumptions by what they are called."""

from __future__ import annotations

from quandary.language.printing import written
from quandary.language.syntax import (
    Arithmetic,
    Call,
    Expression,
    Factor,
    Interval,
    Likelier,
    Name,
    Negate,
    Number,
    OfRest,
    OneSided,
    PointsChange,
    Rest,
    Shift,
    Unknown,
)
from quandary.report.words.naming.names import CaseNames
from quandary.report.words.wording import listing

WORTH, CHANCE = "points of worth", "percentage points"
"""What points are of: those of a stake, and those of a probability."""


def quantity_words(names: CaseNames, quantity: Expression, points: str = WORTH) -> str:
    """Return a quantity as it stands in the case, the names in it in words: ``100 - what a war costs``."""
    match quantity:
        case Name():
            return names.assumption(quantity.text)
        case Arithmetic(op, left, right):
            sign = {"*": "times", "/": "divided by", "^": "to the power of"}.get(op, op)
            return f"{quantity_words(names, left)} {sign} {quantity_words(names, right)}"
        case Negate(operand):
            return f"-{quantity_words(names, operand)}"
        case Call(name, args):
            return f"{name} of {listing([quantity_words(names, one) for one in args])}"
        case Shift(amount, direction):
            return f"{direction} x {quantity_words(names, amount)}"
        case Factor(Name() | Arithmetic() | Call() as amount):
            return f"x {quantity_words(names, amount)}"
        case PointsChange(Number(value)):
            return f"{value:+g} {points}"
        case PointsChange(Interval(low, high)):
            return f"{low:+g} to {high:+g} {points}"
        case PointsChange(amount):
            return f"{quantity_words(names, amount)} {points}"
        case OfRest(share):
            return f"{quantity_words(names, share)} of the rest"
        case Likelier(Name() | Arithmetic() | Call() as factor, per):
            return f"x {quantity_words(names, factor)} for {per:g} points of worth"
        case Rest():
            return "the rest"
        case Unknown():
            return "an unknown number"
        case OneSided(bound, amount):
            return f"{bound} {quantity_words(names, amount, points)}"
        case _:
            return written(quantity)


def changes_words(names: CaseNames, quantity: Expression, points: str = WORTH) -> str:
    """Return how far a quantity moves what it is added to, as a verb: ``rises by 1 to 10 points of worth``."""
    match quantity:
        case PointsChange(Number(value)):
            low = high = value
        case PointsChange(Interval(low, high)):
            pass
        case Unknown():
            return f"changes by an unknown number of {points}"
        case _:
            return f"changes by {quantity_words(names, quantity, points)}"
    if low < 0 < high:
        return f"changes by anything from {-low:g} {points} less to {high:g} more"
    nearer, farther = sorted((abs(low), abs(high)))
    size = f"{nearer:g}" if nearer == farther else f"{nearer:g} to {farther:g}"
    return f"{'falls' if low < 0 else 'rises'} by {size} {points}"
