"""d-separation by the Bayes ball, on graphs that may hold decisions and utilities.

Decisions count as random variables with a rule nobody fixed yet. Method: R. D. Shachter (1998), "Bayes-Ball:
The Rational Pastime", *Proceedings of UAI 14*, 480-487. A ball is sent from the sources; it passes through
unobserved nodes, bounces back to the parents of an observed node when it came from a parent, and is stopped
by an observed node when it came from a child. The cost is linear in the nodes it visits.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from quandary.game.graphs.graph import Graph


@dataclass(frozen=True)
class Travels:
    """Where the ball went.

    ``visited``: nodes (observed or not) with an active path to a source. ``sent_up``: nodes that passed the
    ball on to their parents, so that their *mechanism* (conditional table or decision rule, seen as one more
    parent) has an active path to a source: Shachter's requisite probability nodes.
    """

    visited: frozenset[str]
    sent_up: frozenset[str]


def travels(graph: Graph, sources: Iterable[str], observed: Collection[str]) -> Travels:
    """Return where the Bayes ball goes from unobserved ``sources`` when ``observed`` is known."""
    known = frozenset(observed)
    up: set[str] = set()
    down: set[str] = set()
    seen: set[str] = set()
    schedule = [(s, True) for s in sources if s not in known]
    while schedule:
        node, from_child = schedule.pop()
        seen.add(node)
        is_known = node in known
        if from_child and is_known:
            continue
        if (from_child or is_known) and node not in up:
            up.add(node)
            schedule.extend((parent, True) for parent in graph.parents[node])
        if not is_known and node not in down:
            down.add(node)
            schedule.extend((child, False) for child in graph.children[node])
    return Travels(frozenset(seen), frozenset(up))


@dataclass(frozen=True)
class ManyTravels:
    """Where many balls went: per node a number whose bit k is set if ball k did (see ``Travels``)."""

    visited: Mapping[str, int]
    sent_up: Mapping[str, int]


def many_travels(graph: Graph, sources: Mapping[str, int], observed: Mapping[str, int]) -> ManyTravels:
    """Return where many balls go at once: bit k of ``sources[node]`` sends ball k from it, if not observed there.

    ``observed[node]`` has bit k set where ball k finds the node observed. Sweeps against and along the order of time
    carry all balls together, until nothing changes: few sweeps, each linear in arcs.
    """
    names = list(graph.parents)
    known = {name: observed.get(name, 0) for name in names}
    begin = {name: sources.get(name, 0) & ~known[name] for name in names}
    up = dict.fromkeys(names, 0)
    down = dict.fromkeys(names, 0)
    seen = dict.fromkeys(names, 0)
    forward = False
    idle = 0
    while idle < 2:
        changed = False
        for name in names if forward else reversed(names):
            from_child = begin[name]
            for child in graph.children[name]:
                from_child |= up[child]
            from_parent = 0
            for parent in graph.parents[name]:
                from_parent |= down[parent]
            free = ~known[name]
            new_up = (from_child & free) | (from_parent & known[name])
            new_down = (from_child | from_parent) & free
            new_seen = from_child | from_parent
            if new_up != up[name] or new_down != down[name] or new_seen != seen[name]:
                up[name], down[name], seen[name] = new_up, new_down, new_seen
                changed = True
        idle = 0 if changed else idle + 1
        forward = not forward
    return ManyTravels(seen, up)
