"""Further up the principal branch of any game, in one world, from a point that is steep already.

Newton's method on the log-odds of all decisions that rely on each other, up to double the precision from rung to rung,
each rung predicted by the two before as a straight line in 1 / precision (values of options converge like that line).
No decision answers another inside a step: Newton's method gets lost in steep answers to answers.
"""

from __future__ import annotations

import numpy as np

from quandary.base.arrays import Array
from quandary.game.protocol import Agenda, Game, Profile, TrailPoint
from quandary.solve.branch.far.approach import BACK, Rung
from quandary.solve.branch.far.steepness import Steep
from quandary.solve.branch.polish import polish
from quandary.solve.branch.slopes import Slopes
from quandary.solve.branch.sweep import Sweep

RUNGS = 200
STEEPEST = 2.0**10
"""The highest rung: farther up, the rounding of payoffs times precision is larger than what is still to come."""

GOALS = [STEEPEST / BACK**k for k in range(4)]
"""Scales that are stopped at: changes from one to the next are compared."""

GROWTH = (0.002, 0.03, 0.7)
"""The smallest, first and largest step from rung to rung in the logarithm of precision."""

UNKNOWNS_AT_MOST = 2000

DENSE_AT_MOST = 600
"""With more log-odds a step is worked out by sparse equations: most decisions then rely on few others at most sets."""

NUDGE = 1e-4
SETTLED = 1e-5
FARTHEST = 3.0
"""A rung is refused if Newton's method ends farther than this (in log-odds, where a choice is mixed) from its start."""


class TooManyError(Exception):
    """More log-odds rely on each other than Newton's method can take; it says how many in words."""

    def __init__(self, size: int) -> None:
        super().__init__(f"{size:,} log-odds that rely on each other are too many to follow further")


def climb(game: Steep, agenda: Agenda, state: Array) -> list[Rung]:
    """Return points of the branch from scale 1 on, as far up as it can be seen.

    ``state`` ``(n, 1)`` is a point of the branch at scale 1; the game has one world. Raises ``TooManyError``.
    """
    _, profile = polish(game, agenda, state, 1e-10)
    together = Agenda((*agenda.carriers, *agenda.pass_), (), agenda.after)
    sweep = Sweep(game, together)
    if sweep.size > UNKNOWNS_AT_MOST:
        raise TooManyError(sweep.size)
    slopes = Slopes(game, together)
    guess = sweep.start([own.copy() for own in profile])
    rungs: list[Rung] = []
    done: list[tuple[float, Array]] = []
    scale, growth = 1.0, GROWTH[1]
    trail = game.trail
    for _ in range(RUNGS):
        found = _settled(slopes, _predicted(done, scale) if done else guess, scale)
        if found is None:
            growth /= 4.0
            if not done or growth < GROWTH[0]:
                break
        else:
            done.append((scale, found))
            rungs.append(_rung(game, sweep, found, scale))
            if trail is not None:
                trail.note("climb", TrailPoint(game, together, scale, found))
            if scale >= STEEPEST:
                break
            growth = min(growth * 1.6, GROWTH[2])
        last = done[-1][0]
        goal = min(here for here in GOALS if here > last)
        scale = min(last * float(np.exp(growth)), goal)
    return rungs


def _predicted(done: list[tuple[float, Array]], scale: float) -> Array:
    """Return the state at a scale, as a straight line in 1 / scale through the last two (or towards zero odds)."""
    last, state = done[-1]
    if len(done) == 1:
        flat: Array = np.where(np.abs(state) * last < 30.0, state * last / scale, state)
        return flat
    before, earlier = done[-2]
    slope = (state - earlier) / (1.0 / last - 1.0 / before)
    ahead: Array = state + slope * (1.0 / scale - 1.0 / last)
    return ahead


def _settled(slopes: Slopes, guess: Array, scale: float) -> Array | None:
    """Return the fixed point at the scale near the guess, or ``None`` if Newton's method does not settle close by."""
    size = slopes.size
    state = guess.copy()
    if not size:
        return state
    for _ in range(12):
        image, derivative = slopes.at(state, np.array([scale]), NUDGE / scale)
        step = solution(np.eye(size) - derivative, image - state)
        if step is None or not np.isfinite(step).all():
            return None
        state = state + step
        if np.abs(step).max() * scale <= SETTLED * max(1.0, float(np.abs(state).max()) * scale * 1e-9):
            before, after = np.exp(-np.abs(guess * scale)), np.exp(-np.abs(state * scale))
            mixed = np.maximum(before, after) > 1e-3
            moved = np.abs(state - guess) * scale
            return state if moved[mixed].max(initial=0.0) <= FARTHEST else None
    return None


def solution(matrix: Array, right: Array) -> Array | None:
    """Return the solution ``(n, 1)`` of linear equations, ``None`` where they have none or many."""
    if len(matrix) <= DENSE_AT_MOST:
        try:
            return np.asarray(np.linalg.solve(matrix, right), dtype=np.float64)
        except np.linalg.LinAlgError:
            return None
    from scipy.sparse import csc_matrix
    from scipy.sparse.linalg import splu

    try:
        return np.asarray(splu(csc_matrix(matrix)).solve(right))
    except RuntimeError:
        return None


def _rung(game: Steep, sweep: Sweep, state: Array, scale: float) -> Rung:
    sweep(state, np.array([scale]))
    profile = [own.copy() for own in sweep.finish(np.array([scale]))]
    values = _last_values(game, sweep, len(profile))
    odds = []
    for point, value in zip(game.points, values, strict=True):
        steep = value[..., 0] * float(point.precision[0]) * scale
        if point.usual is not None:
            steep = steep + point.usual[..., 0]
        steep = np.where(point.allowed, steep, -np.inf)
        odds.append(steep - steep.max(axis=1, keepdims=True))
    return Rung(scale, tuple(odds))


def _last_values(game: Game, sweep: Sweep, count: int) -> Profile:
    """Return every point's values under the profile that the sweep has left, logarithms included."""
    return [sweep.play.values(point).copy() for point in range(count)]
