"""Arithmetic, comparisons and and/or/not over questions, world by world."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce

import numpy as np

from quandary.base.arrays import Array
from quandary.language.syntax import (
    And,
    Arithmetic,
    Ask,
    Call,
    Compare,
    Expression,
    Negate,
    Not,
    Number,
    Or,
    numbers_in,
)
from quandary.quantities.arithmetic import OPERATIONS, breakdowns, called

EDGE = 1e-8
"""Differences up to this share of the numbers compared (of one, for small ones) count as none: solver's rounding."""

ValueOf = Callable[[Ask], Array]


def number(expression: Expression, value_of: ValueOf) -> Array:
    """Return a query's number in every world, NaN where it has none (division by zero, an undefined part)."""
    with np.errstate(all="ignore"):
        value = _number(expression, value_of)
        finite = np.isfinite(value)
        return value if finite.all() else np.where(finite, value, np.nan)


CONDITION = "its condition has probability zero"


def why_undefined(expression: Expression, value_of: ValueOf) -> str:
    """Return why a query has no value in these worlds: where its arithmetic breaks down, or a condition that cannot be.

    Empty where every part has a value.
    """
    found: dict[str, None] = {}

    def leaf(node: Expression) -> Array:
        value = np.asarray(value_of(node) if isinstance(node, Ask) else np.nan)
        if np.isnan(value).any():
            found[CONDITION] = None
        return value

    for one in numbers_in(expression):
        found |= dict.fromkeys(broken.reason for broken in breakdowns(one, leaf)[0])
    return " and ".join(found)


def truth(expression: Expression, value_of: ValueOf) -> Array:
    """Return 1.0 where a comparison (or and/or/not of some) holds, 0.0 where not, NaN where a part is undefined."""
    match expression:
        case Compare():
            return _compared(expression.op, *sides(expression, value_of))
        case Not(operand):
            return 1.0 - truth(operand, value_of)
        case And(operands):
            return reduce(np.multiply, [truth(o, value_of) for o in operands])
        case Or(operands):
            return 1.0 - reduce(np.multiply, [1.0 - truth(o, value_of) for o in operands])
        case _:
            raise TypeError(f"{type(expression).__name__} is neither true nor false")


def is_truth(expression: Expression) -> bool:
    """Return whether a query is true or false in a world, and not a number."""
    return isinstance(expression, Compare | And | Or | Not)


def sides(comparison: Compare, value_of: ValueOf) -> tuple[Array, Array]:
    """Return both sides of a comparison in every world."""
    return number(comparison.left, value_of), number(comparison.right, value_of)


def slack(expression: Expression, value_of: ValueOf) -> Array:
    """Return how far a true or false query is from its edge: positive where it holds, negative where it does not.

    For a comparison the signed difference of its sides; for ``and`` the least, for ``or`` the greatest of the parts.
    Parts in different units share one scale, so the size is of use for a single comparison only, the sign for all.
    """
    match expression:
        case Compare(op, _, _):
            left, right = sides(expression, value_of)
            gap = left - right
            room = EDGE * np.maximum(1.0, np.maximum(np.abs(left), np.abs(right)))
            return {
                "<": -gap - room,
                "<=": room - gap,
                ">": gap - room,
                ">=": gap + room,
                "=": room - np.abs(gap),
                "!=": np.abs(gap) - room,
            }[op]
        case Not(operand):
            return -slack(operand, value_of)
        case And(operands):
            return reduce(np.minimum, [slack(o, value_of) for o in operands])
        case Or(operands):
            return reduce(np.maximum, [slack(o, value_of) for o in operands])
        case _:
            raise TypeError(f"{type(expression).__name__} is neither true nor false")


def _compared(op: str, left: Array, right: Array) -> Array:
    gap = left - right
    room = EDGE * np.maximum(1.0, np.maximum(np.abs(left), np.abs(right)))
    with np.errstate(invalid="ignore"):
        holds = {
            "<": gap < -room,
            "<=": gap <= room,
            ">": gap > room,
            ">=": gap >= -room,
            "=": np.abs(gap) <= room,
            "!=": np.abs(gap) > room,
        }[op]
    return np.where(np.isnan(gap), np.nan, holds.astype(np.float64))


def _number(expression: Expression, value_of: ValueOf) -> Array:
    match expression:
        case Ask():
            return value_of(expression)
        case Number(value, _):
            return np.asarray(value, dtype=np.float64)
        case Negate(operand):
            return -_number(operand, value_of)
        case Arithmetic(op, left, right):
            return np.asarray(OPERATIONS[op](_number(left, value_of), _number(right, value_of)))
        case Call(name, args):
            return called(name, [_number(a, value_of) for a in args])
        case _:
            raise TypeError(f"{type(expression).__name__} is not a number")
