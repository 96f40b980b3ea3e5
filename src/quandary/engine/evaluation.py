"""Numbers for expressions: every node as one array in all worlds of a block, each computed at most once."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from quandary.engine.expressions import Book, Input, Node, Step
from quandary.game.table import Array

Run = Callable[[], None]


class Evaluation:
    """Values of a book's nodes for given tables; a table that changes makes only its dependents stale.

    Arrays are allocated once per node and reused, so an array handed out is valid until the next change.
    """

    def __init__(self, book: Book, tables: Mapping[Input, Array]) -> None:
        self.book = book
        self.tables = dict(tables)
        self._arrays: dict[int, Array] = {}
        self._runs: dict[int, Run] = {}
        self._fresh: set[int] = set()

    def put(self, source: Input, values: Array) -> None:
        """Set a changing table (axes as in its input node); nodes that depend on it become stale."""
        self.tables[source] = values
        for number in [n for n in self._arrays if source in self.book.nodes[n].inputs]:
            del self._arrays[number]
            self._runs.pop(number, None)
            self._fresh.discard(number)

    def touched(self, source: Input) -> None:
        """Say that a changing table was altered in place; nodes that depend on it become stale."""
        self._fresh = {n for n in self._fresh if source not in self.book.nodes[n].inputs}

    def value(self, number: int) -> Array:
        """Return the node's array: its axes in order, worlds (or one) last."""
        if number not in self._fresh:
            for needed in self._stale(number):
                self.compute(needed)
        return self._arrays[number]

    def compute(self, number: int) -> None:
        """Compute one node whose operands are fresh."""
        run = self._runs.get(number)
        if run is None:
            run = self._bind(number)
            self._runs[number] = run
        run()
        self._fresh.add(number)

    def _stale(self, number: int) -> list[int]:
        found: set[int] = set()
        stack = [number]
        while stack:
            node = stack.pop()
            if node not in found and node not in self._fresh:
                found.add(node)
                stack.extend(self.book.nodes[node].operands)
        return sorted(found)

    def _bind(self, number: int) -> Run:
        """Return the call that computes the node into its array, made once."""
        node = self.book.nodes[number]
        if node.source is not None:
            self._arrays[number] = self.tables[node.source]
            return _nothing
        operands = [(self.book.nodes[n], self._arrays[n]) for n in node.operands]
        worlds = max(array.shape[-1] for _, array in operands)
        shape = tuple(self.book.cardinality[a] for a in node.axes)
        out = np.empty((*shape, worlds))
        self._arrays[number] = out
        if node.step is Step.SUM:
            return _adding(node, operands, out)
        if node.step is Step.SHARE:
            return _dividing(node, operands, out)
        return _contracting(node, operands, out)


def _nothing() -> None:
    return None


def _over(axes: tuple[str, ...], node: Node, array: Array) -> Array:
    """Return a view of the array with ``axes`` in that order, length one where it has no such axis."""
    order = [node.axes.index(a) for a in axes if a in node.axes]
    moved = np.transpose(array, [*order, array.ndim - 1])
    index = tuple(slice(None) if a in node.axes else None for a in axes)
    return moved[(*index, slice(None))]


def _contracting(node: Node, operands: list[tuple[Node, Array]], out: Array) -> Run:
    summed = {a for operand, _ in operands for a in operand.axes} - set(node.axes)
    if not summed and len(operands) == 2:
        left, right = (_over(node.axes, operand, array) for operand, array in operands)

        def multiply() -> None:
            np.multiply(left, right, out=out)

        return multiply
    labels = {a: i + 1 for i, a in enumerate(sorted({a for operand, _ in operands for a in operand.axes}))}
    arguments: list[object] = []
    for operand, array in operands:
        arguments += [array, [*(labels[a] for a in operand.axes), 0]]
    arguments.append([*(labels[a] for a in node.axes), 0])

    def contract() -> None:
        np.einsum(*arguments, out=out)  # type: ignore[call-overload]

    return contract


def _adding(node: Node, operands: list[tuple[Node, Array]], out: Array) -> Run:
    views = [_over(node.axes, operand, array) for operand, array in operands]
    partial = [np.broadcast_shapes(views[0].shape, views[1].shape)]
    for view in views[2:]:
        partial.append(np.broadcast_shapes(partial[-1], view.shape))
    targets = [out if shape == out.shape else np.empty(shape) for shape in partial]

    def add() -> None:
        np.add(views[0], views[1], out=targets[0])
        for before, view, target in zip(targets[:-1], views[2:], targets[1:], strict=True):
            np.add(before, view, out=target)

    return add


def _dividing(node: Node, operands: list[tuple[Node, Array]], out: Array) -> Run:
    (_, array), (whole_node, whole) = operands
    divisor = np.empty_like(whole)
    view = _over(node.axes, whole_node, divisor)

    def divide() -> None:
        np.copyto(divisor, whole)
        divisor[divisor == 0.0] = 1.0
        np.divide(array, view, out=out)

    return divide
