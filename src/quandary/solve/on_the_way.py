"""The point of the branch at which a search stood that did not come to its end, settled and checked like any other."""

from __future__ import annotations

import numpy as np

from quandary.game.protocol import Profile
from quandary.game.table import Array
from quandary.solve.concepts import Found
from quandary.solve.equilibria import Equilibrium, Reached
from quandary.solve.one_world import AnyGame, record, slimmed
from quandary.solve.polish import polish
from quandary.solve.regret_check import RegretCheck
from quandary.solve.steepness import Steep, plain, unwatched
from quandary.solve.sweep import Sweep
from quandary.solve.trail import Mark, Trail

SETTLED = 1e-9
"""A point is shown if its choices are those of the logit rule to within this (as in any solution that is claimed)."""

POLISHED_AT_MOST = 100
SWEEPS = 40


def reached(game: AnyGame, trail: Trail) -> Reached | None:
    """Return the steepest point of the branch that the trail keeps.

    ``None`` where there is none beyond uniform play, at which it starts, or where it does not settle.
    """
    mark = trail.steepest
    if mark is None or mark.scale == 0.0:
        return None
    calm = unwatched(mark.game)
    precision = {p.player: _times(p.precision, mark.scale) for p in calm.points}
    here = Steep(calm, precision)
    residual, profile = _settled(here, mark)
    if not float(residual[0]) <= SETTLED:
        return None
    found = Found(profile, residual, np.ones(1, dtype=np.bool_))
    point: Equilibrium = record(RegretCheck(slimmed(game), plain(here), game), found, here.payoffs(profile), 0)
    return Reached(point, {player: float(value[0]) for player, value in precision.items()})


def _times(precision: Array, scale: float) -> Array:
    return np.where(np.isinf(precision), np.inf, np.where(np.isinf(precision), 0.0, precision) * scale)


def _settled(game: Steep, mark: Mark) -> tuple[Array, Profile]:
    """Return residual and profile of the point: by Newton's method in small games, else by answering again and again.

    Where the walk came to, answers draw together; elsewhere the point was settled when it was noted.
    """
    state = mark.state * mark.scale
    if len(state) <= POLISHED_AT_MOST:
        return polish(game, mark.agenda, state, SETTLED)
    sweep, one = Sweep(game, mark.agenda), np.ones(1)
    image = sweep(state, one)
    best, least = state, float(sweep.difference(state, image, one)[0])
    for _ in range(SWEEPS):
        if least <= 0.1 * SETTLED:
            break
        state, image = image, sweep(image, one)
        residual = float(sweep.difference(state, image, one)[0])
        if residual < least:
            best, least = state, residual
    sweep(best, one)
    return np.array([least]), [own.copy() for own in sweep.finish(one)]
