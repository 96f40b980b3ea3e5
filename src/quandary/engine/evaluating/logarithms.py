"""Beliefs where probabilities vanish: the same contractions through logarithms, for the few worlds that need them.

A choice of probability zero that is allowed counts as one common vanishing tremble: belief lies on the histories
that need the fewest trembles, in proportion to the rest (as in ``game/trees/tree_game.py``). What is barred or
impossible by chance stays impossible.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from quandary.base.arrays import Array
from quandary.base.memory import NUMBER, allowance
from quandary.engine.expressions import Book, ExpressionNode, ExpressionStep, Input

TREMBLE = -1e5
"""The logarithm of a choice whose probability is zero; far below that of any positive number a float can hold."""


class Logarithms:
    """Values of joint probabilities as logarithms, in all worlds of the tables; ``known`` holds logarithms as such."""

    def __init__(
        self,
        book: Book,
        tables: Mapping[Input, Array],
        allowed: Mapping[Input, Array],
        known: Mapping[Input, Array] | None = None,
    ) -> None:
        self._book = book
        self._tables = tables
        self._allowed = allowed
        self._given = known or {}
        self._known: dict[int, Array] = {}

    def belief(self, joint: int, over: tuple[str, ...]) -> Array:
        """Return the joint divided by its sum over the axes ``over``; 0 where even trembles cannot lead."""
        node = self._book.nodes[joint]
        logs = self.value(joint)
        summed = tuple(i for i, a in enumerate(node.axes) if a in over)
        top = logs.max(axis=summed, keepdims=True)
        weights = np.exp(logs - np.where(np.isneginf(top), 0.0, top))
        total = weights.sum(axis=summed, keepdims=True)
        return np.asarray(weights / np.where(total > 0.0, total, 1.0))

    def value(self, number: int) -> Array:
        """Return the logarithm of the node's value; the node is made of products and marginals."""
        if number not in self._known:
            node = self._book.nodes[number]
            self._known[number] = self._table(node) if node.source is not None else self._summed(node)
        return self._known[number]

    def _table(self, node: ExpressionNode) -> Array:
        source = node.source
        if source is None:
            raise ValueError("not a table")
        if source in self._given:
            return self._given[source]
        with np.errstate(divide="ignore"):
            logs = np.log(self._tables[source])
            if source.kind == "policy":
                logs = np.maximum(logs, TREMBLE)
                if source in self._allowed:
                    logs = logs + np.log(self._allowed[source])
        return np.asarray(logs)

    def _summed(self, node: ExpressionNode) -> Array:
        if node.step not in (ExpressionStep.PRODUCT, ExpressionStep.MARGINAL):
            raise ValueError(f"a {node.step.value} has no logarithm")
        parts = [(self._book.nodes[n], self.value(n)) for n in node.operands]
        found = {a for operand, _ in parts for a in operand.axes}
        axes = tuple(sorted(found, key=self._book.order.__getitem__))
        total = np.zeros((1,) * (len(axes) + 1))
        for operand, logs in parts:
            total = total + over(axes, operand, logs)
        summed = tuple(i for i, a in enumerate(axes) if a not in node.axes)
        if not summed:
            return total
        top = total.max(axis=summed, keepdims=True)
        top = np.where(np.isneginf(top), 0.0, top)
        with np.errstate(divide="ignore"):
            return np.asarray(np.log(np.exp(total - top).sum(axis=summed)) + np.squeeze(top, axis=summed))


def in_batches(book: Book, number: int, worlds: NDArray[np.intp]) -> list[NDArray[np.intp]]:
    """Return worlds in batches whose logarithms fit an eighth of the memory allowed; none where there are no worlds.

    A product is taken over all axes of its operands before any is summed out, in a few arrays at once.
    """
    nodes = [book.nodes[n] for n in book.needed([number])]
    entries = sum(book.entries({a for n in node.operands for a in book.nodes[n].axes}) for node in nodes)
    size = max(1, allowance().share // (8 * 4 * NUMBER * max(1, entries)))
    return [worlds[first : first + size] for first in range(0, len(worlds), size)]


def over(axes: tuple[str, ...], node: ExpressionNode, array: Array) -> Array:
    """Return a view of the node's array with ``axes`` in that order, length one where it has no such axis."""
    order = [node.axes.index(a) for a in axes if a in node.axes]
    moved = np.transpose(array, [*order, array.ndim - 1])
    index = tuple(slice(None) if a in node.axes else None for a in axes)
    return moved[(*index, slice(None))]
