"""Variables that are certain: absorbed into the tables that depend on them, so that the game to solve is
smaller.

A chance variable is constant if one state has probability one for all parents in all worlds, a decision if
its only allowed option is the same at all its information sets. Both make others constant in turn: where
unrest is set to ``none`` nobody may ask for troops, so none are sent and no operation has an outcome.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from quandary.base.arrays import Array
from quandary.game.diagram import Chance, Decision, Diagram, Utility
from quandary.game.table import Table


def settle_constants(diagram: Diagram) -> Diagram:
    """Return the same game with no constant variable among the parents of any other variable or utility.

    The constants themselves stay, without parents, so that probabilities and conditions on them still make
    sense. Information sets that contradict a constant have probability zero and are no longer represented.
    """
    known: dict[str, int] = {}
    variables: list[Chance | Decision] = []
    tables: dict[str, Table] = {}
    allowed: dict[str, Table] = {}
    usual: dict[str, Table] = {}
    for variable in diagram.variables:
        parents = tuple(p for p in variable.parents if p not in known)
        if isinstance(variable, Chance):
            tables[variable.name] = at_states(diagram.tables[variable.name], known)
            state = _certain_state(tables[variable.name])
            if state is not None:
                tables[variable.name] = point_mass(variable.name, len(variable.states), state)
        else:
            state = 0 if len(variable.states) == 1 else None
            if variable.name in diagram.allowed:
                allowed[variable.name] = at_states(diagram.allowed[variable.name], known)
                state = _certain_state(allowed[variable.name])
                if state is not None:
                    allowed[variable.name] = point_mass(variable.name, len(variable.states), state)
            if state is None and variable.name in diagram.usual:
                usual[variable.name] = at_states(diagram.usual[variable.name], known)
        if state is not None:
            known[variable.name] = state
            parents = ()
        variables.append(replace(variable, parents=parents))
    if not known:
        return diagram
    utilities = tuple(Utility(u.name, u.player, at_states(u.table, known)) for u in diagram.utilities)
    return replace(
        diagram, variables=tuple(variables), tables=tables, utilities=utilities, allowed=allowed, usual=usual
    )


def constants_of(diagram: Diagram) -> dict[str, int]:
    """Return the state of every variable that is certain in a settled diagram."""
    known = {}
    for variable in diagram.variables:
        table = (diagram.tables if isinstance(variable, Chance) else diagram.allowed).get(variable.name)
        if table is None or table.axes != (variable.name,) or table.worlds != 1:
            continue
        column = table.values[:, 0]
        if column.sum() == 1.0 and column.max() == 1.0:
            known[variable.name] = int(column.argmax())
    return known


def at_states(table: Table, known: Mapping[str, int]) -> Table:
    """Return the table at the known states of some of its axes, which it then no longer has."""
    if not any(axis in known for axis in table.axes):
        return table
    index = tuple(known.get(axis, slice(None)) for axis in table.axes)
    return Table(tuple(a for a in table.axes if a not in known), np.ascontiguousarray(table.values[index]))


def rule_at_states(rule: Table, known: Mapping[str, int]) -> Table:
    """Return a decision's rule at the known states; of a decision that is itself certain, its one option."""
    name = rule.axes[-1]
    if name in known:
        return point_mass(name, rule.values.shape[-2], known[name])
    return at_states(rule, known)


def point_mass(name: str, cardinality: int, state: int) -> Table:
    """Return the table over one variable that gives probability one to ``state`` in every world."""
    values: Array = np.zeros((cardinality, 1))
    values[state] = 1.0
    return Table((name,), values)


def _certain_state(table: Table) -> int | None:
    """Return the state that the last axis has for certain under all other axes and in all worlds, or
    ``None``."""
    first = table.values[..., 0]
    if ((first != 0.0) & (first != 1.0)).any():
        return None
    own = np.moveaxis(table.values, -2, 0).reshape(table.values.shape[-2], -1)
    certain = np.flatnonzero((own == 1.0).all(axis=1))
    if len(certain) != 1:
        return None
    others = np.delete(own, certain[0], axis=0)
    return int(certain[0]) if (others == 0.0).all() else None
