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


def with_worths(compiled: CompiledCase, seen_by_whom: Sequence[str] = ()) -> Diagram:
    """Return the diagram with every stake's worth added as a utility of its keeper, by the tables actors believe in.

    The tables of those who see it otherwise are put over the case's own, one after the other. Where somebody believes
    in another worth, every view of the game has it over the same variables, so that its graph is the same for all.
    """
    worths = compiled.worths
    if any(believed.worths for believed in compiled.beliefs.values()):
        worths = _believed_worths(compiled, seen_by_whom)
    diagram = _seen(compiled, seen_by_whom) if compiled.beliefs else compiled.diagram
    added = tuple(Utility(stake, keeper(actor), table) for (actor, stake), table in worths.items())
    return replace(diagram, utilities=diagram.utilities + added)


def seen_by(compiled: CompiledCase, actors: Sequence[str]) -> Diagram:
    """Return the game with the tables that actors believe in put over the case's own, one after the other."""
    return _seen(compiled, actors) if actors else compiled.diagram


def _seen(compiled: CompiledCase, actors: Sequence[str]) -> Diagram:
    """Return the same, every worth that somebody believes in over all variables that anybody has it depend on."""
    odds = {name: table for actor in actors for name, table in compiled.beliefs[actor].odds.items()}
    diagram = replace(compiled.diagram, tables={**compiled.diagram.tables, **odds}) if odds else compiled.diagram
    if not any(believed.worths for believed in compiled.beliefs.values()):
        return diagram
    worths = _believed_worths(compiled, actors)
    utilities = []
    for utility in diagram.utilities:
        key = (utility.player, utility.name)
        if worths.get(key) is not compiled.worths.get(key):
            weight = weight_table(compiled, key)
            product = worths[key].values * weight.over(worths[key].axes)
            utilities.append(replace(utility, table=Table(worths[key].axes, product)))
        else:
            utilities.append(utility)
    return replace(diagram, utilities=tuple(utilities))


def _believed_worths(compiled: CompiledCase, actors: Sequence[str]) -> Mapping[StakeKey, Table]:
    """Return the worths that actors believe in, over all variables that anybody has them depend on."""
    own = {key: table for actor in actors for key, table in compiled.beliefs[actor].worths.items()}
    worths = dict(compiled.worths)
    for key, worth in compiled.worths.items():
        others = [believed.worths[key] for believed in compiled.beliefs.values() if key in believed.worths]
        if others:
            names = {n for table in (*others, worth, weight_table(compiled, key)) for n in table.axes}
            axes = tuple(v.name for v in compiled.diagram.variables if v.name in names)
            worths[key] = _over(compiled.diagram, own.get(key, worth), axes)
    return worths


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
