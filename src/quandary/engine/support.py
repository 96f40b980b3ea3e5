"""Which information sets a full-support behaviour reaches."""

from __future__ import annotations

import numpy as np

from quandary.engine.evaluation import Evaluation
from quandary.engine.expressions import Input
from quandary.engine.plan import Plan
from quandary.game.diagram import Diagram
from quandary.game.table import Array, Table


def supports(diagram: Diagram, plan: Plan) -> dict[str, Table]:
    """Return per decision a 0/1 table over its parents: 1 where every option allowed being chosen reaches the set.

    The last axis is 1 where the zeros of all chance tables are the same in every world, else W.
    """
    tables: dict[Input, Array] = {}
    for chance in diagram.chances:
        possible = diagram.tables[chance.name].values > 0.0
        same = np.logical_and.reduce(possible, axis=-1, keepdims=True)
        if np.array_equal(same, np.logical_or.reduce(possible, axis=-1, keepdims=True)):
            possible = same
        tables[Input("chance", chance.name)] = _weighed(possible.astype(np.float64))
    for decision in diagram.decisions:
        axes = (*decision.parents, decision.name)
        shape = tuple(diagram.cardinality(a) for a in axes)
        allowed = diagram.allowed.get(decision.name)
        values = np.ones((*shape, 1)) if allowed is None else allowed.over(axes)
        tables[Input("policy", decision.name)] = _weighed(np.broadcast_to(values, (*shape, 1)))
    evaluation = Evaluation(plan.book, tables)
    found: dict[str, Table] = {}
    for decision in diagram.decisions:
        node = plan.joint(decision.parents, ())
        if node is None:
            found[decision.name] = Table((), np.ones(1))
            continue
        reach = Table(plan.book.nodes[node].axes, evaluation.value(node)).over(decision.parents)
        found[decision.name] = Table(decision.parents, (reach > 0.0).astype(np.float64))
    return found


def _weighed(possible: Array) -> Array:
    """Return possibilities as probabilities over the last-named axis, so that products neither vanish nor explode."""
    total = possible.sum(axis=-2, keepdims=True)
    shares: Array = np.divide(possible, total, out=np.zeros_like(possible), where=total > 0.0)
    return shares
