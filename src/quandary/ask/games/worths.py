"""Worth beside payoff: a stake's bare worth rides along in the diagram under an owner who never chooses.

A utility of the diagram is weight times worth. Questions about one stake (``E(actor.stake)``, ``clash``,
``swing``) are about its worth on the stake's own scale. Carried as a utility of ``worth of ACTOR`` it passes
through interventions and pruning like the others and changes no behaviour.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from quandary.base.arrays import Array
from quandary.compile.compiler import CompiledCase, StakeKey
from quandary.game.diagram import Diagram, Utility
from quandary.game.table import Table


def keeper(actor: str) -> str:
    """Return the owner's name under which the worth of an actor's stakes rides along."""
    return f"worth of {actor}"


def with_worths(compiled: CompiledCase) -> Diagram:
    """Return the diagram with every stake's worth added as a utility of its keeper."""
    added = tuple(Utility(stake, keeper(actor), table) for (actor, stake), table in compiled.worths.items())
    return replace(compiled.diagram, utilities=compiled.diagram.utilities + added)


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
