"""Variable elimination as a plan: which tables to multiply and which axes to sum out, in a cheap order.

The order is greedy: always the variable whose elimination leaves the smallest table (Koller & Friedman 2009,
*Probabilistic Graphical Models*, section 9.4). Costs are kept up to date only around what changed, so that planning a
long chain takes time in proportion to its length.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable

from quandary.engine.expressions import Book


def eliminate(book: Book, factors: Iterable[int], keep: Collection[str]) -> int:
    """Return the product of ``factors`` summed over every axis not in ``keep``; at least one factor is needed."""
    work = _Work(book, factors, frozenset(keep))
    while (axis := work.next()) is not None:
        work.sum_out(axis)
    return multiply(book, work.remaining(), work.keep)


def multiply(book: Book, factors: Iterable[int], keep: Collection[str]) -> int:
    """Return the product of the factors over ``keep``, the cheapest pair first, summing out as early as possible."""
    remaining = list(factors)
    if len(remaining) == 1:
        return book.marginal(remaining[0], keep)
    while len(remaining) > 1:
        left, right = _cheapest_pair(book, remaining)
        remaining.remove(left)
        remaining.remove(right)
        others = {a for n in remaining for a in book.nodes[n].axes}
        remaining.append(book.product(left, right, others.union(keep)))
    return remaining[0]


class _Work:
    """The factors still to be multiplied, found by axis, and the axes in order of the cost of summing them out."""

    def __init__(self, book: Book, factors: Iterable[int], keep: frozenset[str]) -> None:
        self.book = book
        self.keep = keep
        self._by_axis: dict[str, list[int]] = {}
        self._bare: list[int] = []
        self._heap: list[tuple[tuple[int, int], str]] = []
        self._cost: dict[str, tuple[int, int]] = {}
        for factor in factors:
            self._place(factor)
        for axis in self._by_axis:
            self._price(axis)

    def next(self) -> str | None:
        """Return the cheapest axis to sum out, ``None`` when only kept axes are left."""
        while self._heap:
            cost, axis = heapq.heappop(self._heap)
            if axis in self._by_axis and self._cost.get(axis) == cost:
                return axis
        return None

    def sum_out(self, axis: str) -> None:
        """Multiply the factors that mention the axis and sum it out."""
        touched = list(self._by_axis[axis])
        around = {a for n in touched for a in self.book.nodes[n].axes}
        for factor in touched:
            for other in self.book.nodes[factor].axes:
                self._by_axis[other].remove(factor)
        alone = {a for a in around if a not in self.keep and not self._by_axis[a]}
        self._place(multiply(self.book, touched, around - alone))
        for other in around:
            if not self._by_axis[other]:
                del self._by_axis[other]
            else:
                self._price(other)

    def remaining(self) -> list[int]:
        """Return the factors left, each once."""
        return list(dict.fromkeys([*self._bare, *(n for found in self._by_axis.values() for n in found)]))

    def _place(self, factor: int) -> None:
        axes = self.book.nodes[factor].axes
        for axis in axes:
            self._by_axis.setdefault(axis, []).append(factor)
        if not axes:
            self._bare.append(factor)

    def _price(self, axis: str) -> None:
        if axis in self.keep:
            return
        touched = self._by_axis[axis]
        union = {a for n in touched for a in self.book.nodes[n].axes}
        here = set(touched)
        alone = {a for a in union if a not in self.keep and here.issuperset(self._by_axis[a])}
        cost = (self.book.entries(union - alone), len(touched))
        if self._cost.get(axis) != cost:
            self._cost[axis] = cost
            heapq.heappush(self._heap, (cost, axis))


def _cheapest_pair(book: Book, factors: list[int]) -> tuple[int, int]:
    best: tuple[int, int, int] | None = None
    for i, left in enumerate(factors):
        for right in factors[i + 1 :]:
            size = book.entries(set(book.nodes[left].axes) | set(book.nodes[right].axes))
            if best is None or size < best[0]:
                best = (size, left, right)
    if best is None:
        raise ValueError("a product needs two factors")
    return best[1], best[2]
