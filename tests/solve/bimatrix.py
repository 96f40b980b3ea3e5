"""Bimatrix games the slow exact way, for tests: vertices by solving every choice of equations, regrets from the
definition, maximal bicliques of the graph of extreme equilibria by networkx. Shares nothing with ``solve``."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import comb

import networkx as nx

Row = tuple[Fraction, ...]
Matrix = Sequence[Sequence[Fraction]]
Pair = tuple[Row, Row]

SYSTEMS_AT_MOST = 2_000


def solved(rows: list[list[Fraction]]) -> Row | None:
    """Return the solution of a square system given with its right-hand sides, ``None`` if it has not exactly one."""
    table = [row[:] for row in rows]
    size = len(table)
    for column in range(size):
        pivot = next((r for r in range(column, size) if table[r][column]), None)
        if pivot is None:
            return None
        table[column], table[pivot] = table[pivot], table[column]
        head = table[column][column]
        table[column] = [v / head for v in table[column]]
        for r in range(size):
            if r != column and table[r][column]:
                factor = table[r][column]
                table[r] = [v - factor * w for v, w in zip(table[r], table[column], strict=True)]
    return tuple(row[-1] for row in table)


def best_replies(mixture: Row, other: Matrix) -> frozenset[int]:
    """Return the best replies to a mixture of the rows of ``other`` (the other player's payoffs, its strategies the
    columns)."""
    paid = [sum(p * row[j] for p, row in zip(mixture, other, strict=True)) for j in range(len(other[0]))]
    return frozenset(j for j, v in enumerate(paid) if v == max(paid))


def vertices(other: Matrix) -> dict[Row, frozenset[int]] | None:
    """Return the mixtures at which as many of (weight zero, best reply) hold as fix it, with their best replies.

    These are the vertices of the best-answer polytope but its origin. ``None`` where there are too many systems.
    """
    own, replies = len(other), len(other[0])
    if comb(own + replies, own) > SYSTEMS_AT_MOST:
        return None
    low = min(min(row) for row in other) - 1
    shifted = [[v - low for v in row] for row in other]
    found: dict[Row, frozenset[int]] = {}
    for tight in itertools.combinations(range(own + replies), own):
        rows = [
            [Fraction(int(k == t)) for k in range(own)] + [Fraction(0)]
            if t < own
            else [shifted[k][t - own] for k in range(own)] + [Fraction(1)]
            for t in tight
        ]
        point = solved(rows)
        if point is None or min(point) < 0 or not any(point):
            continue
        if any(sum(p * row[j] for p, row in zip(point, shifted, strict=True)) > 1 for j in range(replies)):
            continue
        mixture = tuple(p / sum(point) for p in point)
        found[mixture] = best_replies(mixture, other)
    return found


def turned(matrix: Matrix) -> list[list[Fraction]]:
    return [list(column) for column in zip(*matrix, strict=True)]


def regret(first: Matrix, second: Matrix, x: Row, y: Row) -> Fraction:
    """Return the largest gain that either player could make, from the definition."""
    rows = [sum((v * q for v, q in zip(row, y, strict=True)), Fraction(0)) for row in first]
    columns = [sum((v * p for v, p in zip(row, x, strict=True)), Fraction(0)) for row in turned(second)]
    mine = max(rows) - sum(p * v for p, v in zip(x, rows, strict=True))
    yours = max(columns) - sum(q * v for q, v in zip(y, columns, strict=True))
    return max(mine, yours)


def extreme_equilibria(first: Matrix, second: Matrix) -> list[Pair] | None:
    """Return all pairs of vertices with regret zero."""
    xs, ys = vertices(second), vertices(turned(first))
    if xs is None or ys is None:
        return None
    return [(x, y) for x in xs for y in ys if regret(first, second, x, y) == 0]


def degenerate(other: Matrix) -> bool | None:
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


def mixtures(rows: Sequence[Row], weights: Iterator[list[Fraction]]) -> Iterator[Row]:
    """Yield every midpoint of two of the rows, and mixtures of all of them with the weights given."""
    for a, b in itertools.combinations(rows, 2):
        yield tuple((p + q) / 2 for p, q in zip(a, b, strict=True))
    for own in weights:
        total = sum(own)
        yield tuple(
            sum((w * row[k] for w, row in zip(own, rows, strict=True)), Fraction(0)) / total
            for k in range(len(rows[0]))
        )
