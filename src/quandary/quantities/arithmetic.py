"""Arithmetic in all worlds at once: where it has no value (a division by zero), and what in it is noise.

A difference of two equal sums is seldom zero in doubles, and two games solved apart agree only up to the solver. Such
rests are no answers: they are zero, in every comparison and wherever a number is told.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from quandary.base.arrays import Array
from quandary.language.syntax import Arithmetic, Call, Expression, Negate, Number

MACHINE = 1e-13
"""A sum below this share of what was added is what rounding doubles leaves."""

SOLVING = 1e-8
"""A difference up to this share of what is compared (of one, for less than one) is what solving leaves."""

Values = TypeVar("Values", float, Array)


def room(left: Array, right: Array) -> Array:
    """Return how far two numbers may lie apart and be the same, but for what solving leaves."""
    return np.asarray(SOLVING * np.maximum(1.0, np.maximum(np.abs(left), np.abs(right))))


def difference(left: Values, right: Values) -> Values:
    """Return left minus right, and zero where that is noise; NaN where either is."""
    first, second = np.asarray(left, dtype=np.float64), np.asarray(right, dtype=np.float64)
    with np.errstate(invalid="ignore"):
        gap = first - second
        found = np.where(np.abs(gap) <= room(first, second), 0.0, gap)
    return float(found) if isinstance(left, float) else found


class Rounded(NamedTuple):
    """Numbers with the size of what they were made of: rounding leaves up to so many machine errors of ``scale``."""

    value: Array
    scale: Array

    @classmethod
    def of(cls, value: Array) -> Rounded:
        """Return numbers that were made of nothing else."""
        return cls(value, np.abs(value))

    def without(self, share: float) -> Array:
        """Return the numbers, and zero where they are at most this share of what they were made of."""
        noise = np.isfinite(self.value) & np.isfinite(self.scale) & (np.abs(self.value) <= share * self.scale)
        return np.where(noise, 0.0, self.value)


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


def operated(op: str, first: Rounded, second: Rounded) -> Rounded:
    """Return the result of an operation; a sum that is noise is zero (``noise.py``)."""
    a, b = np.abs(first.value), np.abs(second.value)
    value = np.asarray(OPERATIONS[op](first.value, second.value))
    if op in "+-":
        summed = Rounded(value, first.scale + second.scale)
        return Rounded(summed.without(MACHINE), summed.scale)
    if op == "*":
        scale = first.scale * b + a * second.scale
    elif op == "/":
        scale = first.scale / b + a * second.scale / b**2
    else:
        scale = np.abs(value) * (b * first.scale / a + np.abs(np.log(a)) * second.scale)
    return Rounded(value, _known(scale, value))


def applied(name: str, arguments: list[Rounded]) -> Rounded:
    """Return a function's result; a logarithm of what is one up to rounding is zero."""
    value = called(name, [one.value for one in arguments])
    scale = reduce(np.maximum, [one.scale for one in arguments])
    if name == "log":
        found = Rounded(value, _known(scale / np.abs(arguments[0].value), value))
        return Rounded(found.without(MACHINE), found.scale)
    if name == "exp":
        scale = scale * value
    elif name == "sqrt":
        scale = scale / (2.0 * value)
    return Rounded(value, _known(scale, value))


def _known(scale: Array, value: Array) -> Array:
    """Return a scale, and where it has none the size of the number itself."""
    return np.where(np.isfinite(scale), np.maximum(scale, np.abs(value)), np.abs(value))


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

    def value(self, node: Expression) -> Rounded:
        """Return the value of a node, operands before it and from left to right."""
        match node:
            case Number(amount):
                return Rounded.of(np.array([amount]))
            case Negate(operand):
                inner = self.value(operand)
                return Rounded(-inner.value, inner.scale)
            case Arithmetic(op, left, right):
                first, second = self.value(left), self.value(right)
                made = operated(op, first, second)
                self._look(node, op, (first.value, second.value), made.value)
                return made
            case Call(name, args) if name in FUNCTIONS:
                self._held += name in HOLDING
                values = [self.value(arg) for arg in args]
                self._held -= name in HOLDING
                made = applied(name, values)
                held = reduce(np.logical_and, [np.isfinite(one.value) for one in values])
                self._note(node, OF_FUNCTIONS.get(name, TOO_LARGE), held & ~np.isfinite(made.value))
                return made
            case _:
                return Rounded.of(self.leaf(node))

    def _look(self, node: Expression, op: str, operands: tuple[Array, Array], result: Array) -> None:
        """Note where an operation loses its value, and what it divides by."""
        first, second = operands
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

    def _divides(self, node: Expression, by: Array) -> None:
        if not self._held:
            self.divided.append(Divided(node, by))

    def _note(self, node: Expression, reason: str, worlds: NDArray[np.bool_]) -> None:
        if worlds.any():
            self.found.append(Breakdown(node, reason, worlds))
