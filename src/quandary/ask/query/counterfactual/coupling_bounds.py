"""Bounds on a counterfactual without any assumption on how two worlds' noise makes outcomes.

Each variable's noise is independent of the others'; what ties its outcomes in the two worlds together is left open.
Cells s are combinations of what the change cannot reach and bears on the matter, and of c itself in the first world.
Where c was d already both worlds are one, and the answer is exact. Elsewhere let M be the copies, in the second
world, of the changed variables whose noise bears both on what was seen and on what is asked. Given s and M = m the
two are independent, so

    P(asked', seen | s) = sum_m g(m) x(m),   g(m) = P(asked' | m, s),   x(m) = P(M = m, seen | s),

where x is unknown but sums to P(seen | s) and stays below P(M = m | s). Filling x up from the largest g gives the
highest, from the smallest the lowest. The bounds always hold. They are sharp where a single variable is in M and no
other variable of its world comes between; elsewhere they may be too wide (sharp bounds in general are a polynomial
programme: Zhang, Tian & Bareinboim 2022, ICML).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from quandary.ask.query.counterfactual.twin import Twin
from quandary.base.arrays import Array
from quandary.engine.inference import Inference
from quandary.game.table import Table

MOST_CELLS = 1 << 14
"""Combinations that the bounds are taken over; with more M is the truth of what is asked, then s is left out."""

AT_ONCE = 1 << 20
"""Combinations times worlds worked on at once."""


def bound(twin: Twin, *, upper: bool) -> Array:
    """Return the highest (or lowest) value of P(asked in the second world, seen in the first), ``(W,)``."""
    cells = _cells(twin)
    step = max(1, AT_ONCE // max(1, cells.count(twin)))
    parts = []
    for begin in range(0, twin.worlds, step):
        part = _bounded(twin.in_worlds(slice(begin, begin + step)), cells, upper=upper)
        parts.append(np.broadcast_to(part, (min(step, twin.worlds - begin),)))
    return np.concatenate(parts)


@dataclass(frozen=True, eq=False)
class _Cells:
    """What the bounds are taken over.

    ``axes`` name s; ``mixed`` is M (``None``: the truth of what is asked stands for it); ``apart`` is the evidence that
    says nothing about the changed; ``exact`` marks the cells in which both worlds are one.
    """

    axes: tuple[str, ...]
    mixed: tuple[str, ...] | None
    apart: tuple[Table, ...]
    exact: Array

    def count(self, twin: Twin) -> int:
        """Return how many combinations there are in one world."""
        return int(np.prod([float(twin.first.cards[axis]) for axis in (*self.axes, *(self.mixed or ()))]))


def _bounded(twin: Twin, cells: _Cells, *, upper: bool) -> Array:
    outside = tuple(axis for axis in cells.axes if axis not in twin.second.settings)
    actual = Inference(twin.first.diagram(twin.first.names))
    changed = Inference(twin.second.diagram(twin.second.names))
    weight = actual.joint({}, cells.axes, cells.apart).values
    seen = actual.joint({}, cells.axes, twin.seen).values
    keep = (*outside, *(cells.mixed or ()))
    apart = () if cells.axes else cells.apart
    whole = changed.joint({}, keep, apart)
    asked = changed.joint({}, keep, (*twin.asked, *apart))
    if cells.mixed is None:
        shares = np.stack([asked.values, whole.values - asked.values], axis=-2)
        gains = np.stack([np.ones_like(whole.values), np.zeros_like(whole.values)], axis=-2)
    else:
        shape = (*whole.values.shape[: len(outside)], -1, whole.worlds)
        shares = whole.values.reshape(shape)
        gains = _quotient(asked.values.reshape(*shape[:-1], asked.worlds), shares)
    room = _quotient(shares, shares.sum(axis=-2, keepdims=True))
    room = weight[..., None, :] * _spread(room, outside, cells.axes)
    bound = _filled(seen, room, _spread(gains, outside, cells.axes), upper=upper)
    if cells.exact.any():
        same = actual.joint({}, cells.axes, (*twin.seen, *twin.asked)).values
        bound = np.where(cells.exact > 0, same, bound)
    return np.asarray(bound.reshape(-1, bound.shape[-1]).sum(axis=0))


def _filled(amount: Array, room: Array, gains: Array, *, upper: bool) -> Array:
    """Return the most (or least) gain when ``amount`` (..., W) is spread over entries (..., M, W) with limited room."""
    order = np.argsort(-gains if upper else gains, axis=-2, kind="stable")
    order = np.broadcast_to(order, np.broadcast_shapes(order.shape, room.shape))
    placed = np.take_along_axis(np.broadcast_to(room, order.shape), order, axis=-2)
    gained = np.take_along_axis(np.broadcast_to(gains, order.shape), order, axis=-2)
    filled = np.minimum(np.cumsum(placed, axis=-2), amount[..., None, :])
    return np.asarray((np.diff(filled, axis=-2, prepend=0.0) * gained).sum(axis=-2))


def _spread(values: Array, outside: tuple[str, ...], axes: tuple[str, ...]) -> Array:
    """Return values over (*outside, M, W) as over (*axes, M, W), length one where an axis is not outside."""
    shape = iter(values.shape[:-2])
    return values.reshape(*(next(shape) if axis in outside else 1 for axis in axes), *values.shape[-2:])


def _quotient(part: Array, whole: Array) -> Array:
    part, whole = np.broadcast_arrays(part, whole)
    return np.divide(part, whole, out=np.zeros_like(whole), where=whole > 0)


def _cells(twin: Twin) -> _Cells:
    settings, moved = twin.second.settings, twin.changed
    roots = {name for name in settings if not (twin.first.ancestors([name]) - {name}) & moved}
    apart = tuple(table for table in twin.seen if not set(table.axes) & (moved - roots))
    others = [table for table in twin.seen if not any(table is one for one in apart)]
    shown = twin.first.ancestors({axis for table in others for axis in table.axes})
    asked = twin.second.ancestors({axis for table in twin.asked for axis in table.axes})
    around = {axis for table in (*others, *twin.asked) for axis in table.axes}
    for name in (shown | asked) & (moved - roots):
        around.update(twin.first.parents(name), twin.second.parents(name))
    for name in roots:
        around.update(twin.second.parents(name))
    axes = tuple(name for name in twin.first.names if name in roots or (name in around and name not in moved))
    varied = twin.varied()
    mixed = tuple(n for n in twin.first.names if n in shown & asked & varied & (moved - roots) and n not in settings)
    exact = np.zeros([twin.first.cards[axis] for axis in axes] + [1])
    if twin.keeps_rules and roots == set(settings):
        exact += 1.0
        for table in settings.values():
            exact *= table.over(axes)
    cells = _Cells(axes, mixed, apart, exact)
    if cells.count(twin) > MOST_CELLS:
        cells = _Cells(axes, None, apart, exact)
    if cells.count(twin) > MOST_CELLS:
        cells = _Cells((), None, tuple(t for t in twin.seen if not set(t.axes) & moved), np.zeros(1))
    return cells
