"""The tracer of the principal branch (``solve.branch.trace``) as compiled code, eight worlds side by side.

Every round is one step of each world: predictor, derivative by finite differences, corrector, test. See
``solve.branch.trace`` for what the pace means. A world at t = 1 is polished by Newton's method in the
rounds that follow.
"""

from __future__ import annotations

import numpy as np

from quandary.base.arrays import Array
from quandary.engine.compiled.compiling import entrance, inner
from quandary.engine.compiled.linear import factor, solve
from quandary.engine.compiled.vectors import beyond, entry, place
from quandary.engine.compiled.workspace import Whole
from quandary.engine.programs.program import LANES
from quandary.solve.branch.compiled import rules
from quandary.solve.branch.compiled.derivative import differentiate, look
from quandary.solve.branch.compiled.lanes import Lanes, Task, enter, lanes_of, too_small
from quandary.solve.branch.compiled.steps import ARRIVED, STUCK, UNFIT
from quandary.solve.branch.rules import LEAST, POLISHED_SHARE, POLISHING_ROUNDS, Pace

LENGTH, EARLY, RESIDUAL, LANDING = range(4)
"""What a lane knows in numbers; ``EARLY`` is how early on its branch a growth of t counts evenly."""

WORLD, PHASE, STEPS, LEVEL, ROUNDS = range(5)
"""What a lane counts: its world (-1: none), phase, steps, how often its pace was refined, rounds of polishing."""

NEW, FOLLOWING, POLISHING = range(3)
"""Phases: at uniform play without a heading, on the curve, at t = 1."""

POINT, TANGENT, AHEAD, FIRST_STEP, SECOND_STEP, NULL = range(6)
"""A lane's vectors of n log-odds and t."""


@inner
def _unit_of(t: float, early: float, row: int, size: int, pace: Pace) -> float:
    """Return how much an unknown counts in a step's length."""
    reached = rules.odds_unit(t, early)
    unit: float = reached if row < size else rules.scale_unit(pace, reached)
    return unit


@inner
def _aim(numbers: Array, counted: Whole, points: Array, lane: int, pace: Pace) -> None:
    """Set where the lane's derivative is taken next: ahead along the tangent, or where it stands."""
    size = points.shape[1] - 1
    t, early, length = points[POINT, size, lane], numbers[EARLY, lane], numbers[LENGTH, lane]
    following = counted[PHASE, lane] == FOLLOWING
    for i in range(size + 1):
        shift = length * points[TANGENT, i, lane] / _unit_of(t, early, i, size, pace) if following else 0.0
        points[AHEAD, i, lane] = points[POINT, i, lane] + shift
    landing = counted[PHASE, lane] == POLISHING
    if following and points[AHEAD, size, lane] >= 1.0:
        landing = True
        share = (1.0 - t) / (points[AHEAD, size, lane] - t)
        for i in range(size):
            points[AHEAD, i, lane] = points[POINT, i, lane] + share * (points[AHEAD, i, lane] - points[POINT, i, lane])
        points[AHEAD, size, lane] = 1.0
    numbers[LANDING, lane] = 1.0 if landing else 0.0


@inner
def _border(matrix: Array, slopes: Array, points: Array, early: float, lane: int, pace: Pace, fixed: bool) -> None:
    """Write a lane's derivative with a last row: t alone where ``fixed``, else the tangent."""
    size = slopes.shape[0]
    t = points[POINT, size, lane]
    for j in range(size + 1):
        for i in range(size):
            matrix[i, j] = slopes[i, j, lane]
        along = points[TANGENT, j, lane] * _unit_of(t, early, j, size, pace)
        matrix[size, j] = (1.0 if j == size else 0.0) if fixed else along


