"""Fillings of unknown numbers looked at beyond those drawn: corners, and a local search from the nearest found.

A filling is a point: one column for each uniform that an unknown number is drawn by, each between the ends of its box.
What is looked for is the least of some value of a filling, many fillings in one call. Nothing found is no proof.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from quandary.ask.query.ordered import HIGH, LOW, MIDDLE
from quandary.base.arrays import Array

Value = Callable[[Array], Array]
"""What fillings ``(fillings, columns)`` come to, ``(fillings,)``; NaN where that is nothing."""

PARENTS = 16
"""Fillings that the next ones start from, at first; half as many after each round, four at least."""

NEAREST = 256
"""Fillings by which it is told which way a column points."""


@dataclass(frozen=True)
class SearchBudget:
    """How far to search: ``rounds`` of ``batch`` fillings."""

    rounds: int = 5
    batch: int = 64


@dataclass(frozen=True, eq=False)
class Tried:
    """Fillings ``points`` (fillings, columns) and what each comes to, ``values`` (fillings,)."""

    points: Array
    values: Array

    @property
    def least(self) -> float:
        """Return the least value, NaN where none has one."""
        known = self.values[~np.isnan(self.values)]
        return float(known.min()) if len(known) else float("nan")

    @property
    def judged(self) -> int:
        """Return how many fillings have a value."""
        return int(np.count_nonzero(~np.isnan(self.values)))

    def worst(self, count: int) -> Array:
        """Return the fillings of least value, the least first."""
        known = np.flatnonzero(~np.isnan(self.values))
        return np.asarray(self.points[known[np.argsort(self.values[known], kind="stable")[:count]]])

    def with_more(self, points: Array, values: Array) -> Tried:
        """Return these and more."""
        return Tried(np.concatenate([self.points, points]), np.concatenate([self.values, values]))


def corners(count: int, columns: int, generator: np.random.Generator) -> Array:
    """Return fillings with every column at one end, ``(count, columns)``: all low, all high, then at random."""
    points = np.where(generator.random((count, columns)) < 0.5, LOW, HIGH)
    points[:1], points[1:2] = LOW, HIGH
    return points


def searched(
    value: Value, start: Tried, budget: SearchBudget, generator: np.random.Generator, enough: float | None = None
) -> Tried:
    """Return the fillings tried at the ``start`` and by a search for the least value.

    It ends early where the least is below ``enough``.
    """
    tried = start
    for turn in range(budget.rounds):
        known = tried.judged
        if not known or not tried.points.shape[1] or (enough is not None and tried.least < enough):
            break
        children = _children(tried, budget.batch, turn, generator)
        tried = tried.with_more(children, value(children))
    return tried


def _children(tried: Tried, count: int, turn: int, generator: np.random.Generator) -> Array:
    """Return new fillings: crossed, pushed to where the value falls, and the worst with one column at an end."""
    parents = tried.worst(max(4, PARENTS >> turn))
    columns = parents.shape[1]
    single = _single_steps(parents[0], count // 2, generator)
    crossed = count - len(single)
    first, second = (parents[generator.integers(len(parents), size=crossed)] for _ in range(2))
    children = np.where(generator.random((crossed, columns)) < 0.5, first, second)
    slope = _slopes(tried)
    toward = np.where(slope > 0, LOW, HIGH)
    push = generator.random((crossed, 1)) * np.minimum(
        1.0, np.abs(slope) / max(float(np.abs(slope).max()), 1e-12) + 0.2
    )
    children = np.where(generator.random(children.shape) < push, toward, children)
    near = np.clip(children + 0.1 * generator.standard_normal(children.shape), LOW, HIGH)
    children = np.where(generator.random(children.shape) < 0.1, near, children)
    wander = generator.choice([LOW, MIDDLE, HIGH], size=children.shape)
    children = np.where(generator.random(children.shape) < 0.02, wander, children)
    children[:1] = toward
    return np.concatenate([children, single])


def _single_steps(worst: Array, count: int, generator: np.random.Generator) -> Array:
    """Return one filling with single columns put to either end: a step of coordinate descent."""
    columns = len(worst)
    ends = np.repeat(worst[None], 2 * columns, axis=0)
    ends[np.arange(columns), np.arange(columns)] = LOW
    ends[columns + np.arange(columns), np.arange(columns)] = HIGH
    if len(ends) > count:
        ends = ends[generator.permutation(len(ends))[:count]]
    return ends


def _slopes(tried: Tried) -> Array:
    """Return for each column how the value goes with it over the nearest fillings, between -1 and 1."""
    known = np.flatnonzero(~np.isnan(tried.values))
    nearest = known[np.argsort(tried.values[known], kind="stable")[: max(NEAREST, len(known) // 4)]]
    ranks = np.empty(len(nearest))
    ranks[np.argsort(tried.values[nearest], kind="stable")] = np.arange(len(nearest))
    ranks -= ranks.mean()
    columns = tried.points[nearest] - tried.points[nearest].mean(axis=0)
    scale = np.sqrt((columns**2).sum(axis=0) * (ranks**2).sum())
    return np.asarray(np.divide(ranks @ columns, scale, out=np.zeros(columns.shape[1]), where=scale > 0))
