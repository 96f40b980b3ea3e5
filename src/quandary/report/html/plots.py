"""Plots that follow their container: dots, ranges and strips as places in percent, which the page's style draws."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from quandary.base.arrays import Array
from quandary.quantities.summary import weighted_quantiles

COLUMNS = 50
"""Columns of dots across a plot."""

RADIUS, STEP = 0.86, 1.86
"""Half a dot, and how far one stands above the other, in hundredths of the plot's width."""

TALLEST = 15.0
"""How tall a stack of dots may be, in the same measure; dots of a taller one overlap."""


@dataclass(frozen=True)
class PlotAxis:
    """An axis from ``low`` to ``high``, with its ticks: place in percent, and label."""

    low: float
    high: float
    ticks: tuple[tuple[float, str], ...] = ()

    def at(self, value: float) -> float:
        """Return where a value stands, in percent of the width; what lies outside stands at the end."""
        if self.high <= self.low:
            return 50.0
        return round(100 * min(max((value - self.low) / (self.high - self.low), 0.0), 1.0), 2)


@dataclass(frozen=True)
class Dot:
    """One dot: its place in hundredths of the width, from the left and from the top; filled or hollow."""

    x: float
    y: float
    filled: bool


@dataclass(frozen=True)
class DotPlot:
    """Dots that stand for equal parts of the worlds, ``height`` in hundredths of the width."""

    dots: tuple[Dot, ...]
    height: float
    edge: float | None

    @property
    def filled(self) -> int:
        """Return how many dots are filled."""
        return sum(dot.filled for dot in self.dots)


def dot_plot(
    axis: PlotAxis, draws: Array, weights: Array, *, edge: float, count: int = 100, above: bool = True
) -> DotPlot | None:
    """Return so many dots, each an equal part of the weight of worlds, stacked over the axis; ``None`` without worlds.

    A dot stands at the middle quantile of its part, and is filled ``above`` the ``edge``, or below it. ``draws`` and
    ``weights`` are (W,).
    """
    kept = ~np.isnan(draws) & (weights > 0)
    if not kept.any():
        return None
    middles = [(number + 0.5) / count for number in range(count)]
    values = [value for value in weighted_quantiles(draws[kept], weights[kept], middles) if value is not None]
    stacked: Counter[int] = Counter()
    placed = []
    for value in values:
        column = min(int(axis.at(value) / 100 * COLUMNS), COLUMNS - 1)
        placed.append((column, stacked[column], (value > edge) is above))
        stacked[column] += 1
    highest = max(stacked.values())
    step = min(STEP, TALLEST / highest)
    height = round(step * (highest - 1) + 2 * RADIUS + 0.5, 2)
    dots = tuple(
        Dot(round((column + 0.5) * 100 / COLUMNS, 2), round(height - RADIUS - 0.2 - step * row, 2), filled)
        for column, row, filled in placed
    )
    return DotPlot(dots, height, axis.at(edge) if axis.low < edge < axis.high else None)


def even_ticks(low: float, high: float, most: int = 5) -> Sequence[float]:
    """Return round values between two ends, at most so many."""
    if not high > low:
        return ()
    raw = (high - low) / most
    size = 10.0 ** np.floor(np.log10(raw))
    step = next(float(size * one) for one in (1, 2, 5, 10) if size * one >= raw)
    first = np.ceil(low / step) * step
    return [float(round(value, 12)) for value in np.arange(first, high + step / 1e6, step)]
