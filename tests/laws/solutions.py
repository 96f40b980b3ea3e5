"""Comparing solutions: close where the fixed point is well conditioned, else both must be fixed points."""

from __future__ import annotations

import numpy as np

from quandary.game import Behaviour, Game, Profile
from quandary.solve import LogitResult, LogitSettings, Sweep, agenda_of
from quandary.solve.logit import logit

POLISHED = LogitSettings(tolerance=1e-13)
NEAR_SINGULAR = 1e-3


def polished(game: Game) -> LogitResult:
    """Return the solution at 1e-13; every world must get there."""
    result = logit(game, POLISHED)
    assert result.converged.all(), result.residual
    return result


def smallest_singular(game: Game, profile: Profile) -> np.ndarray:
    """Return per world the smallest singular value of identity minus the sweep's derivative."""
    sweep = Sweep(game, agenda_of(game))
    one = np.ones(game.worlds)
    state = sweep.start(profile)
    base = sweep(state, one)
    columns = []
    for row in range(sweep.size):
        moved = state.copy()
        moved[row] += 1e-6
        columns.append((sweep(moved, one) - base) / 1e-6)
    if not columns:
        return one
    jacobian = np.stack(columns, axis=1)
    matrix = np.eye(sweep.size) - np.moveaxis(jacobian, -1, 0)
    return np.linalg.svd(matrix, compute_uv=False)[:, -1]


def assert_same(game: Game, profile: Profile, other: Profile, tolerance: float = 1e-9) -> None:
    """Assert that two fixed points of a game agree, in every world, wherever a set is in play.

    Where the derivative is nearly singular a residual of 1e-13 leaves room, in proportion, in the point itself.
    """
    room = tolerance * np.maximum(1.0, NEAR_SINGULAR / smallest_singular(game, profile))
    for point, mine, theirs in zip(game.points, profile, other, strict=True):
        gap = np.abs(mine - theirs) * point.in_play[:, None, :]
        assert (gap.max(axis=(0, 1)) <= room).all(), (point.name, gap.max(axis=(0, 1)), room)


def assert_same_behaviour(mine: Behaviour, theirs: Behaviour, tolerance: float = 1e-9) -> None:
    """Assert that two behaviours agree entry by entry."""
    assert set(mine) == set(theirs)
    for name, table in mine.items():
        np.testing.assert_allclose(table.values, theirs[name].over(table.axes), atol=tolerance)
