"""Circles and orders among points of which each relies on some others, given as ``relied[p]``: those p relies on.

Only what ordering the work of a solve needs, so that a run need not wait for a graph library to load.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable, Sequence

Relied = Sequence[frozenset[int]]


def circles(relied: Relied) -> list[frozenset[int]]:
    """Return the strongly connected components of ``range(len(relied))``, those relied upon first.

    Tarjan (1972), "Depth-first search and linear graph algorithms", *SIAM Journal on Computing* 1, without recursion.
    """
    found: list[frozenset[int]] = []
    number: dict[int, int] = {}
    lowest: dict[int, int] = {}
    open_: list[int] = []
    closed: set[int] = set()
    for start in range(len(relied)):
        if start in number:
            continue
        trail = [(start, iter(relied[start]))]
        number[start] = lowest[start] = len(number)
        open_.append(start)
        while trail:
            point, others = trail[-1]
            for other in others:
                if other not in number:
                    number[other] = lowest[other] = len(number)
                    open_.append(other)
                    trail.append((other, iter(relied[other])))
                    break
                if other not in closed:
                    lowest[point] = min(lowest[point], number[other])
            else:
                trail.pop()
                if trail:
                    before = trail[-1][0]
                    lowest[before] = min(lowest[before], lowest[point])
                if lowest[point] == number[point]:
                    members = {open_.pop()}
                    while point not in members:
                        members.add(open_.pop())
                    closed |= members
                    found.append(frozenset(members))
    return found


def in_order(points: Collection[int], relied: Relied, rank: Sequence[int]) -> list[int]:
    """Return the points, each after those among them that it relies on; where that leaves a choice, by ``rank``.

    Kahn (1962), "Topological sorting of large networks", *Communications of the ACM* 5. Points in a circle, and those
    that rely on them, are left out.
    """
    among = set(points)
    waits = {p: len(relied[p] & among) for p in among}
    freed: dict[int, list[int]] = {p: [] for p in among}
    for p in among:
        for q in relied[p] & among:
            freed[q].append(p)
    ready = [(rank[p], p) for p in among if not waits[p]]
    heapq.heapify(ready)
    order = []
    while ready:
        _, chosen = heapq.heappop(ready)
        order.append(chosen)
        for p in freed[chosen]:
            waits[p] -= 1
            if not waits[p]:
                heapq.heappush(ready, (rank[p], p))
    return order


def relied_upon(points: Iterable[int], relied: Relied) -> set[int]:
    """Return the points and all that they rely on, directly or through others."""
    found = set(points)
    waiting = list(found)
    while waiting:
        fresh = relied[waiting.pop()] - found
        found |= fresh
        waiting.extend(fresh)
    return found
