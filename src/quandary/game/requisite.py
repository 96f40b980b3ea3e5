"""Requisite observations: which of the things a decision observes can matter to its owner, and which cannot.

Let U be the utilities of D's owner below D. An observation X of D is *not requisite* if X is d-separated from
U given D and D's other observations (Nielsen & Jensen 1999, *UAI 15*; Lauritzen & Nilsson 2001, *Management
Science* 47; used for games by Koller & Milch 2003). Decisions count as variables with unknown rules, so the
criterion holds whatever others do:

- E[U | observations, d] does not depend on X for any tables and any rules on the graph, and the owner's
  utilities that are not below D do not depend on d given the observations. So the *differences* between
  options do not depend on X, nor does any rule that is a function of these differences: a logit response, a
  best response with a stated rule for ties.
- Hence in every quantal response equilibrium, at every precision, D's rule ignores X; the equilibria of the
  game with and without the arc X -> D are the same, and so is the branch that connects them.
- Without the arc more separations hold; repeat until nothing changes. Two observations that may each be
  dropped may both be dropped (intersection property of d-separation), so the fixed point does not depend on
  the order.

An observation on which the allowed options depend is always kept. Another's move that is a signal stays
requisite as long as what its sender saw, and its receiver remembers, changes what it reveals: that is a path
through an observed collider.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from quandary.game.constants import settle_constants
from quandary.game.diagram import Decision, Diagram
from quandary.game.dseparation import travels
from quandary.game.graph import Graph, graph_of, utility_node


@dataclass(frozen=True, eq=False)
class Pruned:
    """``diagram`` with every decision's parents cut to what can matter; ``dropped`` names per decision what
    went."""

    diagram: Diagram
    dropped: Mapping[str, tuple[str, ...]]


def prune(diagram: Diagram, *, constants: bool = True) -> Pruned:
    """Return an equivalent diagram in which decisions observe only what can matter to their owners.

    With ``constants`` (the default) variables that have the same state in every world for certain, as after a
    ``do`` or where ``only`` leaves one option, are first removed from the parents of everything else
    (``constants.py``). Turn it off where the same rules will be used after an unforeseen change of such a
    variable, or where only structure may count.
    """
    settled = settle_constants(diagram) if constants else diagram
    parents = requisite_observations(settled)
    variables = tuple(replace(v, parents=parents[v.name]) if isinstance(v, Decision) else v for v in settled.variables)
    dropped = {
        d.name: tuple(p for p in d.parents if p not in parents[d.name])
        for d in diagram.decisions
        if len(d.parents) > len(parents[d.name])
    }
    return Pruned(replace(settled, variables=variables), dropped)


def requisite_observations(diagram: Diagram) -> dict[str, tuple[str, ...]]:
    """Return for each decision the observations that can matter to its owner, in their given order."""
    own: dict[str, set[str]] = {}
    for utility in diagram.utilities:
        own.setdefault(utility.player, set()).add(utility_node(utility))
    stakes = {d.name: own.get(d.player, set()) for d in diagram.decisions}
    fixed = {d.name: _binding(diagram, d.name) for d in diagram.decisions}
    reduced = minimal_reduction(graph_of(diagram), stakes, fixed)
    return {d.name: tuple(reduced.parents[d.name]) for d in diagram.decisions}


def minimal_reduction(
    graph: Graph, stakes: Mapping[str, Collection[str]], fixed: Mapping[str, Collection[str]] | None = None
) -> Graph:
    """Return the graph without the arcs into decisions that cannot matter.

    ``stakes`` names, for each decision in order of time, the utility nodes of its owner; ``fixed`` names
    observations to keep whatever the graph says.
    """
    arcs_in = {name: list(parents) for name, parents in graph.parents.items()}
    arcs_out = {name: set(children) for name, children in graph.children.items()}
    reduced = Graph(arcs_in, arcs_out)  # a live view: dropping an arc below changes it
    changed = True
    while changed:
        changed = False
        for decision in reversed(list(stakes)):
            observed = arcs_in[decision]
            below = reduced.descendants([decision]) & set(stakes[decision])
            needed = travels(reduced, below, [decision, *observed]).visited | set((fixed or {}).get(decision, ()))
            for parent in set(observed) - needed:
                arcs_out[parent].discard(decision)
                changed = True
            arcs_in[decision] = [parent for parent in observed if parent in needed]
    return reduced


def _binding(diagram: Diagram, decision: str) -> set[str]:
    """Return the observations on which the allowed options depend."""
    table = diagram.allowed.get(decision)
    return set(table.axes) - {decision} if table is not None else set()
