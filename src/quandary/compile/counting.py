"""Conditions over many variables, told step by step, so that they are counted by elimination and not by one table.

An ``or`` of forty variables has a table of 2 to the 40 cells. As a chain of forty steps, each of which asks whether it
held so far or holds here, it costs what its variables cost together: a step is a chance variable that its parents
decide, and whatever eliminates variables eliminates these too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

import numpy as np

from quandary.case.logic.conditions import indicator, mentioned, shape_of
from quandary.case.model import Case
from quandary.game.diagram import Chance
from quandary.game.table import Table
from quandary.language.printing import written
from quandary.language.syntax import And, Expression, Name, Not, Or

WIDE = 1_000
"""A condition whose table has more cells than this is told in steps."""

STEP = 64
"""The most cells of a table within a step."""

SIDES = ("no", "yes")


@dataclass(frozen=True, eq=False)
class CountingStep:
    """One step: a chance variable that its parents decide, ``yes`` where a part of the condition holds."""

    variable: Chance
    table: Table


@dataclass(frozen=True, eq=False)
class Counted:
    """A condition: 1 where it holds, over the axes of ``table``; with ``steps`` its only axis is the last one's."""

    case: Case
    condition: Expression
    table: Table
    steps: tuple[CountingStep, ...] = ()

    @property
    def variables(self) -> frozenset[str]:
        """Return the case's variables that the condition names."""
        return frozenset(mentioned(self.case, self.condition))


def counted(case: Case, condition: Expression) -> Counted:
    """Return a condition ready to be counted; raises ``CaseError`` with every unknown name in it."""
    if prod(shape_of(case, mentioned(case, condition))) <= WIDE:
        return Counted(case, condition, indicator(case, condition))
    steps = _Steps(case, written(condition))
    last = steps.table(condition)
    table = last if len(last.axes) < 2 else steps.step(last)
    return Counted(case, condition, table, tuple(steps.made))


class _Steps:
    """The steps of one condition, named after it."""

    def __init__(self, case: Case, name: str) -> None:
        self.case = case
        self.name = name
        self.made: list[CountingStep] = []

    def table(self, node: Expression) -> Table:
        """Return 1 where a part of the condition holds, over variables and steps."""
        if prod(shape_of(self.case, mentioned(self.case, node))) <= STEP:
            return indicator(self.case, node)
        match node:
            case Name():
                return self.table(self.case.events[node.text].condition)
            case Not(operand):
                inner = self.table(operand)
                return Table(inner.axes, 1.0 - inner.values)
            case And(operands):
                return self._joined(operands, every=True)
            case Or(operands):
                return self._joined(operands, every=False)
            case _:
                return indicator(self.case, node)

    def _joined(self, operands: Sequence[Expression], *, every: bool) -> Table:
        so_far = self.table(operands[0])
        for operand in operands[1:]:
            here = self.table(operand)
            if _cells(so_far, here) > STEP:
                so_far = self.step(so_far)
            if _cells(so_far, here) > STEP:
                here = self.step(here)
            axes = tuple(dict.fromkeys((*so_far.axes, *here.axes)))
            one, other = so_far.over(axes), here.over(axes)
            so_far = Table(axes, one * other if every else np.maximum(one, other))
        return so_far

    def step(self, part: Table) -> Table:
        """Return a step that says whether the part holds."""
        name = f"{self.name} ({len(self.made) + 1})"
        variable = Chance(name, SIDES, part.axes)
        self.made.append(
            CountingStep(variable, Table((*part.axes, name), np.stack([1.0 - part.values, part.values], axis=-2)))
        )
        return Table((name,), np.array([[0.0], [1.0]]))


def _cells(*tables: Table) -> int:
    """Return how many cells tables have together, over the axes of all."""
    lengths = {axis: n for table in tables for axis, n in zip(table.axes, table.values.shape[:-1], strict=True)}
    return prod(lengths.values())
