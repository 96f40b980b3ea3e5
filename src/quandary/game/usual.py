"""What is usual at a diagram's decisions: how each choice divides where all options are worth the same."""

from __future__ import annotations

import numpy as np

from quandary.base.arrays import Array
from quandary.game.diagram import Decision, Diagram
from quandary.game.table import Table


def usual_rule(diagram: Diagram, decision: Decision, worlds: int = 1) -> Table:
    """Return the rule over all parents that divides as is usual among the allowed options, evenly by default.

    Its last axis is ``worlds`` or as long as that of what is usual.
    """
    axes = (*decision.parents, decision.name)
    shape = [diagram.cardinality(axis) for axis in axes]
    allowed = diagram.allowed.get(decision.name)
    options = np.ones((*shape, worlds)) * (1.0 if allowed is None else allowed.over(axes))
    if decision.name in diagram.usual:
        options = options * diagram.usual[decision.name].over(axes)
    return Table(axes, options / options.sum(axis=-2, keepdims=True))


def usual_logarithms(diagram: Diagram, decision: Decision) -> Array | None:
    """Return what is usual as a decision point has it, ``(sets, options, W or 1)``, ``None`` where that is evenly.

    A view that takes no room where it is the same at every set.
    """
    table = diagram.usual.get(decision.name)
    if table is None:
        return None
    axes = (*decision.parents, decision.name)
    weights = table.over(axes)
    if decision.name in diagram.allowed:
        weights = weights * (diagram.allowed[decision.name].over(axes) > 0.0)
    with np.errstate(divide="ignore"):
        logs = np.log(weights / weights.max(axis=-2, keepdims=True))
    sets = 1
    for parent in decision.parents:
        sets *= diagram.cardinality(parent)
    own = (*logs.shape[-2:],)
    if logs.size == logs[(0,) * len(decision.parents)].size:
        return np.broadcast_to(logs.reshape(own), (sets, *own))
    shape = (*(diagram.cardinality(parent) for parent in decision.parents), *own)
    return np.broadcast_to(logs, shape).reshape(sets, *own)
