"""One world's steps in the compiled walk: what is measured after a sweep, the verdict, and where to go next.

What is decided, and by which rule, is as in ``solve.branch.walking.walk``; see there.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from quandary.base.arrays import Array
from quandary.engine.compiled.compiling import inner
from quandary.engine.compiled.vectors import (
    beyond,
    entry,
    larger,
    less,
    load,
    place,
    plus,
    put,
    size,
    spread,
    store,
    times,
)
from quandary.engine.compiled.workspace import Place, rows_of
from quandary.engine.programs.program import LANES
from quandary.solve.branch.compiled import rules
from quandary.solve.branch.compiled.lanes import Lanes, changes
from quandary.solve.branch.rules import Stride

LATE, ARRIVED, STUCK, UNFIT = 0, 1, 2, 3
"""How a world's walk ends; ``LATE``: not yet, ``UNFIT``: a probability was too small for compiled code."""

T, STEP, RESIDUAL, PULL, HIGHEST = (LANES * i for i in range(5))
"""What a lane knows in numbers: where it stands, its next step, the residual, the pull, the largest leap in t."""

WORLD, TRIED, SWEPT, VERDICT = (LANES * i for i in range(4))
"""What a lane counts: its world (-1: none), sweeps of this step, sweeps in all, and what became of the step."""

ON, SETTLES, FAILS = 0, 1, 2
"""Verdicts on a step; ``END`` and more: the walk ends as ARRIVED, STUCK or UNFIT."""

END = 10

GAP, FAR, MOVED, PULLED, CHANGE, GOES = range(6)
"""Rows of what a sweep measures in each lane, and of marks: the step goes on."""


class WalkNotes(NamedTuple):
    """What the walk keeps of eight worlds, as arrays or addresses; ``signs`` ``(n, rounds)`` shake steps.

    ``vectors`` are rows of n log-odds: base and slope of the step, state and image before.
    """

    numbers: Place
    counted: Place
    vectors: Place
    steps: Place
    images: Place
    measured: Place
    matrix: Place
    right: Place
    stride: Stride
    signs: Place
    rounds: int
    depth: int


def notes_for(n: int, stride: Stride, signs: Array) -> WalkNotes:
    """Return notes for walking games of n log-odds."""
    depth = min(stride.depth, n)
    numbers, vectors, steps, images, measured, matrix, right = rows_of(
        5, 4 * n, depth * n, depth * n, 6, depth * depth, depth
    )
    counted, signs = np.zeros(4 * LANES, dtype=np.int64), np.ascontiguousarray(signs)
    rounds = signs.shape[1]
    return WalkNotes(numbers, counted, vectors, steps, images, measured, matrix, right, stride, signs, rounds, depth)


@inner
def addresses(notes: WalkNotes) -> WalkNotes:
    """Return the notes as addresses."""
    return WalkNotes(
        place(notes.numbers),
        place(notes.counted),
        place(notes.vectors),
        place(notes.steps),
        place(notes.images),
        place(notes.measured),
        place(notes.matrix),
        place(notes.right),
        notes.stride,
        place(notes.signs),
        notes.rounds,
        notes.depth,
    )


@inner
def measure(lanes: Lanes, notes: WalkNotes) -> None:
    """Measure one sweep in all lanes: distances in log-odds, and changes in probability where t is 1."""
    n, work, measured = lanes.n, lanes.work, notes.measured
    state, before, before_image = beyond(work.state, 1), beyond(notes.vectors, 2 * n), beyond(notes.vectors, 3 * n)
    gap = far = moved = pulled = total = spread(0.0)
    for i in range(n):
        image, own, counted = load(work.image, i), load(state, i), load(lanes.counts, i)
        here = times(size(less(image, own)), counted)
        total = plus(total, here)
        gap = larger(here, gap)
        far = larger(times(size(less(image, load(lanes.origin, i))), counted), far)
        moved = larger(times(size(less(own, load(before, i))), counted), moved)
        pulled = larger(times(size(less(image, load(before_image, i))), counted), pulled)
    scale = load(work.scale, 0)
    store(measured, GAP, plus(times(gap, scale), times(total, spread(0.0))))
    store(measured, FAR, times(far, scale))
    store(measured, MOVED, moved)
    store(measured, PULLED, pulled)
    last = False
    for w in range(LANES):
        last = last or entry(work.scale, w) == 1.0
    if last:
        changes(lanes, beyond(measured, CHANGE))


