"""In which order decision points are worked on, and which of them carry the fixed point.

Point p relies on q if p's values may depend on q's choices. Cut the reliance graph at a few *carriers* so that no
cycle is left: given the carriers' values, every other point follows in one pass. A fixed point of the carriers is then
a fixed point of the whole game, and the pass is exact, so only the carriers are iterated upon.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

import networkx as nx
import numpy as np

from quandary.game.protocol import DecisionPoint, Game

SEARCHED = 14
"""Up to this many points in one cycle-bound component, the cheapest set of carriers is searched completely."""


@dataclass(frozen=True)
class Agenda:
    """``carriers`` are iterated upon; ``pass_`` lists the others that the carriers rely on, each after those it
    relies on; ``after`` are the points that no carrier relies on, in the order to be settled once at the end."""

    carriers: tuple[int, ...]
    pass_: tuple[int, ...]
    after: tuple[int, ...]


def agenda_of(game: Game) -> Agenda:
    """Return the order of work for a game.

    A point at which there is nothing to choose (one option at every set in play) relies on nobody and nobody on it.
    """
    settled: set[int] = set()
    for point in game.order:
        if not game.reliance[point] <= settled:
            break
        settled.add(point)
    else:
        return Agenda((), (), tuple(game.order))
    weights = tuple(choices_at(p) for p in game.points)
    free = frozenset(p for p, weight in enumerate(weights) if weight)
    nothing: frozenset[int] = frozenset()
    reliance = tuple(relied & free if p in free else nothing for p, relied in enumerate(game.reliance))
    return _in_a_circle(tuple(game.order), reliance, weights)


def choices_at(point: DecisionPoint) -> int:
    """Return how many log-odds a point has as a carrier: options at sets in play in some world, less one each."""
    allowed = point.allowed[np.logical_or.reduce(point.in_play, axis=1)]
    return int(allowed.sum()) - len(allowed)


@lru_cache(maxsize=256)
def _in_a_circle(order: tuple[int, ...], reliance: tuple[frozenset[int], ...], weights: tuple[int, ...]) -> Agenda:
    """Return the order of work for a game in which points rely on each other; ``weights`` count a point's log-odds."""
    rank = {p: i for i, p in enumerate(order)}
    graph: nx.DiGraph[int] = nx.DiGraph()
    graph.add_nodes_from(range(len(weights)))
    graph.add_edges_from((q, p) for p, relied in enumerate(reliance) for q in relied)
    carriers: set[int] = set()
    for component in nx.strongly_connected_components(graph):
        carriers |= _carriers(graph.subgraph(component), weights, rank)
    cut = graph.copy()
    cut.remove_edges_from([(q, p) for q in carriers for p in graph.successors(q)])
    sorted_ = list(nx.lexicographical_topological_sort(cut, key=rank.__getitem__))
    wanted = set(carriers).union(*(nx.ancestors(graph, c) for c in carriers))
    return Agenda(
        tuple(p for p in sorted_ if p in carriers),
        tuple(p for p in sorted_ if p in wanted and p not in carriers),
        tuple(p for p in sorted_ if p not in wanted),
    )


def _carriers(component: nx.DiGraph[int], weights: Sequence[int], rank: dict[int, int]) -> set[int]:
    """Return points without which the component has no cycle, of small total weight."""
    forced = {p for p in component if component.has_edge(p, p)}
    rest = component.subgraph([p for p in component if p not in forced])
    if nx.is_directed_acyclic_graph(rest):
        return forced
    if len(rest) <= SEARCHED:
        return forced | _cheapest(rest, weights)
    order = sorted(rest, key=rank.__getitem__)
    place = {p: i for i, p in enumerate(order)}
    return forced | {q for q, p in rest.edges if place[q] > place[p]}


def _cheapest(graph: nx.DiGraph[int], weights: Sequence[int]) -> set[int]:
    points = sorted(graph)
    best: tuple[int, int, Collection[int]] | None = None
    for count in range(1, len(points) + 1):
        for chosen in combinations(points, count):
            cost = sum(weights[p] for p in chosen)
            if best is not None and (cost, count) >= best[:2]:
                continue
            if nx.is_directed_acyclic_graph(graph.subgraph(set(points) - set(chosen))):
                best = (cost, count, chosen)
    return set(best[2]) if best is not None else set(points)
