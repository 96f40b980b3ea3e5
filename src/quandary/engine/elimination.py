"""Variable elimination as a plan: which tables to multiply and which axes to sum out, in a cheap order.

The order is greedy: always the variable whose elimination leaves the smallest table (Koller & Friedman 2009,
*Probabilistic Graphical Models*, section 9.4).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from quandary.engine.expressions import Book


def eliminate(book: Book, factors: Iterable[int], keep: Collection[str]) -> int:
    """Return the product of ``factors`` summed over every axis not in ``keep``; at least one factor is needed."""
    remaining = list(factors)
    keep = set(keep)
    while True:
        free = {a for n in remaining for a in book.nodes[n].axes} - keep
        if not free:
            return _multiply(book, remaining, keep)
        chosen = min(sorted(free), key=lambda axis: _cost(book, remaining, axis))
        touched = [n for n in remaining if chosen in book.nodes[n].axes]
        remaining = [n for n in remaining if chosen not in book.nodes[n].axes]
        others = {a for n in remaining for a in book.nodes[n].axes}
        remaining.append(_multiply(book, touched, keep | others))


def _cost(book: Book, factors: list[int], axis: str) -> tuple[int, int]:
    touched = [n for n in factors if axis in book.nodes[n].axes]
    union = {a for n in touched for a in book.nodes[n].axes}
    return book.entries(union - {axis}), len(touched)


def _multiply(book: Book, factors: list[int], keep: set[str]) -> int:
    """Return the product of the factors over ``keep``, the two smallest first, summing out as early as possible."""
    remaining = list(factors)
    if len(remaining) == 1:
        return book.marginal(remaining[0], keep)
    while len(remaining) > 1:
        left, right = _cheapest_pair(book, remaining)
        remaining.remove(left)
        remaining.remove(right)
        others = {a for n in remaining for a in book.nodes[n].axes}
        remaining.append(book.product(left, right, keep | others))
    return remaining[0]


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
