"""Arithmetic, comparisons and and/or/not over questions, world by world."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce

import numpy as np

from quandary.base.arrays import Array, Mask
from quandary.base.problems import counted
from quandary.language.heads import MARGIN, Unit, head_of
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
    calls_in,
    numbers_in,
)
from quandary.quantities.arithmetic import OPERATIONS, breakdowns, called

EDGE = 1e-8
"""Differences up to this share of the numbers compared (of one, for small ones) count as none: solver's rounding."""

ValueOf = Callable[[Ask], Array]


def number(expression: Expression, value_of: ValueOf) -> Array:
    """Return a query's number in every world, NaN where it has none (division by zero, an undefined part).

    What has no value has none inside anything else either: one over (one over zero) is not zero.
    """
    with np.errstate(all="ignore"):
        return _number(expression, value_of)


CONDITION = "its condition has probability zero"
NO_CHOICE = "wherever it is decided, only one option is open"
ConditionHolds = Callable[[Ask], Mask]
"""What says in which worlds a call's conditions can be."""


def why_undefined(expression: Expression, value_of: ValueOf, can_be: ConditionHolds | None = None) -> str:
    """Return why a query has no value in these worlds: where its arithmetic breaks down, or a condition that cannot be.

    ``can_be`` says where a call's conditions can be, wherever it is known. Several reasons are each told with the
    worlds that they hold in. Empty where every part has a value.
    """
    found: dict[str, Mask] = {}

    def note(reason: str, worlds: Mask) -> None:
        if worlds.any():
            found[reason] = found.get(reason, np.zeros(1, dtype=np.bool_)) | worlds

    def leaf(node: Expression) -> Array:
        value = np.asarray(value_of(node) if isinstance(node, Ask) else np.nan)
        without = np.isnan(value)
        if without.any():
            choice = np.zeros(1, dtype=np.bool_)
            if isinstance(node, Ask) and MARGIN.asks(node) and can_be is not None:
                choice = can_be(node)
            note(NO_CHOICE, without & choice)
            note(CONDITION, without & ~choice)
        return value

    for one in numbers_in(expression):
        for broken in breakdowns(one, leaf)[0]:
            note(broken.reason, broken.worlds)
    if len(found) < 2:
        return "".join(found)
    worlds = np.broadcast_shapes(*(mask.shape for mask in found.values()))
    counts = {reason: int(np.broadcast_to(mask, worlds).sum()) for reason, mask in found.items()}
    if len(set(counts.values())) == 1:
        return " and ".join(counts)
    return " and ".join(f"{reason} (in {counted(count, 'world')})" for reason, count in counts.items())


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


def usual_level(expression: Expression) -> float:
    """Return the edge that an answer turns at by itself: half for a truth or share, zero for another number."""
    share = isinstance(expression, Ask) and head_of(expression).unit is Unit.SHARE
    return 0.5 if share or is_truth(expression) else 0.0


ROUNDING = 1e-9
"""A number this near to 0 or 1 is one of them."""


def is_so_or_not(expression: Expression) -> bool:
    """Return whether some call in it is so or not so in a world, as ``best`` is: it jumps and has no size."""
    return any(head_of(call).of_truths for call in calls_in(expression))


def counts_worlds(expression: Expression, values: Array) -> bool:
    """Return whether a query is so or not so in a world: its number is a share of worlds, with no interval.

    By its structure: what is true or false, and ``best``, ``both`` and ``clash``, which are at an information set (a
    world in which several can be reached counts in part). Arithmetic on nothing but these where it gives only 0 and 1.
    """
    if is_truth(expression):
        return True
    calls = tuple(calls_in(expression))
    if not calls or not all(head_of(call).of_truths for call in calls):
        return False
    if isinstance(expression, Ask) or is_opposite(expression):
        return True
    known = values[~np.isnan(values)]
    return bool(np.minimum(np.abs(known), np.abs(1.0 - known)).max(initial=0.0) < ROUNDING)


def is_opposite(expression: Expression) -> bool:
    """Return whether a query is one minus a single call: the opposite of a chance or of a truth."""
    match expression:
        case Arithmetic("-", Number(1.0), Ask()):
            return True
        case _:
            return False


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
            return _finite(np.asarray(OPERATIONS[op](_number(left, value_of), _number(right, value_of))))
        case Call(name, args):
            return _finite(called(name, [_number(a, value_of) for a in args]))
        case _:
            raise TypeError(f"{type(expression).__name__} is not a number")


def _finite(value: Array) -> Array:
    """Return a value with NaN in place of what is infinite."""
    finite = np.isfinite(value)
    return value if finite.all() else np.where(finite, value, np.nan)
