"""The derivative of a state less its image, as compiled code: whether curves may meet there is looked at from it."""

from __future__ import annotations

import numpy as np

from quandary.base.arrays import Array, Mask
from quandary.engine.compiled.compiling import entrance
from quandary.engine.compiled.vectors import (
    beyond,
    entry,
    larger,
    less,
    load,
    over,
    place,
    plus,
    put,
    size,
    spread,
    store,
    times,
)
from quandary.engine.compiled.workspace import Whole, rows_of
from quandary.engine.programs.program import LANES
from quandary.solve.branch.compiled.lanes import Task, answer, enter, lanes_of, lead, too_small


def slopes_of(task: Task, worlds: Whole, states: Array, share: float) -> tuple[Array, Mask]:
    """Return the derivatives ``(worlds, n, n)`` at t = 1, and in which of the named worlds a pass could tell them.

    They are taken at the image of each world's column of ``states`` ``(n, W)``, by central differences: unknowns are
    nudged by ``share`` of their size, or of one.
    """
    n = len(states)
    slopes, fit = np.empty((len(worlds), n, n)), np.ones(len(worlds), dtype=np.bool_)
    _differentiate(task, worlds, states, share, rows_of(2 * n)[0], slopes, fit)
    return slopes, fit


@entrance
def _differentiate(
    task: Task, worlds: Whole, states: Array, share: float, room: Array, slopes: Array, fit: Mask
) -> None:
    """Write derivatives and which could be told; ``room`` has a row of eight for each log-odds, twice."""
    lanes = lanes_of(task)
    n, work = lanes.n, lanes.work
    state, above, change = beyond(work.state, 1), place(room), beyond(place(room), n)
    last = len(worlds) - 1
    for first in range(0, len(worlds), LANES):
        for w in range(LANES):
            world = worlds[min(first + w, last)]
            enter(lanes, world, w)
            for i in range(n):
                put(work.state, (1 + i) * LANES + w, states[i, world])
        store(work.scale, 0, spread(1.0))
        lead(lanes)
        answer(lanes)
        for i in range(n):
            store(state, i, load(work.image, i))
        for column in range(n):
            own = load(state, column)
            nudge = times(spread(share), larger(size(own), spread(1.0)))
            store(state, column, plus(own, nudge))
            answer(lanes)
            for w in range(min(LANES, last + 1 - first)):
                fit[first + w] = fit[first + w] and not too_small(lanes, w)
            for i in range(n):
                store(above, i, less(load(state, i), load(work.image, i)))
            store(state, column, less(own, nudge))
            answer(lanes)
            for i in range(n):
                below = less(load(state, i), load(work.image, i))
                store(change, i, over(less(load(above, i), below), times(spread(2.0), nudge)))
            store(state, column, own)
            for w in range(min(LANES, last + 1 - first)):
                fit[first + w] = fit[first + w] and not too_small(lanes, w)
                for i in range(n):
                    slopes[first + w, i, column] = entry(change, i * LANES + w)
