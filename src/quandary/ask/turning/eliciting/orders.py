"""An order from pairs: which pair to ask next, the order that the answers make, and the circle where they contradict.

Pairs are asked by binary insertion (Knuth 1998, *The Art of Computer Programming* 3, 5.3.1), which needs few; then one
pair that follows only by way of others is asked as a check.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Pair = tuple[str, str]


@dataclass(frozen=True)
class PairedOrder:
    """What pairs of things make, each pair with the worse first.

    ``order`` runs from worst to best, ``None`` while ``next`` is to be asked or the answers run in a ``circle``: each
    of it worse than the one after it, the last worse than the first.
    """

    order: tuple[str, ...] | None
    next: Pair | None = None
    circle: tuple[str, ...] = ()


def paired_order(things: Sequence[str], worse: Sequence[Pair], *, checks: int = 1) -> PairedOrder:
    """Return the order of things from answers ``(worse, better)``, or what is to be asked next."""
    below: dict[str, set[str]] = {thing: set() for thing in things}
    for first, second in worse:
        below[second].add(first)
    circle = _circle(things, below)
    if circle:
        return PairedOrder(None, None, circle)
    order: list[str] = []
    for thing in things:
        low, high = 0, len(order)
        while low < high:
            middle = (low + high) // 2
            other = order[middle]
            if _is_below(below, thing, other):
                high = middle
            elif _is_below(below, other, thing):
                low = middle + 1
            else:
                return PairedOrder(None, (thing, other))
        order.insert(low, thing)
    checked = _to_check(order, worse)
    if checked is not None and len(set(map(frozenset, worse))) < _needed(order, worse) + checks:
        return PairedOrder(None, checked)
    return PairedOrder(tuple(order))


def _needed(order: Sequence[str], worse: Sequence[Pair]) -> int:
    """Return how many of the pairs the order needs: those that follow from no others."""
    places = {thing: at for at, thing in enumerate(order)}
    asked = set(worse)
    return sum(1 for first, second in asked if not _follows(places, asked - {(first, second)}, first, second))


def _follows(places: Mapping[str, int], pairs: set[Pair], first: str, second: str) -> bool:
    reached, open_ones = {first}, [first]
    while open_ones:
        at = open_ones.pop()
        for low, high in pairs:
            if low == at and high not in reached:
                reached.add(high)
                open_ones.append(high)
    return second in reached


def _to_check(order: Sequence[str], worse: Sequence[Pair]) -> Pair | None:
    """Return the pair farthest apart that nobody was asked, better first, so that habit gives no right answer."""
    asked = set(map(frozenset, worse))
    for apart in range(len(order) - 1, 0, -1):
        for at in range(len(order) - apart):
            if frozenset((order[at], order[at + apart])) not in asked:
                return order[at + apart], order[at]
    return None


def _is_below(below: Mapping[str, set[str]], first: str, second: str) -> bool:
    open_ones, seen = [second], {second}
    while open_ones:
        for lower in below[open_ones.pop()]:
            if lower == first:
                return True
            if lower not in seen:
                seen.add(lower)
                open_ones.append(lower)
    return False


def _circle(things: Sequence[str], below: Mapping[str, set[str]]) -> tuple[str, ...]:
    """Return things each worse than the next, the last worse than the first; nothing where there are none."""
    for thing in things:
        path: list[str] = [thing]
        found = _path_down(below, thing, thing, path, set())
        if found:
            return tuple(reversed(path[:-1]))
    return ()


def _path_down(below: Mapping[str, set[str]], at: str, wanted: str, path: list[str], seen: set[str]) -> bool:
    for lower in sorted(below[at]):
        path.append(lower)
        if lower == wanted:
            return True
        if lower not in seen:
            seen.add(lower)
            if _path_down(below, lower, wanted, path, seen):
                return True
        path.pop()
    return False
