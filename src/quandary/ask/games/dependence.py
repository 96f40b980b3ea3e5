"""What a case's tables truly depend on, by what is written and not by draws.

A table may name a variable that changes nothing in it: no rule mentions it, its rules say the same, its effects are
x1 or 0 points, the weight of the stake is 0. Two numbers are the same where they are written alike and neither is
uncertain by itself: two ranges are two numbers, whatever their ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from quandary.case.logic.rules import Patterns
from quandary.compile.amounts import Amount, DrawnBlock
from quandary.compile.chances import ChancePlan
from quandary.compile.compiler import Model
from quandary.compile.odds import OddsPlan
from quandary.compile.stakes import WorthPlan
from quandary.game.diagram import Chance, Decision, Diagram, Utility
from quandary.game.graphs.graph import Graph, graph_of
from quandary.game.graphs.requisite import prune
from quandary.game.table import Table
from quandary.language.printing import written
from quandary.language.syntax import is_open, names_in

Signature = tuple[object, ...]
"""What a number or a row of a table says: equal where they say the same."""


def true_graph(model: Model, diagram: Diagram) -> Graph:
    """Return the graph of a case's game with those arcs only that can carry anything.

    Observations are the requisite ones: those that can matter to the owner of the decision.
    """
    return graph_of(prune(without_idle(model, diagram), constants=False).diagram)


def moved_by_own(graph: Graph, diagram: Diagram, decision: str, player: str) -> tuple[Utility, ...]:
    """Return the stakes of a player that a decision can change, along the arcs of a ``true_graph``."""
    below = graph.descendants([decision]) | {decision}
    return tuple(
        utility for utility in diagram.utilities if utility.player == player and below & set(utility.table.axes)
    )


def without_idle(model: Model, diagram: Diagram) -> Diagram:
    """Return a case's game without the parents of chance variables and stakes that change nothing in their tables."""
    looked_at = {plan.event.id: _looked_at(plan.patterns, _rows(plan)) for plan in model.chances}
    variables: list[Chance | Decision] = []
    tables = dict(diagram.tables)
    for variable in diagram.variables:
        idle = [n for n in variable.parents if n not in looked_at.get(variable.name, variable.parents)]
        variables.append(replace(variable, parents=tuple(n for n in variable.parents if n not in idle)))
        if idle:
            tables[variable.name] = _without(diagram.tables[variable.name], idle)
    worths = {(plan.stake.actor, plan.stake.id): _looked_at(plan.patterns, _worths(plan)) for plan in model.worths}
    weights = {(stake.actor, stake.id): _weight(own) for plan in model.weights
               for stake, own in zip(plan.stakes, plan.rules, strict=True)}  # fmt: skip
    utilities = []
    for utility in diagram.utilities:
        key = utility.player, utility.name
        if key not in worths:
            utilities.append(utility)
            continue
        says, by_weight = worths[key], weights.get(key, True)
        axes = utility.table.axes
        idle = [n for n in axes if not by_weight or not says or (n not in says and n in _worth_axes(model, key))]
        utilities.append(replace(utility, table=_without(utility.table, idle)))
    return replace(diagram, variables=tuple(variables), tables=tables, utilities=tuple(utilities))


def _worth_axes(model: Model, key: tuple[str, str]) -> tuple[str, ...]:
    return next(p.patterns.axes for p in model.worths if (p.stake.actor, p.stake.id) == key)


def _weight(rules: Sequence[Amount]) -> bool:
    """Return whether a stake's weight can be other than 0."""
    return any(_signature(amount) != ("number", 0.0) for amount in rules)


def _without(table: Table, idle: Sequence[str]) -> Table:
    at = tuple(0 if name in idle else slice(None) for name in table.axes)
    return Table(tuple(name for name in table.axes if name not in idle), table.values[at])


def _looked_at(patterns: Patterns, says: Sequence[Signature]) -> frozenset[str]:
    """Return the variables by which a table's cells say something else; ``says`` is what each pattern of rules says."""
    numbers = {signature: number for number, signature in enumerate(dict.fromkeys(says))}
    cells = np.array([numbers[signature] for signature in says])[patterns.cell].reshape(patterns.shape)
    return frozenset(
        name for axis, name in enumerate(patterns.axes) if cells.shape[axis] > 1 and np.diff(cells, axis=axis).any()
    )


def _rows(plan: ChancePlan) -> list[Signature]:
    rules = [
        (*((entry.state, entry.of_rest, _signature(entry.amount)) for entry in rule.entries), rule.rest, _shares(rule))
        for rule in plan.rules
    ]
    effects = [
        tuple((state, kind, sign) for kind, some, nothing in (("+", one.points, 0.0), ("x", one.factors, 1.0))
              for state, amount in some if (sign := _signature(amount)) != ("number", nothing))
        + tuple(("shift", sign, _signature(amount)) for sign, amount in one.shifts)
        for one in plan.effects
    ]  # fmt: skip
    return _with_effects(plan.patterns, rules, effects)


def _shares(rule: OddsPlan) -> Signature:
    """Return what a rule's unknown odds say: two that are drawn apart differ."""
    if rule.shares is None:
        return ()
    own = rule.shares
    return (own.members, own.lower, own.upper, *(_signature(amount) for amount in own.amounts))


def _worths(plan: WorthPlan) -> list[Signature]:
    effects = [() if (sign := _signature(one)) == ("number", 0.0) else sign for one in plan.effects]
    return _with_effects(plan.patterns, [_signature(one) for one in plan.worth], effects)


def _with_effects(patterns: Patterns, rules: Sequence[Signature], effects: Sequence[Signature]) -> list[Signature]:
    """Return what each pattern says: its rule, and its effects that say something."""
    return [
        (rules[first], tuple(effects[number] for number in np.flatnonzero(active).tolist() if effects[number]))
        for first, active in zip(patterns.first.tolist(), patterns.active, strict=True)
    ]


def _signature(amount: Amount) -> Signature:
    own = tuple(name for name, _ in amount.leaves())
    if not own and not list(names_in(amount.quantity)) and not is_open(amount.quantity):
        return "number", float(amount.value(DrawnBlock({}, {}))[0])
    return "written", written(amount.quantity), own
