"""Which information sets a full-support behaviour reaches."""

from __future__ import annotations

import numpy as np

from quandary.base.arrays import Array
from quandary.engine.evaluating.evaluation import Evaluation
from quandary.engine.expressions import Input
from quandary.engine.planning.elimination import eliminate
from quandary.engine.planning.plan import Plan
from quandary.game.diagram import Decision, Diagram
from quandary.game.table import Table


def supports(diagram: Diagram, plan: Plan) -> dict[str, Table]:
    """Return per decision a 0/1 table over its parents: 1 where play in which all is possible reaches the set.

    Only tables that hold a zero can keep a set from being reached, so only they are multiplied. The last axis is 1
    where the zeros of all chance tables are the same in every world, else W.
    """
    tables: dict[Input, Array] = {}
    for chance in diagram.chances:
        possible = diagram.tables[chance.name].values > 0.0
        same = np.logical_and.reduce(possible, axis=-1, keepdims=True)
        if np.array_equal(same, np.logical_or.reduce(possible, axis=-1, keepdims=True)):
            possible = same
        if not possible.all():
            tables[Input("chance", chance.name)] = _weighed(possible.astype(np.float64))
    tables |= {source: _weighed(allowed) for source, allowed in barred_of(diagram).items()}
    evaluation = Evaluation(plan.book, tables)
    return {d.name: _support(diagram, plan, evaluation, d) for d in diagram.decisions}


def barred_of(diagram: Diagram) -> dict[Input, Array]:
    """Return, for decisions with barred options, 1 or 0 over (*parents, decision)."""
    found: dict[Input, Array] = {}
    for decision in diagram.decisions:
        allowed = diagram.allowed.get(decision.name)
        if allowed is not None and not allowed.values.all():
            axes = (*decision.parents, decision.name)
            shape = tuple(diagram.cardinality(a) for a in axes)
            found[Input("policy", decision.name)] = np.broadcast_to(allowed.over(axes), (*shape, 1))
    return found


def _support(diagram: Diagram, plan: Plan, evaluation: Evaluation, decision: Decision) -> Table:
    shape = tuple(diagram.cardinality(a) for a in decision.parents)
    names: list[str] = []
    if evaluation.tables:
        bearing = plan.structure.ancestors(set(decision.parents))
        names = [str(source.name) for source in evaluation.tables if source.name in bearing]
    if not names:
        return Table(decision.parents, np.ones((*shape, 1)))
    with plan.book.lock:
        node = eliminate(plan.book, [plan.factor(name) for name in names], decision.parents)
    reach = Table(plan.book.nodes[node].axes, evaluation.value(node)).over(decision.parents) > 0.0
    return Table(decision.parents, np.broadcast_to(reach, (*shape, reach.shape[-1])).astype(np.float64))


def _weighed(possible: Array) -> Array:
    """Return possibilities as probabilities over the last-named axis, so that products neither vanish nor explode."""
    total = possible.sum(axis=-2, keepdims=True)
    shares: Array = np.divide(possible, total, out=np.zeros_like(possible), where=total > 0.0)
    return shares
