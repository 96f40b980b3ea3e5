"""Strategic relevance: whose rule must be known before a decision can be optimised.

Decision D *relies on* D' if D' is s-reachable from D: an extra parent of D' (its rule) has an active path to
some utility of D's owner below D, given D and all that D observes (Koller & Milch 2003, *Games and Economic
Behavior* 45, section 5). The same reading for a chance variable's table (r-reachability, Hammond et al. 2023,
*Artificial Intelligence* 320) says which changes of a table can change a rule. s-reachability is sound and,
over all tables, complete.

Under perfect recall a decision never relies on an earlier decision of its own player, because it observes
that decision and all that it observed. After pruning (``requisite.py``) the same holds, by the contraction
property of d-separation: what was pruned could not matter given the rest. A player with a cycle among its own
decisions lacks sufficient recall.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from quandary.game.diagram import Decision, Diagram
from quandary.game.dseparation import mechanisms_that_matter
from quandary.game.graph import Graph, graph_of, own_utilities

if TYPE_CHECKING:
    import networkx as nx


def relevant_mechanisms(diagram: Diagram, graph: Graph, decision: Decision) -> frozenset[str]:
    """Return the variables, chance or decision, whose table or rule the best rule at ``decision`` may depend
    on."""
    known = {decision.name, *decision.parents}
    found = mechanisms_that_matter(graph, own_utilities(diagram, graph, decision), known)
    return found & {v.name for v in diagram.variables} - {decision.name}


def reliances(diagram: Diagram) -> Mapping[str, tuple[str, ...]]:
    """Return for each decision the decisions that it relies on, both in order of time."""
    graph = graph_of(diagram)
    names = [d.name for d in diagram.decisions]
    found = {d.name: relevant_mechanisms(diagram, graph, d) for d in diagram.decisions}
    return {name: tuple(other for other in names if other in found[name]) for name in names}


def relevance_graph(diagram: Diagram) -> nx.DiGraph[str]:
    """Return the graph over decisions with an arc D' -> D where D relies on D' (so: D' is settled first)."""
    import networkx as nx

    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(d.name for d in diagram.decisions)
    for name, others in reliances(diagram).items():
        graph.add_edges_from((other, name) for other in others)
    return graph


def components(diagram: Diagram) -> tuple[tuple[str, ...], ...]:
    """Return the strongly connected components of the relevance graph, those relied upon first.

    Where the graph leaves the order open, later decisions come first. Inside a component decisions stand in
    order of time. A component of one decision can be solved by itself once those before it are settled; a
    larger one is a game of its own.
    """
    import networkx as nx

    when = {d.name: i for i, d in enumerate(diagram.decisions)}
    graph = relevance_graph(diagram)
    condensed = nx.condensation(graph)
    members = {c: tuple(sorted(condensed.nodes[c]["members"], key=when.__getitem__)) for c in condensed.nodes}
    order = nx.lexicographical_topological_sort(condensed, key=lambda c: -when[members[c][-1]])
    return tuple(members[c] for c in order)


def is_acyclic(diagram: Diagram) -> bool:
    """Return whether every component is a single decision, so that backward induction solves the game
    exactly."""
    return all(len(component) == 1 for component in components(diagram))


def has_sufficient_recall(diagram: Diagram, player: str) -> bool:
    """Return whether the relevance graph among the player's own decisions is acyclic.

    Sufficient recall is weaker than perfect recall and is all that optimising a player's decisions one at a
    time needs (Milch & Koller 2008, "Ignorable information in multi-agent scenarios", MIT technical report).
    """
    own = {d.name for d in diagram.decisions if d.player == player}
    import networkx as nx

    return bool(nx.is_directed_acyclic_graph(relevance_graph(diagram).subgraph(own)))
