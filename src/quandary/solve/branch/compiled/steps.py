"""One world's steps in the compiled walk: what is measured after a sweep, the verdict, and where to go next.

The rules are those of ``solve.branch.walking.walk``; see there for what they mean.
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
from quandary.solve.branch.compiled.lanes import Lanes, changes

RULES = (
    "first", "shortest", "reach", "pull", "trusted", "near", "careful", "leap", "patient", "shake", "settled",
    "tries", "finishing", "beyond", "depth",
)  # fmt: skip
"""The names of the rules, in the order in which compiled code takes them."""

(
    FIRST, SHORTEST, REACH, PULL, TRUSTED, NEAR, CAREFUL, LEAP, PATIENT, SHAKE, SETTLED,
    TRIES, FINISHING, BEYOND, DEPTH,
) = range(len(RULES))  # fmt: skip

LATE, ARRIVED, STUCK, UNFIT = 0, 1, 2, 3
"""How a world's walk ends; ``LATE``: not yet, ``UNFIT``: a probability was too small for compiled code."""

T, STEP, RESIDUAL, DREW, HIGHEST = (LANES * i for i in range(5))
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
    rules: Place
    signs: Place
    rounds: int
    depth: int


def notes_for(n: int, rules: Array, signs: Array) -> WalkNotes:
    """Return notes for walking games of n log-odds."""
    depth = min(int(rules[DEPTH]), n)
    numbers, vectors, steps, images, measured, matrix, right = rows_of(
        5, 4 * n, depth * n, depth * n, 6, depth * depth, depth
    )
    counted, signs = np.zeros(4 * LANES, dtype=np.int64), np.ascontiguousarray(signs)
    rounds = signs.shape[1]
    return WalkNotes(numbers, counted, vectors, steps, images, measured, matrix, right, rules, signs, rounds, depth)


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
        place(notes.rules),
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
    numbers, measured, rules = notes.numbers, notes.measured, notes.rules
    tried, target = entry(notes.counted, TRIED + lane), entry(lanes.work.scale, lane)
    last, first = target == 1.0, tried == 0
    before = entry(numbers, RESIDUAL + lane)
    residual = entry(measured, CHANGE * LANES + lane) if last else np.inf
    put(numbers, RESIDUAL + lane, residual)
    drew, moved = entry(numbers, DREW + lane), entry(measured, MOVED * LANES + lane)
    if tried >= 1 and moved * target > 1e-6:
        pulled = entry(measured, PULLED * LANES + lane) / max(moved, 1e-300)
        drew = pulled if tried == 1 or not pulled <= drew else drew
        put(numbers, DREW + lane, drew)
    gap = entry(measured, GAP * LANES + lane)
    far = entry(measured, FAR * LANES + lane) > entry(rules, NEAR)
    bad = not gap <= entry(rules, REACH) if first else tried <= entry(rules, TRIES) and drew > entry(rules, PULL)
    bad = bad or (far and target - entry(numbers, T + lane) > entry(rules, CAREFUL))
    bad = bad or tried >= (entry(rules, FINISHING) if last else entry(rules, TRIES))
    enough = tolerance if bad or residual > 0.5 * before else entry(rules, BEYOND) * tolerance
    if last and residual <= enough and not (first and bad):
        return END + ARRIVED
    if bad:
        return END + STUCK if entry(numbers, STEP + lane) * 0.5 < entry(rules, SHORTEST) else FAILS
    close = gap <= (entry(rules, PATIENT) if far else entry(rules, SETTLED))
    return SETTLES if not last and close and (tried > 0 or drew <= entry(rules, TRUSTED)) else ON


@inner
def predict(lanes: Lanes, notes: WalkNotes, lane: int) -> None:
    """Begin a new step: set the scale and the state there along the slope."""
    n, t = lanes.n, entry(notes.numbers, T + lane)
    target = t + entry(notes.numbers, STEP + lane)
    target = 1.0 if target >= 1.0 - 1e-9 else target
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
    n, numbers, rules, vectors = lanes.n, notes.numbers, notes.rules, notes.vectors
    settled = entry(notes.counted, VERDICT + lane) == SETTLES
    tried = entry(notes.counted, TRIED + lane) + 1
    target, t = entry(lanes.work.scale, lane), entry(numbers, T + lane)
    if settled or tried == 1:
        for i in range(n):
            ahead = entry(lanes.work.image, i * LANES + lane) - entry(vectors, i * LANES + lane)
            put(vectors, (n + i) * LANES + lane, ahead / max(target - t, 1e-9))
    if settled:
        put(numbers, T + lane, target)
        for i in range(n):
            put(vectors, i * LANES + lane, entry(lanes.work.image, i * LANES + lane))
    step = entry(numbers, STEP + lane)
    if settled:
        step = step * 2.0 if tried <= 2 else step
    else:
        step *= 0.5
    if entry(notes.measured, FAR * LANES + lane) > entry(rules, NEAR):
        step = min(step, entry(rules, CAREFUL))
    put(numbers, STEP + lane, min(step, max(entry(numbers, HIGHEST + lane), entry(numbers, T + lane))))
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
    highest = entry(notes.rules, LEAP) / max(largest, 1e-300)
    put(numbers, HIGHEST + lane, highest)
    put(numbers, T + lane, 0.0)
    put(numbers, STEP + lane, min(entry(notes.rules, FIRST), highest))
    put(numbers, DREW + lane, 1.0)
    put(notes.counted, WORLD + lane, world)
    put(notes.counted, SWEPT + lane, 0)
    predict(lanes, notes, lane)
