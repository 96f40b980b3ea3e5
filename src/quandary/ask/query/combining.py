"""Arithmetic, comparisons and and/or/not over questions, world by world."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import reduce

import numpy as np

from quandary.base.arrays import Array, Mask
from quandary.base.problems import counted
from quandary.language.heads import Unit, head_of
from quandary.language.syntax import (
    And,
    Arithmetic,
    Ask,
    Call,
    Compare,
    Comparison,
    Expression,
    Negate,
    Not,
    Number,
    Or,
    calls_in,
    numbers_in,
)
from quandary.quantities.arithmetic import SOLVING, Rounded, applied, breakdowns, difference, operated, room

ValueOf = Callable[[Ask], Array]


def number(expression: Expression, value_of: ValueOf) -> Array:
    """Return a query's number in every world, NaN where it has none (division by zero, an undefined part).

    What has no value has none inside anything else either: one over (one over zero) is not zero. A sum or difference
    that is what solving leaves is zero.
    """
    with np.errstate(all="ignore"):
        found = _number(expression, value_of)
        return found.without(SOLVING) if _is_sum(expression) else found.value


def gap(comparison: Compare, value_of: ValueOf) -> Array:
    """Return a comparison's left minus its right side in every world, zero where that is what solving leaves."""
    return difference(*sides(comparison, value_of))


def _is_sum(expression: Expression) -> bool:
    match expression:
        case Arithmetic(op):
            return op in "+-"
        case Negate(operand):
            return _is_sum(operand)
        case Call("abs" | "min" | "max", args):
            return any(_is_sum(arg) for arg in args)
        case _:
            return False


CONDITION = "its condition has probability zero"
NO_CHOICE = "wherever it is decided, only one option is open"
NEVER_ARISES = "the decision does not arise there"
NEVER_ARISES_OR_NO_CHOICE = "the decision does not arise there, or only one option is open where it does"
NOT_COMPARED = "what it is compared with has probability zero"
NEVER_COMPARED = "the decision does not arise in what it is compared with"
NoChoice = Callable[[Ask], tuple[str, Mask]]
"""What says of a call about a decision why nothing is chosen there, and in which worlds its conditions can be."""


def why_undefined(expression: Expression, value_of: ValueOf, no_choice: NoChoice | None = None) -> str:
    """Return why a query has no value in these worlds: where its arithmetic breaks down, or a condition that cannot be.

    ``no_choice`` says why a call has none where its conditions can be, wherever that is known. Several reasons are each
    told with the worlds that they hold in. Empty where every part has a value.
    """
    found: dict[str, Mask] = {}

    def note(reason: str, worlds: Mask) -> None:
        if worlds.any():
            found[reason] = found.get(reason, np.zeros(1, dtype=np.bool_)) | worlds

    def leaf(node: Expression) -> Array:
        value = np.asarray(value_of(node) if isinstance(node, Ask) else np.nan)
        without = np.isnan(value)
        if without.any():
            reason, choice = "", np.zeros(1, dtype=np.bool_)
            if isinstance(node, Ask) and no_choice is not None:
                reason, choice = no_choice(node)
            if reason:
                note(reason, without & choice)
            note(CONDITION, without & ~choice if reason else without)
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


OPPOSITE: Mapping[Comparison, Comparison] = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "=": "!=", "!=": "="}
"""By operator: the one of the opposite, once the sides have changed places. Not left > right is right >= left."""


def comparison_of(expression: Expression) -> Compare | None:
    """Return the comparison that an expression is; of ``not`` the one that it comes to, its sides the other way round.

    ``None`` for what joins several, and for a number.
    """
    match expression:
        case Compare():
            return expression
        case Not(operand):
            inner = comparison_of(operand)
            return None if inner is None else replace(inner, op=OPPOSITE[inner.op], left=inner.right, right=inner.left)
        case _:
            return None


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
            apart, least = left - right, room(left, right)
            return {
                "<": -apart - least,
                "<=": least - apart,
                ">": apart - least,
                ">=": apart + least,
                "=": least - np.abs(apart),
                "!=": np.abs(apart) - least,
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
    apart = difference(left, right)
    with np.errstate(invalid="ignore"):
        holds = {
            "<": apart < 0,
            "<=": apart <= 0,
            ">": apart > 0,
            ">=": apart >= 0,
            "=": apart == 0,
            "!=": apart != 0,
        }[op]
    return np.where(np.isnan(apart), np.nan, holds.astype(np.float64))


def _number(expression: Expression, value_of: ValueOf) -> Rounded:
    match expression:
        case Ask():
            return Rounded.of(value_of(expression))
        case Number(value, _):
            return Rounded.of(np.asarray(value, dtype=np.float64))
        case Negate(operand):
            inner = _number(operand, value_of)
            return Rounded(-inner.value, inner.scale)
        case Arithmetic(op, left, right):
            made = operated(op, _number(left, value_of), _number(right, value_of))
            return Rounded(_finite(made.value), made.scale)
        case Call(name, args):
            made = applied(name, [_number(a, value_of) for a in args])
            return Rounded(_finite(made.value), made.scale)
        case _:
            raise TypeError(f"{type(expression).__name__} is not a number")


def _finite(value: Array) -> Array:
    """Return a value with NaN in place of what is infinite."""
    finite = np.isfinite(value)
    return value if finite.all() else np.where(finite, value, np.nan)
