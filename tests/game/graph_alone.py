"""What a graph alone says, before any number is known: built on the package's d-separation and requisite observations.

After Everitt, Carey, Langlois, Ortega & Legg (2021), "Agent incentives: a causal perspective", *AAAI 35*, for diagrams
with a single decision. *Admits* means: for some tables on this graph the thing is strictly positive. So published
answers about incentives try ``travels`` and ``minimal_reduction``.
"""

from __future__ import annotations

import json
from collections.abc import Collection

from quandary.game import Graph, graph_from_parents, in_order_of_time, minimal_reduction, travels


def separated(graph: Graph, first: Collection[str], second: Collection[str], given: Collection[str] = ()) -> bool:
    """Return whether every path between ``first`` and ``second`` is blocked by ``given``."""
    known = frozenset(given)
    return not (frozenset(second) - known) & travels(graph, first, known).visited


def value_of_information(graph: Graph, decision: str, utilities: Collection[str]) -> frozenset[str]:
    """Return the variables that could be worth observing: requisite if an arc to the decision were added."""
    below = graph.descendants([decision])
    stakes = below & set(utilities)
    found = set()
    for name in graph.parents:
        known = {decision, *graph.parents[decision]} - {name}
        if name not in below and not separated(graph, [name], stakes, known):
            found.add(name)
    return frozenset(found)


def value_of_control(graph: Graph, decision: str, utilities: Collection[str]) -> frozenset[str]:
    """Return the variables, decision aside, that could be worth setting: with a path to utility after pruning."""
    reduced = minimal_reduction(graph, {decision: utilities})
    return frozenset(reduced.ancestors(utilities) - {decision})


def response_incentive(graph: Graph, decision: str, utilities: Collection[str]) -> frozenset[str]:
    """Return the variables to whose changes the best decision could respond: with a path to it after pruning."""
    reduced = minimal_reduction(graph, {decision: utilities})
    return frozenset(reduced.ancestors([decision]) - {decision})


def instrumental_control_incentive(graph: Graph, decision: str, utilities: Collection[str]) -> frozenset[str]:
    """Return what the decision could be made to steer: on a path from the decision to utility, ends included."""
    return frozenset(graph.descendants([decision]) & graph.ancestors(utilities))


def with_arcs_dropped(graph: Graph, arcs: Collection[tuple[str, str]]) -> Graph:
    return graph_from_parents(
        {name: [p for p in parents if (p, name) not in arcs] for name, parents in graph.parents.items()}
    )


def read_sketch(text: str) -> tuple[Graph, dict[str, str], dict[str, str]]:
    """Return a graph without numbers, and who owns each decision and each utility."""
    top = json.loads(text)
    parents: dict[str, list[str]] = {}
    for start, end in top["edges"]:
        parents.setdefault(start, [])
        parents.setdefault(end, []).append(start)
    decisions, utilities = (
        {name: player for player, own in top[key].items() for name in own} for key in ("decisions", "utilities")
    )
    for name in [*decisions, *utilities]:
        parents.setdefault(name, [])
    return graph_from_parents({name: parents[name] for name in in_order_of_time(parents)}), decisions, utilities