@inner
def _correct(
    numbers: Array, counted: Whole, points: Array, slopes: Array, gap: Array, lane: int, pace: Pace,
    matrix: Array, order: Whole, right: Array,
) -> bool:  # fmt: skip
    """Take the corrector's first step and find the new tangent; return whether the curve still runs the same way.

    The matrix is left factored for the second step.
    """
    size = gap.shape[0]
    t, early = points[POINT, size, lane], numbers[EARLY, lane]
    same = True
    if counted[PHASE, lane] != POLISHING:
        _border(matrix, slopes, points, early, lane, pace, False)
        same = factor(matrix, order) > 0.0
        for i in range(size + 1):
            right[i] = 1.0 if i == size else 0.0
        solve(matrix, order, right)
        norm = 0.0
        for i in range(size + 1):
            right[i] *= _unit_of(t, early, i, size, pace)
            norm += right[i] * right[i]
        for i in range(size + 1):
            points[NULL, i, lane] = right[i] / np.sqrt(norm)
    if numbers[LANDING, lane] == 1.0:
        _border(matrix, slopes, points, early, lane, pace, True)
        factor(matrix, order)
    for i in range(size):
        right[i] = gap[i, lane]
    right[size] = 0.0
    solve(matrix, order, right)
    for i in range(size + 1):
        points[FIRST_STEP, i, lane] = right[i]
        points[AHEAD, i, lane] -= right[i]
    if numbers[LANDING, lane] == 1.0:
        points[AHEAD, size, lane] = 1.0
    return same


@inner
def _correct_again(points: Array, gap: Array, lane: int, matrix: Array, order: Whole, right: Array) -> None:
    """Find the corrector's second step from the gap that the first one left."""
    size = gap.shape[0]
    for i in range(size):
        right[i] = gap[i, lane]
    right[size] = 0.0
    solve(matrix, order, right)
    for i in range(size + 1):
        points[SECOND_STEP, i, lane] = right[i]


@inner
def _step(numbers: Array, counted: Whole, points: Array, lane: int, pace: Pace, same: bool) -> None:
    """Accept the lane's step or shorten it, at the pace of its level."""
    size = points.shape[1] - 1
    t, early = points[POINT, size, lane], numbers[EARLY, lane]
    long = short = along = total = 0.0
    for i in range(size + 1):
        unit = _unit_of(t, early, i, size, pace)
        long = max(long, abs(points[FIRST_STEP, i, lane] * unit))
        short = max(short, abs(points[SECOND_STEP, i, lane] * unit))
        along += points[NULL, i, lane] * points[TANGENT, i, lane]
        total += points[AHEAD, i, lane] - points[SECOND_STEP, i, lane] + points[NULL, i, lane]
    good = rules.corrected_well(pace, long, short, LEAST)
    good = good and (same or pace.crossing) and along >= pace.bend and np.isfinite(total)
    if good:
        for i in range(size + 1):
            points[POINT, i, lane] = points[AHEAD, i, lane] - points[SECOND_STEP, i, lane]
        for i in range(size + 1):
            points[TANGENT, i, lane] = points[NULL, i, lane]
        if numbers[LANDING, lane] == 1.0:
            points[POINT, size, lane] = 1.0
            counted[PHASE, lane] = POLISHING
    easy = rules.corrected_easily(pace, long, short, pace.pull * LEAST)
    numbers[LENGTH, lane] = rules.next_length(pace, numbers[LENGTH, lane], good, easy)
    counted[STEPS, lane] += 1


@inner
def _start(lanes: Lanes, numbers: Array, counted: Whole, points: Array, lane: int, pace: Pace) -> None:
    """Stand at uniform play, at the pace of the lane's level."""
    size = points.shape[1] - 1
    largest = 1.0
    for row in range(points.shape[0]):
        for i in range(size + 1):
            points[row, i, lane] = 0.0
    for i in range(size):
        points[POINT, i, lane] = entry(lanes.origin, i * LANES + lane)
        largest = max(largest, abs(points[POINT, i, lane]))
    points[TANGENT, size, lane] = 1.0
    numbers[EARLY, lane] = rules.even_growth(largest)
    numbers[LENGTH, lane] = rules.refined(pace, counted[LEVEL, lane]).first
    numbers[RESIDUAL, lane] = np.inf
    counted[PHASE, lane] = NEW
    counted[STEPS, lane] = counted[ROUNDS, lane] = 0


