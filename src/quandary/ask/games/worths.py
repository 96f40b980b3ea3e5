"""Worth beside payoff: a stake's bare worth rides along in the diagram under an owner who never chooses.

A utility of the diagram is weight times worth. Questions about one stake (``E(actor.stake)``, ``clash``,
``swing``) are about its worth on the stake's own scale. Carried as a utility of ``worth of ACTOR`` it passes
through interventions and pruning like the others and changes no behaviour.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from quandary.base.arrays import Array
from quandary.compile.compiler import CompiledCase, StakeKey
from quandary.game.diagram import Diagram, Utility
from quandary.game.table import Table


def keeper(actor: str) -> str:
    """Return the owner's name under which the worth of an actor's stakes rides along."""
    return f"worth of {actor}"


def with_worths(compiled: CompiledCase, seen_by: Sequence[str] = ()) -> Diagram:
    """Return the diagram with every stake's worth added as a utility of its keeper, by the tables actors believe in.

    The tables of those who see it otherwise are put over the case's own, one after the other. Where somebody believes
    in another worth, every view of the game has it over the same variables, so that its graph is the same for all.
    """
    diagram, worths, utilities = compiled.diagram, compiled.worths, compiled.diagram.utilities
    if compiled.beliefs and any(believed.worths for believed in compiled.beliefs.values()):
        worths, utilities = _believed_worths(compiled, seen_by)
    if seen_by:
        believed = {name: table for actor in seen_by for name, table in compiled.beliefs[actor].odds.items()}
        diagram = replace(diagram, tables={**diagram.tables, **believed})
    added = tuple(Utility(stake, keeper(actor), table) for (actor, stake), table in worths.items())
    return replace(diagram, utilities=utilities + added)


def _believed_worths(
    compiled: CompiledCase, seen_by: Sequence[str]
) -> tuple[Mapping[StakeKey, Table], tuple[Utility, ...]]:
    """Return the worths and utilities that actors believe in, over all variables that anybody has them depend on."""
    own = {key: table for actor in seen_by for key, table in compiled.beliefs[actor].worths.items()}
    worths, utilities = dict(compiled.worths), []
    for utility in compiled.diagram.utilities:
        key = (utility.player, utility.name)
        others = [believed.worths[key] for believed in compiled.beliefs.values() if key in believed.worths]
        if others:
            worth = own.get(key, compiled.worths[key])
            weight = weight_table(compiled, key)
            names = {name for table in (*others, compiled.worths[key], weight) for name in table.axes}
            axes = tuple(v.name for v in compiled.diagram.variables if v.name in names)
            worths[key] = _over(compiled.diagram, worth, axes)
            product = Table(axes, worths[key].values * weight.over(axes))
            utilities.append(replace(utility, table=product))
        else:
            utilities.append(utility)
    return worths, tuple(utilities)


def _over(diagram: Diagram, table: Table, axes: tuple[str, ...]) -> Table:
    """Return the same table over more variables."""
    shape = (*(diagram.cardinality(name) for name in axes), table.worlds)
    return Table(axes, np.broadcast_to(table.over(axes), shape).copy())


def of_choosers(diagram: Diagram) -> Diagram:
    """Return the diagram with the utilities of those who choose only: what a solver needs."""
    choosers = {decision.player for decision in diagram.decisions}
    return replace(diagram, utilities=tuple(u for u in diagram.utilities if u.player in choosers))


def spread(compiled: CompiledCase, key: StakeKey) -> Array:
    """Return a stake's highest minus lowest worth, ``(W,)`` or ``(1,)``."""
    cells = compiled.worths[key].values.reshape(-1, compiled.worths[key].worlds)
    return np.asarray(cells.max(axis=0) - cells.min(axis=0))


def weight_table(compiled: CompiledCase, key: StakeKey) -> Table:
    """Return a stake's normalised weight; one for a stake that counts in points as it stands."""
    return compiled.weights.get(key, Table((), np.ones(1)))
