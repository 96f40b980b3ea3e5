"""The Bayes ball against the moral-graph criterion and against an explicit mechanism node."""

from __future__ import annotations

import itertools

import networkx as nx
import numpy as np
import pytest
from tests.game.graph_alone import separated

from quandary.game import Graph, graph_from_parents, travels


def random_graph(rng: np.random.Generator, nodes: int = 7) -> Graph:
    names = [f"n{i}" for i in range(nodes)]
    return graph_from_parents({n: [m for m in names[:i] if rng.random() < 0.35] for i, n in enumerate(names)})


def moral_separation(graph: Graph, first: set[str], second: set[str], given: set[str]) -> bool:
    """Lauritzen et al. (1990): marry the parents in the ancestral graph, drop ``given``, and look for a
    path."""
    kept = graph.ancestors(first | second | given)
    moral: nx.Graph[str] = nx.Graph()
    moral.add_nodes_from(kept)
    for node in kept:
        moral.add_edges_from((p, node) for p in graph.parents[node])
        moral.add_edges_from(itertools.combinations(graph.parents[node], 2))
    moral.remove_nodes_from(given)
    return not any(nx.has_path(moral, a, b) for a in first - given for b in second - given)


@pytest.mark.parametrize("seed", range(60))
def test_agrees_with_moral_graph(seed: int) -> None:
    rng = np.random.default_rng(seed)
    graph = random_graph(rng)
    names = list(graph.parents)
    for _ in range(30):
        roles = rng.integers(4, size=len(names))
        first, second, given = ({n for n, r in zip(names, roles, strict=True) if r == k} for k in range(3))
        assert separated(graph, first, second, given) == moral_separation(graph, first, second, given)


@pytest.mark.parametrize("seed", range(60))
def test_mechanism_is_one_more_parent(seed: int) -> None:
    rng = np.random.default_rng(seed)
    graph = random_graph(rng)
    names = list(graph.parents)
    given = {n for n in names if rng.random() < 0.4}
    targets = {n for n in names if n not in given and rng.random() < 0.3}
    found = travels(graph, targets, given).sent_up
    for name in names:
        extended = graph_from_parents(
            {"rule": (), **graph.parents, name: (*graph.parents[name], "rule")},
        )
        assert (name in found) == (not separated(extended, {"rule"}, targets, given))


def test_a_collider_opens_when_a_descendant_is_seen() -> None:
    graph = graph_from_parents({"a": (), "b": (), "c": ("a", "b"), "seen": ("c",)})
    assert separated(graph, {"a"}, {"b"})
    assert not separated(graph, {"a"}, {"b"}, {"seen"})
    assert not separated(graph, {"a"}, {"b"}, {"c"})


def test_observed_sources_send_no_ball() -> None:
    graph = graph_from_parents({"a": (), "b": ("a",)})
    assert travels(graph, {"a"}, {"a"}).visited == frozenset()
