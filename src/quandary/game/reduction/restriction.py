"""A diagram with some variables at a known state: smaller tables for whatever is asked given that state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from quandary.game.diagram import Behaviour, Diagram
from quandary.game.reduction.deferred import Deferred
from quandary.game.table import Table


def restricted(diagram: Diagram, behaviour: Behaviour, states: Mapping[str, int]) -> tuple[Diagram, Behaviour]:
    """Return the diagram and the behaviour with the named variables held at the states with those numbers.

    Such a variable has a single state left, and its own table keeps that state's probability: tables multiply to
    P(what is asked, the states). This is seeing, not setting. Utilities and what is usual are left out.
    """
    return (
        replace(
            diagram,
            variables=tuple(
                replace(v, states=(v.states[states[v.name]],)) if v.name in states else v for v in diagram.variables
            ),
            tables={name: sliced(table, states) for name, table in diagram.tables.items()},
            allowed={name: sliced(table, states) for name, table in diagram.allowed.items()},
            usual={},
            utilities=(),
        ),
        Deferred(behaviour, lambda name: sliced(behaviour[name], states)),
    )


def sliced(table: Table, states: Mapping[str, int]) -> Table:
    """Return the table with every axis of a named variable cut to one state; an axis of length one stays."""
    if not any(axis in states for axis in table.axes):
        return table
    index = tuple(
        slice(states[axis], states[axis] + 1) if axis in states and length > 1 else slice(None)
        for axis, length in zip(table.axes, table.values.shape[:-1], strict=True)
    )
    return Table(table.axes, table.values[index])
