"""Arithmetic in all worlds at once, and where it has no value: a division by zero, the logarithm of nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from quandary.base.arrays import Array
from quandary.language.syntax import Arithmetic, Call, Expression, Negate, Number

FUNCTIONS = {
    "abs": np.abs,
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "min": np.minimum,
    "max": np.maximum,
}
OPERATIONS = {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "^": np.power}

DIVISION = "a division by zero"
POWER = "a power without a value: zero to a negative power, or a root of a number below zero"
TOO_LARGE = "a number too large to be held"
OF_FUNCTIONS = {
    "log": "the logarithm of a number that is not above zero",
    "sqrt": "the square root of a number below zero",
}

HOLDING = frozenset({"min", "max", "log"})
"""Functions that may keep what is inside from growing without bound."""

Leaf = Callable[[Expression], Array]
"""What gives the value of a part that is no arithmetic, ``(W,)`` or ``(1,)``."""


@dataclass(frozen=True, eq=False)
class Breakdown:
    """One place where operands have values and their result has none: the node, why, and in which worlds."""

    node: Expression
    reason: str
    worlds: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Divided:
    """One division, and the values of what it divides by (of a negative power: of its base).

    Divisions inside ``min``, ``max`` and ``log``, which may hold their results, are not told of.
    """

    node: Expression
    by: Array


def called(name: str, values: Sequence[Array]) -> Array:
    """Return a function of values; ``min`` and ``max`` take any number of them."""
    function = FUNCTIONS[name]
    return np.asarray(reduce(function, values) if len(values) > 1 else function(values[0]))


def breakdowns(expression: Expression, leaf: Leaf) -> tuple[list[Breakdown], list[Divided]]:
    """Return where arithmetic loses its value, the innermost places first, and its divisions.

    ``leaf`` may give NaN for what has no value of its own: nothing is said of what that spoils.
    """
    traced = _Traced(leaf)
    with np.errstate(all="ignore"):
        traced.value(expression)
    return traced.found, traced.divided


class _Traced:
    """Arithmetic done step by step, with a note of every step that has no value."""

    def __init__(self, leaf: Leaf) -> None:
        self.leaf = leaf
        self.found: list[Breakdown] = []
        self.divided: list[Divided] = []
        self._held = 0

    def value(self, node: Expression) -> Array:
        """Return the value of a node, operands before it and from left to right."""
        match node:
            case Number(amount):
                return np.array([amount])
            case Negate(operand):
                return -self.value(operand)
            case Arithmetic(op, left, right):
                first = self.value(left)
                return self._operation(node, op, first, self.value(right))
            case Call(name, args) if name in FUNCTIONS:
                self._held += name in HOLDING
                values = [self.value(arg) for arg in args]
                self._held -= name in HOLDING
                result = called(name, values)
                held = reduce(np.logical_and, [np.isfinite(one) for one in values])
                self._note(node, OF_FUNCTIONS.get(name, TOO_LARGE), held & ~np.isfinite(result))
                return result
            case _:
                return self.leaf(node)

    def _operation(self, node: Expression, op: str, first: Array, second: Array) -> Array:
        result = np.asarray(OPERATIONS[op](first, second))
        lost = np.isfinite(first) & np.isfinite(second) & ~np.isfinite(result)
        if op == "/":
            self._divides(node, second)
            self._note(node, DIVISION, np.broadcast_to(second == 0, result.shape))
            lost &= second != 0
        elif op == "^":
            if (second < 0).any():
                self._divides(node, first)
            without = np.isnan(result) | (first == 0)
            self._note(node, POWER, lost & without)
            lost &= ~without
        self._note(node, TOO_LARGE, lost)
        return result

    def _divides(self, node: Expression, by: Array) -> None:
        if not self._held:
            self.divided.append(Divided(node, by))

    def _note(self, node: Expression, reason: str, worlds: NDArray[np.bool_]) -> None:
        if worlds.any():
            self.found.append(Breakdown(node, reason, worlds))
