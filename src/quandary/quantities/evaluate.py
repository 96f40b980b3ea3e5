"""Quantities in all worlds at once: which leaves they draw, and their values.

A leaf is named by its path alone, or ``path#1``, ``path#2``, ... inside arithmetic, in the order written. Inside
arithmetic a leaf is read by itself: with a percent sign or as a word as a probability, else as a plain number; and
one behind ``x(...)`` or ``(...) points`` as a number too, since only the whole is a factor.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import cast

import numpy as np

from quandary.base.arrays import Array
from quandary.base.problems import CaseError, Problem
from quandary.language import syntax
from quandary.language.names import unknown
from quandary.quantities.arithmetic import FUNCTIONS, OPERATIONS, Breakdown, Divided, Leaf, breakdowns, called
from quandary.quantities.estimate import Estimate, Scale
from quandary.quantities.reading import is_choice, is_leaf, parts_of_mixture, read_estimate


def leaves(
    quantity: syntax.Quantity, path: str, scale: Scale, words: str | None = None
) -> tuple[tuple[str, Estimate], ...]:
    """Return every uncertain leaf with its name, in the order written; plain numbers and names are none.

    A plain number is read too, so that one without a meaning on ``scale`` is a fault. Raises ``CaseError`` with
    every fault found.
    """
    problems: list[Problem] = []
    found: list[tuple[str, Estimate]] = []
    for name, leaf, use in _named_leaves(quantity, path, scale):
        try:
            estimate = read_estimate(leaf, use, words)
        except CaseError as error:
            problems.extend(error.problems)
        else:
            if estimate.exact is None:
                found.append((name, estimate))
    if problems:
        raise CaseError(problems)
    return tuple(found)


def evaluate(
    quantity: syntax.Quantity,
    path: str,
    scale: Scale,
    uniforms: Mapping[str, Array],
    assumptions: Mapping[str, Array],
    *,
    words: str | None = None,
) -> Array:
    """Return the quantity's value in all worlds, shape ``(W,)``, or ``(1,)`` where it varies with nothing.

    ``uniforms`` holds the draws of every leaf by the names of ``leaves``; ``assumptions`` values by name. A factor
    comes back as the factor, points as points, ``of rest`` as the share, ``x per N`` as the precision ln(x)/N.
    Division by zero and the like give inf or NaN, for the caller to count as worlds without a value.
    """
    inner, _ = _unwrapped(quantity, scale)
    if _stands_alone(inner):
        return _drawn(read_estimate(quantity, scale, words), path, uniforms)
    with np.errstate(all="ignore"):
        value = _computed(inner, _leaf_values(path, uniforms, assumptions, words))
        if isinstance(quantity, syntax.Likelier):
            value = np.log(value) / quantity.per
    return value


def breakdowns_of(
    quantity: syntax.Quantity,
    path: str,
    uniforms: Mapping[str, Array],
    assumptions: Mapping[str, Array],
    *,
    words: str | None = None,
) -> tuple[list[Breakdown], list[Divided]]:
    """Return where a quantity's arithmetic has no value, and by what it divides; none for what is no arithmetic."""
    inner, _ = _unwrapped(quantity, Scale.NUMBER)
    if _stands_alone(inner):
        return [], []
    return breakdowns(inner, _leaf_values(path, uniforms, assumptions, words))


def _named_leaves(quantity: syntax.Quantity, path: str, scale: Scale) -> Iterator[tuple[str, syntax.Quantity, Scale]]:
    inner, _ = _unwrapped(quantity, scale)
    if _stands_alone(inner):
        yield path, quantity, scale
        return
    numbers = count(1)
    for node in _parts(inner):
        if is_leaf(node):
            yield f"{path}#{next(numbers)}", _quantity(node), _scale_inside(node)


def _unwrapped(quantity: syntax.Expression, scale: Scale) -> tuple[syntax.Expression, Scale]:
    """Return what stands behind ``x``, ``points``, ``of rest`` or ``per``, and the scale it is used on."""
    match quantity:
        case syntax.Factor():
            return quantity.amount, Scale.FACTOR
        case syntax.PointsChange():
            return quantity.amount, Scale.POINTS
        case syntax.OfRest():
            return quantity.share, Scale.PROBABILITY
        case syntax.Likelier():
            return quantity.factor, Scale.PRECISION
        case _:
            return quantity, scale


