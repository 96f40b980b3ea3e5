"""The bare graph of a diagram: who points to whom, utilities included as childless nodes."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from quandary.game.diagram import Decision, Diagram, Utility


def utility_node(utility: Utility) -> str:
    """Return the name of a utility's node, ``player.name``, since two players may name a stake alike."""
    return f"{utility.player}.{utility.name}"


@dataclass(frozen=True)
class Graph:
    """A directed acyclic graph. ``parents`` and ``children`` both name every node; ``parents`` keeps the
    order of time."""

    parents: Mapping[str, Collection[str]]
    children: Mapping[str, Collection[str]]

    def descendants(self, names: Iterable[str]) -> set[str]:
        """Return ``names`` and everything that can be reached from them along the arcs."""
        return closure(names, self.children)

    def ancestors(self, names: Iterable[str]) -> set[str]:
        """Return ``names`` and everything from which they can be reached along the arcs."""
        return closure(names, self.parents)


def graph_from_parents(parents: Mapping[str, Collection[str]]) -> Graph:
    """Return the graph in which each key has the given parents (themselves keys)."""
    children: dict[str, list[str]] = {name: [] for name in parents}
    for name, sources in parents.items():
        for source in sources:
            children[source].append(name)
    return Graph({n: tuple(p) for n, p in parents.items()}, children)


def in_order_of_time(parents: Mapping[str, Collection[str]]) -> list[str]:
    """Return the names, parents before children, else as given; those on a circle or below one are left out.

    Names that already stand in such an order keep it.
    """
    names = list(parents)
    place = {name: i for i, name in enumerate(names)}
    missing = {name: len(set(own)) for name, own in parents.items()}
    children: dict[str, list[str]] = {}
    for name, own in parents.items():
        for parent in set(own):
            children.setdefault(parent, []).append(name)
    ready = [place[name] for name in names if not missing[name]]
    order = []
    while ready:
        name = names[heapq.heappop(ready)]
        order.append(name)
        for child in children.get(name, ()):
            missing[child] -= 1
            if not missing[child]:
                heapq.heappush(ready, place[child])
    return order


def graph_of(diagram: Diagram) -> Graph:
    """Return the diagram's graph: arcs into decisions are observations, arcs into utilities their
    arguments."""
    parents: dict[str, Collection[str]] = {v.name: v.parents for v in diagram.variables}
    for utility in diagram.utilities:
        parents[utility_node(utility)] = utility.table.axes
    return graph_from_parents(parents)


def own_utilities(diagram: Diagram, graph: Graph, decision: Decision) -> tuple[str, ...]:
    """Return the utility nodes that the decision's owner can still influence there: its own, below the
    decision."""
    below = graph.descendants([decision.name])
    own = [utility_node(u) for u in diagram.utilities if u.player == decision.player]
    return tuple(node for node in own if node in below)


def closure(names: Iterable[str], step: Mapping[str, Collection[str]]) -> set[str]:
    """Return ``names`` and everything reached from them step by step; circles are no trouble."""
    seen = set(names)
    stack = list(seen)
    while stack:
        for nearby in step[stack.pop()]:
            if nearby not in seen:
                seen.add(nearby)
                stack.append(nearby)
    return seen
