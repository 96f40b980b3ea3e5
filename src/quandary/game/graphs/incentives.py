"""What a graph alone says about one decision-maker's incentives, before any number is known.

After Everitt, Carey, Langlois, Ortega & Legg (2021), "Agent incentives: a causal perspective", *AAAI 35*, for diagrams
with a single decision. *Admits* means: for some tables on this graph the thing is strictly positive.
"""

from __future__ import annotations

from collections.abc import Collection

from quandary.game.graphs.dseparation import separated
from quandary.game.graphs.graph import Graph, graph_from_parents
from quandary.game.graphs.requisite import minimal_reduction


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
    """Return the graph without these arcs (from, to)."""
    return graph_from_parents(
        {name: [p for p in parents if (p, name) not in arcs] for name, parents in graph.parents.items()}
    )
