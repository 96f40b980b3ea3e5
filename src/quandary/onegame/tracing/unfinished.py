"""The point of the branch at which a search stood that did not come to its end, settled and checked like any other."""

from __future__ import annotations

import numpy as np

from quandary.base.arrays import Array
from quandary.game.protocol import Agenda, Profile, TrailPoint
from quandary.onegame.checks.regret_check import RegretCheck
from quandary.onegame.equilibria import Reached
from quandary.onegame.tracing.one_world import AnyGame, record, slimmed
from quandary.solve.branch.far.climb import NUDGE, UNKNOWNS_AT_MOST, solution
from quandary.solve.branch.far.steepness import Steep
from quandary.solve.branch.polish import polish
from quandary.solve.branch.slopes import Slopes
from quandary.solve.branch.sweep import Sweep
from quandary.solve.branch.trail import Trail
from quandary.solve.concepts import ConceptResult

SETTLED = 1e-9
"""A point is shown if its choices are those of the logit rule to within this (as in any solution that is claimed)."""

POLISHED_AT_MOST = 100
ROUNDS = 12


def reached(game: AnyGame, trail: Trail) -> Reached | None:
    """Return the steepest point of the branch that the trail keeps and that settles.

    ``None`` where there is none beyond uniform play, at which it starts.
    """
    for mark in trail.steepest:
        if mark.scale == 0.0:
            break
        calm = mark.game.unwatched
        precision = {p.player: _times(p.precision, mark.scale) for p in calm.points}
        here = Steep(calm, precision)
        residual, profile = _settled(here, mark)
        if float(residual[0]) <= SETTLED:
            found = ConceptResult(profile, residual, np.ones(1, dtype=np.bool_))
            check = RegretCheck(slimmed(game), here.plain, game)
            point = record(check, found, here.payoffs(profile), 0)
            return Reached(point, {player: float(value[0]) for player, value in precision.items()})
    return None


def _times(precision: Array, scale: float) -> Array:
    return np.where(np.isinf(precision), np.inf, np.where(np.isinf(precision), 0.0, precision) * scale)


def _settled(game: Steep, mark: TrailPoint) -> tuple[Array, Profile]:
    """Return residual and profile of the point, by Newton's method.

    Of small games on the carriers' log-odds, of larger ones on those of all decisions that rely on each other, whose
    derivatives are at hand (``slopes``).
    """
    state, one = mark.state * mark.scale, np.ones(1)
    if len(state) <= POLISHED_AT_MOST:
        return polish(game, mark.agenda, state, SETTLED)
    agenda = Agenda((*mark.agenda.carriers, *mark.agenda.pass_), (), mark.agenda.after)
    guess = Sweep(game, mark.agenda).profile_at(state)
    sweep = Sweep(game, agenda)
    state = sweep.start([own.copy() for own in guess])
    slopes = Slopes(game, agenda) if len(state) <= UNKNOWNS_AT_MOST else None
    best, least = state, np.inf
    for _ in range(ROUNDS):
        image = sweep(state, one)
        residual = float(sweep.difference(state, image, one)[0])
        if not residual < least:
            break
        best, least = state, residual
        if least <= 0.1 * SETTLED or slopes is None:
            break
        image, derivative = slopes.at(state, one, NUDGE)
        step = solution(np.eye(len(state)) - derivative, image - state)
        if step is None or not np.isfinite(step).all():
            break
        state = state + step
    sweep(best, one)
    return np.array([least]), [own.copy() for own in sweep.finish(one)]