@inner
def judge(lanes: Lanes, notes: WalkNotes, lane: int, tolerance: float) -> int:
    """Return the verdict on a lane's step after a sweep."""
    numbers, measured, stride = notes.numbers, notes.measured, notes.stride
    tried, target = entry(notes.counted, TRIED + lane), entry(lanes.work.scale, lane)
    last, before = target == 1.0, entry(numbers, RESIDUAL + lane)
    residual = entry(measured, CHANGE * LANES + lane) if last else np.inf
    put(numbers, RESIDUAL + lane, residual)
    moved, drawn = entry(measured, MOVED * LANES + lane), entry(measured, PULLED * LANES + lane)
    pull = rules.pull_measured(tried, target, moved, drawn, entry(numbers, PULL + lane))
    put(numbers, PULL + lane, pull)
    gap, far = entry(measured, GAP * LANES + lane), entry(measured, FAR * LANES + lane) > stride.near
    gap = gap if gap >= 0.0 else np.inf  # no number is a gap that nothing closes
    bad = rules.refused(stride, tried, last, gap, far, pull, target - entry(numbers, T + lane))
    if rules.arrived(tolerance, stride.beyond, tried, last, residual, before, bad):
        return END + ARRIVED
    if bad:
        return END + STUCK if rules.stuck(stride, entry(numbers, STEP + lane)) else FAILS
    return SETTLES if rules.settled(stride, tried, last, gap, far, pull, bad) else ON


@inner
def predict(lanes: Lanes, notes: WalkNotes, lane: int) -> None:
    """Begin a new step: set the scale and the state there along the slope."""
    n, t = lanes.n, entry(notes.numbers, T + lane)
    target = rules.target_of(t, entry(notes.numbers, STEP + lane))
    put(lanes.work.scale, lane, target)
    for i in range(n):
        base, slope = entry(notes.vectors, i * LANES + lane), entry(notes.vectors, (n + i) * LANES + lane)
        put(lanes.work.state, (1 + i) * LANES + lane, base + (target - t) * slope)
    put(notes.numbers, RESIDUAL + lane, np.inf)
    put(notes.counted, TRIED + lane, 0)
    put(notes.counted, VERDICT + lane, ON)


@inner
def move(lanes: Lanes, notes: WalkNotes, lane: int) -> None:
    """Accept the lane's step or shorten it, and predict anew."""
    n, numbers, vectors = lanes.n, notes.numbers, notes.vectors
    settled = entry(notes.counted, VERDICT + lane) == SETTLES
    tried = entry(notes.counted, TRIED + lane) + 1
    target, t = entry(lanes.work.scale, lane), entry(numbers, T + lane)
    if settled or tried == 1:
        for i in range(n):
            ahead = entry(lanes.work.image, i * LANES + lane) - entry(vectors, i * LANES + lane)
            put(vectors, (n + i) * LANES + lane, rules.slope_along(ahead, target - t))
    if settled:
        put(numbers, T + lane, target)
        for i in range(n):
            put(vectors, i * LANES + lane, entry(lanes.work.image, i * LANES + lane))
    far, leap = entry(notes.measured, FAR * LANES + lane) > notes.stride.near, entry(numbers, HIGHEST + lane)
    step, t = entry(numbers, STEP + lane), entry(numbers, T + lane)
    put(numbers, STEP + lane, rules.next_step(notes.stride, step, settled, tried, far, leap, t))
    predict(lanes, notes, lane)


@inner
def begin(lanes: Lanes, notes: WalkNotes, world: int, lane: int) -> None:
    """Set a world off from uniform play, its numbers being in the lane."""
    n, numbers = lanes.n, notes.numbers
    largest = 0.0
    for i in range(n):
        own = entry(lanes.origin, i * LANES + lane)
        largest = max(largest, abs(own))
        put(notes.vectors, i * LANES + lane, own)
        put(notes.vectors, (n + i) * LANES + lane, 0.0)
    highest = rules.largest_leap(notes.stride, largest)
    put(numbers, HIGHEST + lane, highest)
    put(numbers, T + lane, 0.0)
    put(numbers, STEP + lane, min(notes.stride.first, highest))
    put(numbers, PULL + lane, 1.0)
    put(notes.counted, WORLD + lane, world)
    put(notes.counted, SWEPT + lane, 0)
    predict(lanes, notes, lane)
