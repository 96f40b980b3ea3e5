"""Bimatrix games the slow exact way, for tests: vertices by solving every choice of equations, regrets from the
definition, maximal bicliques of the graph of extreme equilibria by networkx. Shares nothing with ``solve``. Whole
numbers stand for fractions where only their proportions matter, which is twenty times as fast in Python."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import cache
from math import comb, lcm
from operator import add, mul

import networkx as nx

Row = tuple[Fraction, ...]
Matrix = Sequence[Sequence[Fraction]]
Pair = tuple[Row, Row]
Weights = Sequence[int]
"""A mixture that need not sum to one."""

Payoffs = tuple[tuple[int, ...], ...]

SYSTEMS_AT_MOST = 2_000


def numerators(values: Sequence[Fraction]) -> tuple[int, ...]:
    """Return whole numbers in the same proportions, the values times what clears their denominators."""
    common = lcm(*(value.denominator for value in values))
    return tuple(value.numerator * (common // value.denominator) for value in values)


def scaled(matrix: Matrix) -> Payoffs:
    """Return payoffs in whole numbers, those of a player times one number: no equilibrium changes by that."""
    width = len(matrix[0])
    flat = numerators([value for row in matrix for value in row])
    return tuple(flat[start : start + width] for start in range(0, len(flat), width))


def normalized(weights: Sequence[int]) -> Row:
    total = sum(weights)
    return tuple(Fraction(weight, total) for weight in weights)


def solved(rows: list[list[int]]) -> list[int] | None:
    """Return the solution of a square system given with its right-hand sides, times a whole number above zero; that
    number comes last. ``None`` if it has not exactly one solution.

    Elimination without fractions (Bareiss 1968, *Mathematics of Computation* 22): each division leaves no rest.
    """
    table = [row[:] for row in rows]
    size, last = len(table), 1
    for column in range(size):
        pivot = next((r for r in range(column, size) if table[r][column]), None)
        if pivot is None:
            return None
        table[column], table[pivot] = table[pivot], table[column]
        top = table[column]
        head = top[column]
        for r in range(size):
            if r != column:
                factor = table[r][column]
                table[r] = [(head * v - factor * w) // last for v, w in zip(table[r], top, strict=True)]
        last = head
    sign = -1 if last < 0 else 1
    return [sign * row[-1] for row in table] + [sign * last]


def best_replies(mixture: Weights, other: Payoffs) -> frozenset[int]:
    """Return the best replies to a mixture of the rows of ``other`` (the other player's payoffs, its strategies the
    columns)."""
    paid = [sum(map(mul, mixture, column)) for column in zip(*other, strict=True)]
    best = max(paid)
    return frozenset(j for j, v in enumerate(paid) if v == best)


@cache
def vertices(other: Payoffs) -> dict[Row, frozenset[int]] | None:
    """Return the mixtures at which as many of (weight zero, best reply) hold as fix it, with their best replies.

    These are the vertices of the best-answer polytope but its origin. ``None`` where there are too many systems.
    """
    own, replies = len(other), len(other[0])
    if comb(own + replies, own) > SYSTEMS_AT_MOST:
        return None
    low = min(map(min, other)) - 1
    columns = [[v - low for v in column] for column in zip(*other, strict=True)]
    found: dict[Row, frozenset[int]] = {}
    for tight in itertools.combinations(range(own + replies), own):
        rows = [[int(k == t) for k in range(own)] + [0] if t < own else [*columns[t - own], 1] for t in tight]
        solution = solved(rows)
        if solution is None:
            continue
        *point, one = solution
        if min(point) < 0 or not any(point) or any(sum(map(mul, point, column)) > one for column in columns):
            continue
        found[normalized(point)] = best_replies(point, other)
    return found


def turned(matrix: Payoffs) -> Payoffs:
    return tuple(zip(*matrix, strict=True))


def regret(first: Payoffs, second: Payoffs, x: Weights, y: Weights) -> int:
    """Return the largest gain that either player could make, from the definition, times both sums of weights."""
    rows = [sum(map(mul, row, y)) for row in first]
    columns = [sum(map(mul, column, x)) for column in zip(*second, strict=True)]
    mine: int = max(rows) * sum(x) - sum(map(mul, x, rows))
    yours: int = max(columns) * sum(y) - sum(map(mul, y, columns))
    return max(mine, yours)


def extreme_equilibria(first: Payoffs, second: Payoffs) -> list[Pair] | None:
    """Return all pairs of vertices with regret zero."""
    sides = vertices(second), vertices(turned(first))
    if sides[0] is None or sides[1] is None:
        return None
    xs, ys = ([(row, numerators(row)) for row in side] for side in sides if side is not None)
    return [(x, y) for x, own in xs for y, other in ys if regret(first, second, own, other) == 0]


def degenerate(other: Payoffs) -> bool | None:
    """Return whether some mixture of k strategies has more than k best replies (von Stengel 2002, definition 2.6).

    If one has, so has a vertex: the mixtures in its support that have all these best replies are a polytope.
    """
    found = vertices(other)
    return None if found is None else any(len(b) > sum(1 for p in x if p) for x, b in found.items())


def maximal_subsets(pairs: Sequence[Pair]) -> set[frozenset[Pair]]:
    """Return the maximal sets X x Y all of whose pairs are listed: maximal cliques, sides made complete (Avis,
    Rosenberg, Savani & von Stengel 2010, *Economic Theory* 42, section 5)."""
    xs, ys = (list(dict.fromkeys(pair[k] for pair in pairs)) for k in (0, 1))
    place = [{row: n for n, row in enumerate(rows)} for rows in (xs, ys)]
    graph: nx.Graph[tuple[int, int]] = nx.Graph()
    for k, rows in enumerate((xs, ys)):
        nodes = [(k, n) for n in range(len(rows))]
        graph.add_nodes_from(nodes)
        graph.add_edges_from(itertools.combinations(nodes, 2))
    graph.add_edges_from(((0, place[0][x]), (1, place[1][y])) for x, y in pairs)
    found = set()
    for clique in nx.find_cliques(graph):
        left, right = ([(xs, ys)[k][n] for side, n in clique if side == k] for k in (0, 1))
        if left and right:
            found.add(frozenset(itertools.product(left, right)))
    return found


def connected(pairs: Sequence[Pair]) -> set[frozenset[Pair]]:
    """Return which extreme equilibria hang together: those that share a player's mixture, and so on."""
    graph: nx.Graph[tuple[int, Row]] = nx.Graph(((0, x), (1, y)) for x, y in pairs)
    parts = list(nx.connected_components(graph))
    return {frozenset(pair for pair in pairs if (0, pair[0]) in part) for part in parts}


def mixtures(rows: Sequence[Row], weights: Iterable[list[int]]) -> list[Weights]:
    """Return every midpoint of two of the rows, and mixtures of all of them with the weights given."""
    flat = numerators([p for row in rows for p in row])
    width = len(rows[0])
    even = [flat[start : start + width] for start in range(0, len(flat), width)]  # all with the same sum
    midpoints = [tuple(map(add, a, b)) for a, b in itertools.combinations(even, 2)]
    columns = list(zip(*even, strict=True))
    return midpoints + [tuple(sum(map(mul, own, column)) for column in columns) for own in weights]