@inner
def _advance(
    lanes: Lanes, numbers: Array, counted: Whole, points: Array, lane: int, pace: Pace, same: bool,
    change: float, tolerance: float,
) -> int:  # fmt: skip
    """Finish a lane's round; return its outcome, 0 where it goes on."""
    size = points.shape[1] - 1
    if counted[PHASE, lane] == NEW:
        for i in range(size + 1):
            points[TANGENT, i, lane] = points[NULL, i, lane]
        counted[PHASE, lane] = FOLLOWING
        return 0
    if counted[PHASE, lane] == POLISHING:
        counted[ROUNDS, lane] += 1
        if change < numbers[RESIDUAL, lane]:
            numbers[RESIDUAL, lane] = change
            for i in range(size):
                points[POINT, i, lane] = points[AHEAD, i, lane]
        elif numbers[RESIDUAL, lane] < np.inf:
            return ARRIVED
        return ARRIVED if change <= POLISHED_SHARE * tolerance or counted[ROUNDS, lane] >= POLISHING_ROUNDS else 0
    own = rules.refined(pace, counted[LEVEL, lane])
    _step(numbers, counted, points, lane, own, same)
    lost = numbers[LENGTH, lane] < own.shortest or counted[STEPS, lane] >= own.most
    if counted[PHASE, lane] == FOLLOWING and lost:
        if own.repeats <= 0:
            return STUCK
        counted[LEVEL, lane] += 1
        _start(lanes, numbers, counted, points, lane, pace)
    return 0


@entrance
def trace_lanes(
    task: Task, worlds: Whole, pace: Pace, tolerance: float, states: Array, residual: Array, outcome: Whole
) -> int:
    """Trace the branch of the named worlds to t = 1; return the number of rounds of one world.

    Writes their final states, residuals and outcomes into ``states`` ``(n, W)``, ``residual`` and ``outcome`` ``(W,)``.
    """
    lanes = lanes_of(task)
    n = lanes.n
    numbers, counted = np.zeros((4, LANES)), np.zeros((5, LANES), dtype=np.int64)
    points, slopes = np.zeros((6, n + 1, LANES)), np.zeros((n, n + 1, LANES))
    gap, change, same = np.zeros((n, LANES)), np.zeros(LANES), np.zeros(LANES, dtype=np.bool_)
    matrices, orders, right = np.zeros((LANES, n + 1, n + 1)), np.zeros((LANES, n + 1), dtype=np.int64), np.zeros(n + 1)
    ahead, early = beyond(place(points), AHEAD * (n + 1)), beyond(place(numbers), EARLY)
    waiting = active = rounds = 0
    for w in range(LANES):
        enter(lanes, worlds[min(w, len(worlds) - 1)], w)
        counted[WORLD, w] = worlds[w] if w < len(worlds) else -1
        _start(lanes, numbers, counted, points, w, pace)
        waiting += 1 if w < len(worlds) else 0
    active = waiting
    while active:
        rounds += active
        for w in range(LANES):
            _aim(numbers, counted, points, w, pace)
        differentiate(lanes, ahead, early, pace.nudge, slopes, gap)
        for w in range(LANES):
            same[w] = _correct(numbers, counted, points, slopes, gap, w, pace, matrices[w], orders[w], right)
        look(lanes, ahead, gap, change)
        for w in range(LANES):
            if counted[WORLD, w] < 0:
                continue
            _correct_again(points, gap, w, matrices[w], orders[w], right)
            ended = _advance(lanes, numbers, counted, points, w, pace, same[w], change[w], tolerance)
            ended = UNFIT if too_small(lanes, w) else ended
            if ended == 0:
                continue
            world = counted[WORLD, w]
            for i in range(n):
                states[i, world] = points[POINT, i, w]
            residual[world], outcome[world] = numbers[RESIDUAL, w], ended
            counted[WORLD, w], counted[LEVEL, w] = -1, 0
            active -= 1
            if waiting < len(worlds):
                enter(lanes, worlds[waiting], w)
                counted[WORLD, w] = worlds[waiting]
                waiting += 1
                active += 1
                _start(lanes, numbers, counted, points, w, pace)
    return rounds
