"""Decisions that, by odds of 0 % or barred options alone, never arise, or always do: a warning."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from quandary.base.problems import Problem, Severity
from quandary.case.logic.arising import arising_table
from quandary.case.logic.possible_cells import may_be
from quandary.case.model import DecisionEvent
from quandary.compile.compiler import Model
from quandary.game.diagram import Chance
from quandary.game.graphs.possible import possible_cases

PROBED = " "
"""The name of a variable that looks at what a decision's condition looks at; no case can have it."""

MIDDLE = 0.5


def arising_faults(model: Model) -> Iterator[Problem]:
    """Yield a warning for each decision whose condition no play can meet, and for each that every play meets."""
    deciding = [item for item in model.case.story if isinstance(item, DecisionEvent) and item.when is not None]
    if not deciding:
        return
    diagram = model.diagram({name: np.full(1, MIDDLE) for name in model.names}, worlds=1).diagram
    for item in deciding:
        assert item.when is not None
        may = may_be(model.case, item.when)
        if may is not None and not all(may):
            continue  # its condition alone says so, which is a fault of its own (Q193)
        table = arising_table(model.case, item)
        assert table is not None
        probe = Chance(PROBED, ("seen",), table.axes)
        possible = possible_cases(replace(diagram, variables=(*diagram.variables, probe)), PROBED)
        if possible is None:
            continue
        holds = table.values[..., 0] > 0
        hint = "look for odds of 0 %, an option that `only` bars, and the `when` of an earlier decision"
        if not (possible & holds).any():
            message = f'"{item.id}" never arises: nothing in the case can lead to its condition'
            yield Problem("Q196", message, item.when.place, hint, Severity.WARNING)
        elif not (possible & ~holds).any():
            message = f'"{item.id}" always arises: nothing in the case can make its condition fail'
            yield Problem("Q196", message, item.when.place, hint, Severity.WARNING)
