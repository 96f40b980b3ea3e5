"""Quantities as they were written, in words: names of assumptions by what they are called."""

from __future__ import annotations

from quandary.language.printing import written
from quandary.language.syntax import (
    Arithmetic,
    Call,
    Expression,
    Factor,
    Likelier,
    Name,
    Negate,
    OfRest,
    PointsChange,
    Rest,
)
from quandary.report.words.naming.names import CaseNames
from quandary.report.words.wording import listing


def quantity_words(names: CaseNames, quantity: Expression) -> str:
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
        case Factor(Name() | Arithmetic() | Call() as amount):
            return f"x {quantity_words(names, amount)}"
        case PointsChange(Name() | Arithmetic() | Call() | Negate() as amount):
            return f"{quantity_words(names, amount)} points"
        case OfRest(share):
            return f"{quantity_words(names, share)} of the rest"
        case Likelier(Name() | Arithmetic() | Call() as factor, per):
            return f"x {quantity_words(names, factor)} for {per:g} points of worth"
        case Rest():
            return "the rest"
        case _:
            return written(quantity)
