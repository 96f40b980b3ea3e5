"""The gap between a state and its image, and its derivative by finite differences, in eight worlds side by side."""

from __future__ import annotations

from quandary.base.arrays import Array
from quandary.engine.compiled.compiling import inner
from quandary.engine.compiled.vectors import beyond, fused, less, load, over, place, plus, size, spread, store, times
from quandary.engine.compiled.workspace import Place
from quandary.solve.branch.compiled.lanes import Lanes, answer, changes, lead
from quandary.solve.branch.rules import NUDGED_SHARE


@inner
def differentiate(lanes: Lanes, ahead: Place, early: Place, share: float, slopes: Array, gap: Array) -> None:
    """Write the gap (state less image) at ``ahead`` and its derivative ``(n, n + 1, 8)``; lead lines stay at its t.

    Unknowns are nudged by ``share`` of what they count.
    """
    n, work = lanes.n, lanes.work
    slope, gaps, state = place(slopes), place(gap), beyond(work.state, 1)
    t = load(ahead, n)
    reached = plus(size(t), load(early, 0))
    nudge = times(spread(share), reached)
    for i in range(n):
        store(state, i, load(ahead, i))
    store(work.scale, 0, plus(t, nudge))
    lead(lanes)
    answer(lanes)
    for i in range(n):
        store(slope, i * (n + 1) + n, load(work.image, i))
    store(work.scale, 0, t)
    lead(lanes)
    answer(lanes)
    for i in range(n):
        image = load(work.image, i)
        store(gaps, i, less(load(ahead, i), image))
        store(slope, i * (n + 1) + n, over(less(image, load(slope, i * (n + 1) + n)), nudge))
    for column in range(n):
        own = load(ahead, column)
        nudge = fused(size(own), spread(NUDGED_SHARE), over(spread(share), reached))
        store(state, column, plus(own, nudge))
        answer(lanes)
        for i in range(n):
            change = less(less(load(state, i), load(work.image, i)), load(gaps, i))
            store(slope, i * (n + 1) + column, over(change, nudge))
        store(state, column, own)


@inner
def look(lanes: Lanes, ahead: Place, gap: Array, change: Array) -> None:
    """Write the gap at ``ahead``, and by how much a probability changes there."""
    n, work = lanes.n, lanes.work
    for i in range(n):
        store(work.state, 1 + i, load(ahead, i))
    store(work.scale, 0, load(ahead, n))
    lead(lanes)
    answer(lanes)
    for i in range(n):
        store(place(gap), i, less(load(ahead, i), load(work.image, i)))
    changes(lanes, place(change))
