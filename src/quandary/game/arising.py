"""Decisions that arise only sometimes, in a game: their last state is that they do not, which nobody chooses.

``Diagram.allowed`` bars that state where the decision arises, and every option where it does not.
"""

from __future__ import annotations

import numpy as np

from quandary.game.diagram import Chance, Decision, Diagram
from quandary.game.reduction.constants import point_mass
from quandary.game.table import Table
from quandary.language.vocabulary import NOT_ARISING


def may_not_arise(variable: Chance | Decision) -> bool:
    """Return whether a variable has the state of not arising."""
    return variable.states[-1:] == (NOT_ARISING,) and len(variable.states) > 1


def options_of(variable: Chance | Decision) -> tuple[str, ...]:
    """Return a variable's states but that of not arising: of a decision, what there is to choose."""
    return variable.states[:-1] if may_not_arise(variable) else variable.states


def arising(diagram: Diagram, name: str) -> Table | None:
    """Return 1 where a decision arises and 0 where it does not, over what says so; ``None`` where it always does.

    One whose rule stands as chance says so by its rule. The last axis is 1.
    """
    variable = diagram.variable(name)
    if not may_not_arise(variable):
        return None
    if isinstance(variable, Decision):
        table = diagram.allowed.get(name)
        return None if table is None else Table(table.axes[:-1], 1.0 - table.values[..., -1, :])
    table = diagram.tables[name]
    never = (table.values[..., -1, :] == 1.0).all(axis=-1, keepdims=True)
    return Table(table.axes[:-1], np.asarray(~never, dtype=np.float64))


def set_table(diagram: Diagram, name: str, state: int) -> Table:
    """Return the table of a variable that is set: its state for certain, of a decision wherever it arises."""
    return where_it_arises(diagram, name, point_mass(name, diagram.cardinality(name), state))


def where_it_arises(diagram: Diagram, name: str, rule: Table) -> Table:
    """Return a rule, over some variables and the decision, that holds where the decision arises; it does not elsewhere.

    The rule itself where it always arises.
    """
    where = arising(diagram, name)
    if where is None:
        return rule
    axes = (*where.axes, *(axis for axis in rule.axes[:-1] if axis not in where.axes))
    there = where.over(axes)[..., None, :]
    never = point_mass(name, diagram.cardinality(name), diagram.cardinality(name) - 1)
    return Table((*axes, name), there * rule.over((*axes, name)) + (1.0 - there) * never.values)
