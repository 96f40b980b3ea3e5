"""How far up the principal branch each world of a game is followed, and by which way.

Small games with exact derivatives (``ascent``); the worlds of all others together to scale one (``trace``), then each
by itself (``climb``). Where that does not tell the limit, there are ways that take longer: on the tree of all that can
happen (``histories``), and farther up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from quandary.solve.branch.far.approach import Rung, approaches
from quandary.solve.branch.far.ascent import SUMMITS, ascend
from quandary.solve.branch.far.climb import TooManyError, climb
from quandary.solve.branch.far.histories import histories_of
from quandary.solve.branch.far.steepness import Steep
from quandary.solve.branch.rules import Pace
from quandary.solve.branch.small.observation import note_keeper, stop_asker
from quandary.solve.branch.sweep import Sweep
from quandary.solve.branch.trace import trace
from quandary.solve.points.agenda import agenda_of

LARGEST = 400
"""So many log-odds of carriers are traced."""


@dataclass(frozen=True, eq=False)
class BranchRoute:
    """How far up the branch of one world was followed, over a crossing or not, or why it was not.

    ``traced``: it was traced and climbed, by no exact derivatives.
    """

    rungs: list[Rung]
    crossed: bool = False
    reason: str = "the branch was lost on the way"
    traced: bool = False


def routes_of(game: Steep) -> list[BranchRoute]:
    """Return each world's route: small games' with exact derivatives, those of others together as far as they go."""
    routes: dict[int, BranchRoute] = {}
    for world in range(game.worlds):
        alone = game.in_worlds(np.array([world])) if game.worlds > 1 else game
        form = alone.leaves()
        rungs, crossed = ascend(form, note_keeper(alone, form, "ascent")) if form is not None else ([], False)
        if approaches(rungs):
            routes[world] = BranchRoute(rungs, crossed)
    left = np.array([world for world in range(game.worlds) if world not in routes], dtype=np.intp)
    if len(left):
        rest = _traced(game if len(left) == game.worlds else game.in_worlds(left))
        routes |= dict(zip(left.tolist(), rest, strict=True))
    return [routes[world] for world in range(game.worlds)]


def other_routes(game: Steep, route: BranchRoute) -> Iterator[BranchRoute]:
    """Yield further routes of one world whose limit the given one, of ``routes_of``, does not tell."""
    form = game.leaves()
    histories = histories_of(game) if form is None else None
    if histories is not None:
        for summit in SUMMITS:
            rungs, crossed = ascend(histories.form, stop_asker(game), summit)
            yield BranchRoute([histories.rung(rung) for rung in rungs], crossed)
    if form is not None:
        for summit in SUMMITS[1:]:
            yield BranchRoute(*ascend(form, stop_asker(game), summit))
    if not route.traced:
        yield from _traced(game)


def _traced(game: Steep) -> list[BranchRoute]:
    """Return the routes of any game's worlds: traced together to scale 1 and climbed on one by one."""
    agenda = agenda_of(game)
    sweep = Sweep(game, agenda)
    if sweep.size > LARGEST:
        return [
            BranchRoute([], reason=f"{sweep.size} log-odds are too many to trace", traced=True)
            for _ in range(game.worlds)
        ]
    crossed = np.zeros(game.worlds, dtype=np.bool_)
    states, arrived = np.zeros((0, game.worlds)), ~crossed
    if sweep.size:
        start = sweep.start(sweep.profile)
        traced = trace(game, agenda, np.zeros(game.worlds), start)
        states, arrived = traced.state, traced.arrived
        lost = np.flatnonzero(~arrived)
        if len(lost):
            again = trace(game.in_worlds(lost), agenda, np.zeros(len(lost)), start[:, lost], Pace(crossing=True))
            states[:, lost] = again.state
            arrived[lost] = crossed[lost] = again.arrived
    routes = []
    for world in range(game.worlds):
        try:
            rungs = climb(game.in_worlds(np.array([world])), agenda, states[:, [world]]) if arrived[world] else []
        except TooManyError as told:
            routes.append(BranchRoute([], bool(crossed[world]), str(told), traced=True))
        else:
            routes.append(BranchRoute(rungs, bool(crossed[world]), traced=True))
    return routes
