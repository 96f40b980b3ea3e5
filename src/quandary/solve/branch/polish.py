"""Newton's method at t = 1 on the carriers' log-odds, from a point already near the fixed point."""

from __future__ import annotations

import numpy as np

from quandary.base.arrays import Array
from quandary.game.protocol import Agenda, Game, Profile
from quandary.solve.branch.rules import NUDGE, NUDGED_SHARE, POLISHED_SHARE, POLISHING_ROUNDS
from quandary.solve.branch.sweep import Sweep, Wide


def polish(game: Game, agenda: Agenda, state: Array, tolerance: float) -> tuple[Array, Profile]:
    """Return the polished fixed point's residual per world and its profile; steps that do not help are not taken."""
    sweep = Sweep(game, agenda)
    one = np.ones(game.worlds)
    wide: Wide | None = None
    size = sweep.size
    image = sweep(state, one)
    residual = sweep.difference(state, image, one)
    for _ in range(POLISHING_ROUNDS):
        if residual.max(initial=0.0) <= POLISHED_SHARE * tolerance:
            break
        wide = wide or Wide(game, agenda, np.tile(np.arange(game.worlds), size))
        nudges = NUDGE + NUDGED_SHARE * np.abs(state)
        many = np.repeat(state[:, None, :], size, axis=1)
        for column in range(size):
            many[column, column] += nudges[column]
        images = wide(many.reshape(size, -1), np.ones(1)).reshape(size, size, game.worlds)
        slopes = np.moveaxis((images - image[:, None, :]) / nudges[None], -1, 0)
        try:
            step = np.linalg.solve(np.eye(size) - slopes, (image - state).T[:, :, None])[:, :, 0].T
        except np.linalg.LinAlgError:
            break
        proposal = state + np.where(np.isfinite(step), step, 0.0)
        proposed = sweep(proposal, one)
        better = sweep.difference(proposal, proposed, one)
        helps = better < residual
        if not helps.any():
            break
        state = np.where(helps, proposal, state)
        image = np.where(helps, proposed, image)
        residual = np.where(helps, better, residual)
    image = sweep(state, one)
    return sweep.difference(state, image, one), sweep.finish(np.ones(1))
