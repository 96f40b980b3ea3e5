"""Numbers for expressions: every node as one array in all worlds of a block, each computed at most once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from quandary.base.arrays import Array, Mask
from quandary.base.memory import NUMBER, TooLarge, allowance
from quandary.engine.evaluating.contraction import contracting
from quandary.engine.evaluating.logarithms import Logarithms, in_batches, over
from quandary.engine.expressions import Book, ExpressionNode, ExpressionStep, Input

TOO_SMALL = 1e-200
"""A joint probability below this is taken again through logarithms, unless it is structurally zero."""

KEPT_AT_LEAST = 64 << 20
KEPT = 16
"""An evaluation goes on holding arrays for questions to come up to this part of its share of the memory allowed."""

Barred = Callable[[], Mapping[Input, Array]]

Run = Callable[["Evaluation"], None]
"""Computes one node; the evaluation is handed over, not held, so that no circle keeps arrays alive."""


class Evaluation:
    """Values of a book's nodes for given tables; a table that changes makes only its dependents stale.

    Arrays are allocated once per node and reused, so an array handed out is valid until the next change. ``barred``
    returns, for policies with barred options, 1 or 0 per entry, and ``logarithms`` holds those of policies too small
    for a float: both matter only to beliefs where probabilities vanish. ``held`` counts the bytes of the arrays made
    here; more than a worker's share of the budget is refused before anything is made (``memory.TooLarge``).
    ``keeps_nothing``: nobody relies on arrays after the next value is asked for, so that they may be dropped to make
    room.
    """

    def __init__(
        self, book: Book, tables: Mapping[Input, Array], barred: Barred = dict, *, keeps_nothing: bool = False
    ) -> None:
        self.book = book
        self.tables = dict(tables)
        self._barred = barred
        self.logarithms: dict[Input, Array] = {}
        self._arrays: dict[int, Array] = {}
        self._runs: dict[int, Run] = {}
        self._fresh: set[int] = set()
        self._users: dict[int, list[int]] = {}
        self._leaves: dict[Input, set[int]] = {}
        self._masks: dict[int, Mask] = {}
        self._widths: dict[int, int] = {}
        self._spare = keeps_nothing
        self.held = 0

    @cached_property
    def allowed(self) -> Mapping[Input, Array]:
        """Return, for policies with barred options, 1 or 0 per entry."""
        return self._barred()

    def put(self, source: Input, values: Array) -> None:
        """Set a changing table (axes as in its input node); nodes that depend on it become stale."""
        self.tables[source] = values
        self._widths.clear()
        for number in self._dependents(source, fresh=False):
            gone = self._arrays.pop(number, None)
            if gone is not None and self.book.nodes[number].operands:
                self.held -= gone.nbytes
            self._runs.pop(number, None)
            self._fresh.discard(number)

    def touched(self, source: Input) -> None:
        """Say that a changing table was altered in place; nodes that depend on it become stale."""
        self._fresh.difference_update(self._dependents(source, fresh=True))

    def show(self, tables: Mapping[Input, Array]) -> None:
        """Copy other numbers into tables of the same shapes; what depends on them becomes stale."""
        for source, values in tables.items():
            np.copyto(self.tables[source], values)
            self.touched(source)
        self._masks.clear()

    def value(self, number: int) -> Array:
        """Return the node's array: its axes in order, worlds (or one) last."""
        if number not in self._fresh:
            stale = self._stale(number)
            if any(n not in self._arrays for n in stale):
                stale = self._with_room(number, stale)
            for needed in stale:
                self.compute(needed)
        return self._arrays[number]

    def _with_room(self, number: int, stale: list[int]) -> list[int]:
        """Return what has to be computed for a node, after making sure that there is room for it."""
        most = allowance().share
        need = self._bytes(stale)
        if self._spare and self.held and self.held + need > most:
            self.forget()
            stale = self._stale(number)
            need = self._bytes(stale)
        if self.held + need > most:
            nodes = self.book.nodes
            largest = max(stale, key=lambda n: nodes[n].size if nodes[n].operands else 0)
            raise TooLarge(self.held + need, max(self._width(n) for n in stale), nodes[largest].axes)
        return stale

    def shrink(self) -> None:
        """Drop every array made here where they are many: what is asked next computes them anew."""
        if self.held > max(KEPT_AT_LEAST, allowance().share // KEPT):
            self.forget()

    def forget(self) -> None:
        """Drop every array made here."""
        made = [n for n in self._arrays if self.book.nodes[n].operands]
        for number in made:
            del self._arrays[number]
            self._runs.pop(number, None)
        self._fresh.difference_update(made)
        self._masks.clear()
        self.held = 0

    def _bytes(self, numbers: list[int]) -> int:
        """Return the bytes of the arrays that have yet to be made for these nodes."""
        total = 0
        for number in numbers:  # operands first, so that no width is looked for far down
            node, width = self.book.nodes[number], self._width(number)
            if number not in self._arrays and node.operands:
                total += NUMBER * node.size * width
        return total

    def _width(self, number: int) -> int:
        """Return in how many worlds a node is worked out: one where nothing in it varies."""
        if number not in self._widths:
            node = self.book.nodes[number]
            if number in self._arrays:
                found = self._arrays[number].shape[-1]
            elif node.source is not None:
                found = self.tables[node.source].shape[-1]
            else:
                found = max(self._width(n) for n in node.operands)
            self._widths[number] = found
        return self._widths[number]

    def compute(self, number: int) -> None:
        """Compute one node whose operands are fresh."""
        run = self._runs.get(number)
        if run is None:
            run = self._bind(number)
            self._runs[number] = run
        run(self)
        self._fresh.add(number)

    def supply(self, number: int, values: Array) -> None:
        """Take a node's value as given until a table below it changes; copied, or kept if it is the node's first."""
        if number in self._arrays:
            np.copyto(self._arrays[number], values)
        else:
            self._arrays[number] = values
            self._note_users(number)
        self._fresh.add(number)

    def _dependents(self, source: Input, *, fresh: bool) -> list[int]:
        """Return the nodes computed from a table (only those still fresh, if so asked), the table's own included."""
        stack = list(self._leaves.get(source, ()))
        found: set[int] = set()
        while stack:
            number = stack.pop()
            if number not in found and (number in self._fresh or not fresh):
                found.add(number)
                stack.extend(self._users.get(number, ()))
        return list(found)

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
            self._leaves.setdefault(node.source, set()).add(number)
            self._arrays[number] = self.tables[node.source]
            return _nothing
        self._note_users(number)
        operands = [(self.book.nodes[n], self._arrays[n]) for n in node.operands]
        worlds = max(array.shape[-1] for _, array in operands)
        shape = tuple(self.book.cardinality[a] for a in node.axes)
        out = np.empty((*shape, worlds))
        self._arrays[number] = out
        self.held += out.nbytes
        if node.step is ExpressionStep.SUM:
            return _adding(node, operands, out)
        if node.step is ExpressionStep.SHARE:
            return _dividing(node, operands, out)
        contract = contracting(node, operands, out)

        def run(_: Evaluation) -> None:
            contract()

        return run

    def _note_users(self, number: int) -> None:
        for operand in self.book.nodes[number].operands:
            users = self._users.setdefault(operand, [])
            if number not in users:
                users.append(number)

    def tables_in(self, worlds: NDArray[np.intp]) -> Mapping[Input, Array]:
        """Return the tables in some worlds."""
        return {k: t if t.shape[-1] == 1 else t[..., worlds] for k, t in self.tables.items()}

    def possible(self, number: int) -> Mask:
        """Return where a joint probability is not zero by chance or by what is barred, whatever is chosen."""
        if number not in self._masks:
            free = {k: np.ones_like(t[..., :1]) if k.kind == "policy" else t for k, t in self.tables.items()}
            width = max(table.shape[-1] for table in free.values())
            batches, parts = in_batches(self.book, number, np.arange(width)), []
            for some in batches:
                shown = {k: t if t.shape[-1] == 1 else t[..., some] for k, t in free.items()}
                parts.append(np.asarray(Logarithms(self.book, shown, self.allowed).value(number) > -np.inf))
            self._masks[number] = parts[0] if parts[0].shape[-1] < len(batches[0]) else np.concatenate(parts, axis=-1)
        return self._masks[number]


def _nothing(_: Evaluation) -> None:
    return None


def _dividing(node: ExpressionNode, operands: list[tuple[ExpressionNode, Array]], out: Array) -> Run:
    (whole_node, whole), array = operands[1], operands[0][1]
    divisor = np.empty_like(whole)
    view = over(node.axes, whole_node, divisor)
    hidden = tuple(a for a in node.axes if a not in whole_node.axes)
    joint, total = node.operands

    def divide(evaluation: Evaluation) -> None:
        np.copyto(divisor, whole)
        small = divisor < TOO_SMALL
        if not small.any():
            np.divide(array, view, out=out)
            return
        divisor[small] = 1.0
        np.divide(array, view, out=out)
        worlds = np.flatnonzero((small & evaluation.possible(total)).reshape(-1, divisor.shape[-1]).any(axis=0))
        for some in in_batches(evaluation.book, joint, worlds):
            known = {source: table[..., some] for source, table in evaluation.logarithms.items()}
            logs = Logarithms(evaluation.book, evaluation.tables_in(some), evaluation.allowed, known)
            out[..., some] = logs.belief(joint, hidden)

    return divide


def _adding(node: ExpressionNode, operands: list[tuple[ExpressionNode, Array]], out: Array) -> Run:
    views = [over(node.axes, operand, array) for operand, array in operands]
    partial = [np.broadcast_shapes(views[0].shape, views[1].shape)]
    for view in views[2:]:
        partial.append(np.broadcast_shapes(partial[-1], view.shape))
    targets = [out if shape == out.shape else np.empty(shape) for shape in partial]

    def add(_: Evaluation) -> None:
        np.add(views[0], views[1], out=targets[0])
        for before, view, target in zip(targets[:-1], views[2:], targets[1:], strict=True):
            np.add(before, view, out=target)

    return add