def _stands_alone(quantity: syntax.Expression) -> bool:
    return is_leaf(quantity) or isinstance(quantity, syntax.Number)


def _scale_inside(node: syntax.Expression) -> Scale:
    """Return how a leaf inside arithmetic is read."""
    if isinstance(node, syntax.ProbabilityWord) or (isinstance(node, syntax.Interval) and node.percent):
        return Scale.PROBABILITY
    return Scale.NUMBER


def _parts(node: syntax.Expression) -> Iterator[syntax.Expression]:
    """Yield the leaves, names and numbers of arithmetic in the order written; a leaf is not entered."""
    match node:
        case syntax.Arithmetic():
            yield from _parts(node.left)
            yield from _parts(node.right)
        case syntax.Negate():
            yield from _parts(node.operand)
        case syntax.Call() if is_choice(node):
            yield _chooser(node)
            for part in parts_of_mixture(node)[0]:
                yield from _parts(part)
        case syntax.Call() if not is_leaf(node):
            for argument in node.args:
                yield from _parts(argument)
        case _:
            yield node


def _chooser(mixture: syntax.Call) -> syntax.Call:
    """Return the draw that chooses which part of a mixture a world takes."""
    return syntax.Call("uniform", (syntax.Number(0.0), syntax.Number(1.0)), place=mixture.place)


def _chosen(mixture: syntax.Call, draws: Array, values: Sequence[Array]) -> Array:
    """Return in each world the value of the part that the draw there falls to, by the parts' shares."""
    edges = np.cumsum(parts_of_mixture(mixture)[1])[:-1]
    worlds = np.broadcast_shapes(draws.shape, *(value.shape for value in values))
    every = np.stack([np.broadcast_to(value, worlds) for value in values])
    which = np.broadcast_to(np.searchsorted(edges, draws, side="right"), worlds)
    return np.asarray(np.take_along_axis(every, which[None], axis=0)[0])


def _computed(node: syntax.Expression, leaf: Leaf) -> Array:
    """Return the value of arithmetic; operands are computed left to right, as ``_parts`` numbers them."""
    match node:
        case syntax.Arithmetic():
            left, right = _computed(node.left, leaf), _computed(node.right, leaf)
            return np.asarray(OPERATIONS[node.op](left, right))
        case syntax.Negate():
            return -_computed(node.operand, leaf)
        case syntax.Number():
            return np.array([node.value])
        case syntax.Call() if node.name in FUNCTIONS:
            return called(node.name, [_computed(argument, leaf) for argument in node.args])
        case _:
            return leaf(node)


def _leaf_values(path: str, uniforms: Mapping[str, Array], assumptions: Mapping[str, Array], words: str | None) -> Leaf:
    """Return what gives the value of each name and leaf of arithmetic, asked for in the order written."""
    numbers = count(1)

    def leaf(node: syntax.Expression) -> Array:
        if isinstance(node, syntax.Name):
            if node.text in assumptions:
                return assumptions[node.text]
            raise CaseError([unknown("assumption", node.text, node.place, assumptions)])
        if isinstance(node, syntax.Call) and is_choice(node):
            draws = leaf(_chooser(node))
            return _chosen(node, draws, [_computed(part, leaf) for part in parts_of_mixture(node)[0]])
        if is_leaf(node):
            estimate = read_estimate(_quantity(node), _scale_inside(node), words)
            return _drawn(estimate, f"{path}#{next(numbers)}", uniforms)
        raise _fault("Q211", "this has no number of its own", node, "write a number, a range or an assumption")

    return leaf


def _drawn(estimate: Estimate, name: str, uniforms: Mapping[str, Array]) -> Array:
    if estimate.exact is not None:
        return np.array([estimate.exact])
    return estimate.quantile(uniforms[name])


def _quantity(node: syntax.Expression) -> syntax.Quantity:
    return cast("syntax.Quantity", node)


def _fault(code: str, message: str, node: syntax.Expression, hint: str | None = None) -> CaseError:
    return CaseError([Problem(code, message, node.place, hint)])
