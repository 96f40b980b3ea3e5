"""Orders and circles among points, against a graph library and against complete searches."""

from __future__ import annotations

from itertools import combinations
from random import Random

import networkx as nx
import pytest

from quandary.game import Agenda
from quandary.solve import Relied, circles, in_order, relied_upon
from quandary.solve.points.agenda import _in_a_circle


def _random(random: Random, most: int = 9) -> Relied:
    count, density = random.randint(1, most), random.choice((0.05, 0.15, 0.3, 0.6))
    loops = random.random() < 0.25
    return [frozenset(q for q in range(count) if (q != p or loops) and random.random() < density) for p in range(count)]


def _graph(relied: Relied) -> nx.DiGraph[int]:
    graph: nx.DiGraph[int] = nx.DiGraph()
    graph.add_nodes_from(range(len(relied)))
    graph.add_edges_from((q, p) for p, others in enumerate(relied) for q in others)
    return graph


@pytest.mark.parametrize("seed", range(200))
def test_circles_are_the_strongly_connected_components_those_relied_upon_first(seed: int) -> None:
    relied = _random(Random(seed), 25)
    found = circles(relied)
    assert sorted(map(sorted, found)) == sorted(map(sorted, nx.strongly_connected_components(_graph(relied))))
    at = {p: place for place, circle in enumerate(found) for p in circle}
    assert all(at[q] <= at[p] for p, others in enumerate(relied) for q in others)


@pytest.mark.parametrize("seed", range(200))
def test_points_are_ordered_as_the_library_orders_them_or_told_to_be_in_a_circle(seed: int) -> None:
    random = Random(seed)
    relied = _random(random, 12)
    rank = random.sample(range(len(relied)), len(relied))
    graph = _graph(relied)
    order = in_order(range(len(relied)), relied, rank)
    if nx.is_directed_acyclic_graph(graph):
        assert order == list(nx.lexicographical_topological_sort(graph, key=rank.__getitem__))
    else:
        circled = {p for p in graph if any(p in c for c in nx.simple_cycles(graph))}
        held_up = circled.union(*(nx.descendants(graph, p) for p in circled))
        assert sorted(order) == sorted(set(graph) - held_up)
    start = random.randrange(len(relied))
    assert relied_upon([start], relied) == {start} | nx.ancestors(graph, start)


@pytest.mark.parametrize("seed", range(200))
def test_an_agenda_is_that_of_a_complete_search(seed: int) -> None:
    random = Random(seed)
    relied = _random(random)
    order = random.sample(range(len(relied)), len(relied))
    weights = tuple(random.randint(0, 4) for _ in relied)
    assert _in_a_circle(tuple(order), tuple(relied), weights) == _searched(order, relied, weights)


def _searched(order: list[int], relied: Relied, weights: tuple[int, ...]) -> Agenda:
    """Return the agenda by the library's graphs: the cheapest carriers of each circle, then fewest, then first."""
    graph = _graph(relied)
    carriers: set[int] = set()
    for members in nx.strongly_connected_components(graph):
        loops = {p for p in members if graph.has_edge(p, p)}
        rest = sorted(members - loops)
        choices = [set(c) for count in range(len(rest) + 1) for c in combinations(rest, count)]
        cuts = [c for c in choices if nx.is_directed_acyclic_graph(graph.subgraph(set(rest) - c))]
        cheapest = min(cuts, key=lambda c: (bool(c), sum(weights[p] for p in c), len(c)))
        carriers |= loops | cheapest
    cut = graph.copy()
    cut.remove_edges_from([(q, p) for q in carriers for p in graph.successors(q)])
    rank = {p: place for place, p in enumerate(order)}
    whole = list(nx.lexicographical_topological_sort(cut, key=rank.__getitem__))
    needed = carriers.union(*(nx.ancestors(graph, c) for c in carriers))
    return Agenda(
        tuple(p for p in whole if p in carriers),
        tuple(p for p in whole if p in needed - carriers),
        tuple(p for p in whole if p not in needed),
    )


@pytest.mark.slow
def test_a_long_chain_and_a_long_circle_do_not_exhaust_the_stack() -> None:
    count = 20_000
    chain: Relied = [frozenset({p - 1} if p else ()) for p in range(count)]
    around: Relied = [frozenset({(p - 1) % count}) for p in range(count)]
    assert len(circles(chain)) == count
    assert in_order(range(count), chain, range(count)) == list(range(count))
    assert circles(around) == [frozenset(range(count))]
    assert in_order(range(count), around, range(count)) == []
