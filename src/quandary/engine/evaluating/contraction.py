"""Products of two tables summed over what is not kept: the one step that takes most of the time of any evaluation.

Mostly by ``einsum``, whose sums are the same whatever worlds stand beside each other. A large product with a table that
is the same in all worlds is a row of small matrix products, which take half the time or less.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from quandary.base.arrays import Array
from quandary.engine.evaluating.logarithms import over
from quandary.engine.expressions import ExpressionNode

MATRICES_FROM = 1 << 19
"""Entries of a product (all worlds) from which matrix products are used. Their last bit may depend on how many worlds
there are, which nobody sees who compares worlds one by one, as products of few worlds are smaller than this."""

Operand = tuple[ExpressionNode, Array]


def contracting(node: ExpressionNode, operands: Sequence[Operand], out: Array) -> Callable[[], object]:
    """Return a call that writes to ``out`` the product of the operands, summed over the axes that ``node`` lacks.

    ``out`` has the node's axes, worlds last; an operand that is the same in all worlds has one.
    """
    summed = {a for operand, _ in operands for a in operand.axes} - set(node.axes)
    if not summed and len(operands) == 2:
        left, right = (over(node.axes, operand, array) for operand, array in operands)
        return lambda: np.multiply(left, right, out=out)
    if out.size >= MATRICES_FROM and len(operands) == 2 and len(summed) == 1:
        matrices = _matrices(node, operands, out, summed.pop())
        if matrices is not None:
            rows, columns, product = matrices
            return lambda: np.matmul(rows, columns, out=product)
    labels = {a: i + 1 for i, a in enumerate(sorted({a for operand, _ in operands for a in operand.axes}))}
    arguments: list[object] = []
    for operand, array in operands:
        arguments += [array, [*(labels[a] for a in operand.axes), 0]]
    arguments.append([*(labels[a] for a in node.axes), 0])
    return lambda: np.einsum(*arguments, out=out)  # type: ignore[call-overload]


def _matrices(
    node: ExpressionNode, operands: Sequence[Operand], out: Array, summed: str
) -> tuple[Array, Array, Array] | None:
    """Return views ``(..., m, s)``, ``(..., s, n)`` and ``(..., m, n)`` of the operands and ``out``, if they are such.

    The first operand must be the same in all worlds. The columns n are the worlds and the last axes that only the
    second has; a row axis m is one that only the first has; all others are rows of matrices.
    """
    (same, fixed), (other, varying) = sorted(operands, key=lambda operand: operand[1].shape[-1])
    alike = fixed.shape[-1] == 1 < varying.shape[-1] and varying.flags.c_contiguous
    if not alike or summed not in same.axes or summed not in other.axes:
        return None
    inner = 0
    for mine, theirs in zip(reversed(node.axes), reversed(other.axes), strict=False):
        if mine != theirs or mine in same.axes:
            break
        inner += 1
    outer, last = node.axes[: len(node.axes) - inner], node.axes[len(node.axes) - inner :]
    own = [a for a in outer if a not in other.axes][-1:]
    batch = [a for a in outer if a not in own]
    rows = _arranged(same, fixed, [*batch, *own, summed])
    columns = _arranged(other, varying, [*batch, summed, *last])
    product = _arranged(node, out, [*batch, *own, *last])
    if not own:
        rows, product = np.expand_dims(rows, len(batch)), np.expand_dims(product, len(batch))
    depth = len(batch) + 1
    columns, wide = (a.reshape(*a.shape[:depth], -1) for a in (columns, product))
    if not np.may_share_memory(wide, out) or not np.may_share_memory(columns, varying):
        return None
    return rows[..., 0], columns, wide


def _arranged(node: ExpressionNode, array: Array, axes: Sequence[str]) -> Array:
    """Return a view of the node's array with the axes in this order, length one where it has none of that name."""
    moved = array.transpose(*(node.axes.index(a) for a in axes if a in node.axes), array.ndim - 1)
    missing = tuple(i for i, a in enumerate(axes) if a not in node.axes)
    return np.expand_dims(moved, missing)
