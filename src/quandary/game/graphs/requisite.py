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

An observation on which the allowed options depend, or what is usual, is always kept. Another's move that is a signal
stays requisite as long as what its sender saw, and its receiver remembers, changes what it reveals: that is a path
through an observed collider.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from quandary.game.diagram import Chance, Decision, Diagram, Utility
from quandary.game.graphs.dseparation import ManyTravels, many_travels, travels
from quandary.game.graphs.graph import Graph, graph_of, in_order_of_time, utility_node
from quandary.game.reduction.constants import settle_constants
from quandary.game.table import Table

TOGETHER_AT_MOST = 20
"""Rounds in which all decisions are looked at together, before one round takes them one by one."""


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
    scopes = tuple((u.name, u.player, u.table.axes) for u in diagram.utilities)
    fixed = tuple((d.name, frozenset(binding(diagram, d.name))) for d in diagram.decisions)
    return dict(_requisite_in(diagram.variables, scopes, fixed))


@lru_cache(maxsize=256)
def _requisite_in(
    variables: tuple[Chance | Decision, ...],
    scopes: tuple[tuple[str, str, tuple[str, ...]], ...],
    fixed: tuple[tuple[str, frozenset[str]], ...],
) -> Mapping[str, tuple[str, ...]]:
    """Return the same from the structure alone, which blocks of worlds have in common.

    ``scopes`` are the utilities as (name, player, axes).
    """
    blank = {n: np.empty((0,) * (n + 1)) for n in {len(axes) for _, _, axes in scopes}}
    utilities = tuple(Utility(name, player, Table(axes, blank[len(axes)])) for name, player, axes in scopes)
    bare = Diagram(variables, {}, utilities, {})
    reduced = minimal_reduction(graph_of(bare), stakes_of(bare), dict(fixed))
    return {d.name: tuple(reduced.parents[d.name]) for d in bare.decisions}


def stakes_of(diagram: Diagram) -> dict[str, tuple[str, ...]]:
    """Return for each decision, in order of time, the utility nodes of its owner."""
    own: dict[str, list[str]] = {}
    for utility in diagram.utilities:
        own.setdefault(utility.player, []).append(utility_node(utility))
    return {d.name: tuple(own.get(d.player, ())) for d in diagram.decisions}


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
    kept = {decision: set((fixed or {}).get(decision, ())) for decision in stakes}
    for rounds in itertools.count():
        needed = (_needed_one_by_one if rounds == TOGETHER_AT_MOST else _needed_together)(reduced, stakes)
        changed = False
        for decision, requisite in needed:
            observed = arcs_in[decision]
            for parent in set(observed) - requisite - kept[decision]:
                arcs_out[parent].discard(decision)
                arcs_in[decision].remove(parent)
                changed = True
        if not changed:
            return reduced
    raise AssertionError("unreachable")


def _needed_together(graph: Graph, stakes: Mapping[str, Collection[str]]) -> Iterator[tuple[str, set[str]]]:
    """Yield each decision with its requisite observations, all found on the graph as it is now."""
    balls = decision_balls(graph, stakes)
    for k, decision in enumerate(stakes):
        yield decision, {p for p in graph.parents[decision] if balls.visited[p] >> k & 1}


def _needed_one_by_one(graph: Graph, stakes: Mapping[str, Collection[str]]) -> Iterator[tuple[str, set[str]]]:
    """Yield the same, last decision first, each on the graph that the ones before have left: for long cascades."""
    for decision in reversed(list(stakes)):
        observed = graph.parents[decision]
        below = graph.descendants([decision]) & set(stakes[decision])
        yield decision, set(observed) & travels(graph, below, [decision, *observed]).visited


def decision_balls(graph: Graph, stakes: Mapping[str, Collection[str]]) -> ManyTravels:
    """Return where the balls go that start, for each decision, at its owner's utilities below it.

    The decision and what it observes are known. Ball k is that of the k-th decision.
    """
    below = dict.fromkeys(graph.parents, 0)
    known = dict.fromkeys(graph.parents, 0)
    for k, decision in enumerate(stakes):
        below[decision] |= 1 << k
        for name in (decision, *graph.parents[decision]):
            known[name] |= 1 << k
    for name in in_order_of_time(graph.parents):
        for parent in graph.parents[name]:
            below[name] |= below[parent]
    sources = dict.fromkeys(graph.parents, 0)
    for k, own in enumerate(stakes.values()):
        for utility in own:
            sources[utility] |= below[utility] & 1 << k
    return many_travels(graph, sources, known)


def binding(diagram: Diagram, decision: str) -> set[str]:
    """Return the observations on which the allowed options depend, or what is usual."""
    tables = [known[decision] for known in (diagram.allowed, diagram.usual) if decision in known]
    return {axis for table in tables for axis in table.axes} - {decision}
