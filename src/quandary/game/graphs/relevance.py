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

import heapq
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from quandary.base.arrays import Mask
from quandary.game.diagram import Diagram
from quandary.game.graphs.graph import graph_of
from quandary.game.graphs.requisite import decision_balls, stakes_of


def reliances(diagram: Diagram) -> Mapping[str, tuple[str, ...]]:
    """Return for each decision the decisions that it relies on, both in order of time."""
    relied = reliance_matrix(diagram)
    names = [d.name for d in diagram.decisions]
    return {name: tuple(names[j] for j in np.flatnonzero(relied[i])) for i, name in enumerate(names)}


def reliance_matrix(diagram: Diagram) -> Mask:
    """Return ``[i, j]``: whether the i-th decision relies on the j-th, in order of time."""
    balls = decision_balls(graph_of(diagram), stakes_of(diagram))
    decisions = diagram.decisions
    size = (len(decisions) + 7) // 8
    rows = [np.frombuffer(balls.sent_up[d.name].to_bytes(size, "little"), dtype=np.uint8) for d in decisions]
    if not rows:
        return np.zeros((0, 0), dtype=np.bool_)
    bits = np.unpackbits(np.stack(rows), axis=1, count=len(decisions), bitorder="little").astype(np.bool_)
    np.fill_diagonal(bits, False)
    return bits.T


def components(diagram: Diagram) -> tuple[tuple[str, ...], ...]:
    """Return the strongly connected components of the relevance graph, those relied upon first.

    Where the graph leaves the order open, later decisions come first. Inside a component decisions stand in order
    of time. A component of one decision can be solved by itself once those before it are settled; a larger one is a
    game of its own.
    """
    names = [d.name for d in diagram.decisions]
    relied = reliance_matrix(diagram)
    label = _components_of(relied)
    members = [np.flatnonzero(label == c) for c in range(label.max(initial=-1) + 1)]
    between = np.zeros((len(members), len(members)), dtype=np.bool_)
    ends, starts = np.nonzero(relied)
    between[label[ends], label[starts]] = True
    np.fill_diagonal(between, False)
    waits_for = between.sum(axis=1)
    ready = [(-int(own[-1]), c) for c, own in enumerate(members) if not waits_for[c]]
    heapq.heapify(ready)
    order = []
    while ready:
        _, chosen = heapq.heappop(ready)
        order.append(tuple(names[i] for i in members[chosen]))
        for freed in np.flatnonzero(between[:, chosen]).tolist():
            waits_for[freed] -= 1
            if not waits_for[freed]:
                heapq.heappush(ready, (-int(members[freed][-1]), freed))
    return tuple(order)


def _components_of(relied: Mask) -> NDArray[np.int32]:
    """Return the number of each decision's strongly connected component."""
    from scipy.sparse.csgraph import connected_components

    if not len(relied):
        return np.zeros(0, dtype=np.int32)
    _, label = connected_components(relied, directed=True, connection="strong")
    return np.asarray(label, dtype=np.int32)
