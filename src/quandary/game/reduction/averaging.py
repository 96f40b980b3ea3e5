"""Chance that nobody sees, averaged out: a smaller diagram with the same decisions and the same expected payoffs.

Two cases, repeated in reverse order of time until neither applies, for a chance variable that no decision observes:

- nothing but utilities depends on it: each utility is replaced by its expectation given the variable's parents;
- one other chance variable depends on it, and no utility: that one's table is averaged over it (its parents then
  include the variable's parents).

Everything else is independent of the variable given its parents, so action values at every information set,
and with them every equilibrium, stay the same. Tables that would grow beyond a limit are left as they are.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from quandary.game.diagram import Chance, Decision, Diagram, Utility
from quandary.game.table import Table

CELLS_AT_MOST = 100_000


def average_out(diagram: Diagram, *, limit: int = CELLS_AT_MOST) -> tuple[Diagram, tuple[str, ...]]:
    """Return the smaller diagram, and the variables that are no longer in it.

    ``limit``: the most entries (per world) that a table made here may have.
    """
    gone: list[str] = []
    while True:
        for chance in reversed(diagram.chances):
            smaller = _without(diagram, chance, limit)
            if smaller is not None:
                diagram = smaller
                gone.append(chance.name)
                break
        else:
            return diagram, tuple(gone)


def _without(diagram: Diagram, chance: Chance, limit: int) -> Diagram | None:
    children = [v for v in diagram.variables if chance.name in v.parents]
    paid = [u for u in diagram.utilities if chance.name in u.table.axes]
    table = diagram.tables[chance.name]
    if any(isinstance(v, Decision) for v in children) or (children and paid) or len(children) > 1:
        return None
    variables = tuple(v for v in diagram.variables if v.name != chance.name)
    tables = {name: t for name, t in diagram.tables.items() if name != chance.name}
    if not children:
        utilities = [_average(diagram, u.table, table, limit) if u in paid else u.table for u in diagram.utilities]
        if any(t is None for t in utilities):
            return None
        made = zip(diagram.utilities, utilities, strict=True)
        renewed = tuple(Utility(u.name, u.player, t) for u, t in made if t is not None)
        return replace(diagram, variables=variables, tables=tables, utilities=renewed)
    child = children[0]
    averaged = _average(diagram, diagram.tables[child.name], table, limit)
    if averaged is None:
        return None
    tables[child.name] = averaged
    grown = tuple(replace(v, parents=averaged.axes[:-1]) if v is child else v for v in variables)
    return replace(diagram, variables=grown, tables=tables)


def _average(diagram: Diagram, of: Table, over: Table, limit: int) -> Table | None:
    """Return the table ``of`` averaged over the last axis of ``over``, its own last axis last; ``None`` if
    too large."""
    gone = over.axes[-1]
    added = tuple(a for a in over.axes[:-1] if a not in of.axes)
    axes = (*added, *(a for a in of.axes if a != gone))
    if np.prod([diagram.cardinality(a) for a in axes], dtype=float) > limit:
        return None
    values = (of.over((*axes, gone)) * over.over((*axes, gone))).sum(axis=-2)
    shape = (*(diagram.cardinality(a) for a in axes), values.shape[-1])
    return Table(axes, np.ascontiguousarray(np.broadcast_to(values, shape)))
