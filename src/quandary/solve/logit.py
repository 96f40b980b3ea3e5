"""Agent logit quantal response equilibrium on the principal branch of the whole game."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from quandary.game.protocol import Game, Profile
from quandary.game.table import Array, Mask
from quandary.solve.agenda import agenda_of
from quandary.solve.sweep import Sweep


@dataclass(frozen=True)
class LogitSettings:
    """``tolerance`` bounds the residual (largest difference of a choice probability from the logit rule)."""

    tolerance: float = 1e-10


@dataclass(frozen=True, eq=False)
class LogitResult:
    """A profile with its residual ``(W,)`` and whether each world converged."""

    profile: Profile
    residual: Array
    converged: Mask


def logit(game: Game, settings: LogitSettings | None = None, start: Profile | None = None) -> LogitResult:
    """Return the logit equilibrium at the players' precisions, on the branch that starts from uniform play."""
    settings = settings or LogitSettings()
    sweep = Sweep(game, agenda_of(game))
    state = sweep.start(sweep.profile)
    residual = np.zeros(game.worlds)
    for t in (0.25, 0.5, 0.75, 1.0):
        scale = np.full(game.worlds, t)
        for _ in range(200):
            after = sweep(state, scale)
            residual = sweep.difference(state, after, scale)
            if residual.max(initial=0.0) <= (settings.tolerance if t == 1.0 else 1e-4):
                break
            state = after
    return LogitResult(sweep.finish(np.ones(1)), residual, residual <= settings.tolerance)
