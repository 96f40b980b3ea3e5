"""The whole principal branch of one world as a list of points, from uniform play to the precision asked for.

Every point is a quantal response equilibrium. Between them the curve was followed by arclength (``trace``), so that
where it turns back in precision the points turn with it: ``scale`` then falls, and ``turns`` says where. Nothing is
jumped, and a precision may occur several times.

McKelvey & Palfrey (1998), *Experimental Economics* 1; Turocy (2005), *Games and Economic Behavior* 51.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from quandary.base.arrays import Array
from quandary.base.problems import Problem, Refusal
from quandary.base.stopping import STOPS, reason
from quandary.game.protocol import Agenda, Game, Profile
from quandary.solve.branch.far.steepness import Steep
from quandary.solve.branch.rules import Pace
from quandary.solve.branch.sweep import Sweep
from quandary.solve.branch.trace import Tracer
from quandary.solve.points.agenda import agenda_of

GRID = 61
"""So many points has a branch on which no decisions rely on each other in a circle: it is a function of precision."""

TOGETHER = 32
"""So many points are settled side by side."""

GENTLEST = 1e-3
"""The grid's first precision above zero, counted in the log-odds that it gives at most under uniform play."""


@dataclass(frozen=True, eq=False)
class Branch:
    """K points of the principal branch in one world.

    ``scale`` (K,) multiplies the game's own precisions; it starts at 0 and ends at what was asked for if ``arrived``.
    ``profile`` holds one array ``(sets, options, K)`` per decision point, ``payoffs`` one ``(K,)`` per player,
    ``residual`` (K,) is the largest difference of a choice probability from the logit rule. ``turns`` are the points
    at which the precision stops growing or stops falling. ``crossed``: somewhere another curve crosses the branch, as
    in games with a symmetry, and it was followed straight on. ``stopped``: why it was not followed to its end, where
    a watched game said no (the points found so far are kept).
    """

    scale: Array
    profile: Profile
    payoffs: Mapping[str, Array]
    residual: Array
    turns: tuple[int, ...]
    arrived: bool
    crossed: bool = False
    stopped: str = ""


def branch(game: Game, up_to: float = 1.0, *, world: int = 0, pace: Pace | None = None) -> Branch:
    """Return the principal branch of one world, the precisions multiplied by 0 to ``up_to``.

    Raises ``Refusal`` (Q451) where a player's precision is infinite: there is no curve to follow then.
    """
    precision = {p.player: p.precision for p in game.points}
    exact = [player for player, value in precision.items() if np.isinf(value).any()]
    if exact:
        message = f"the choices of {', '.join(exact)} are exact, so that no branch leads to them."
        raise Refusal(Problem("Q451", message, hint="give that actor a finite rationality"))
    agenda = agenda_of(game)
    steep = Steep(game, {player: value * up_to for player, value in precision.items()})
    steep = steep.in_worlds(np.array([world]))
    if not agenda.carriers:
        scale = _grid(steep)
        return _told(steep.unwatched, agenda, np.zeros((0, len(scale))), scale, up_to, arrived=True)
    followed, crossed = _at_any_pace(steep, agenda, pace or Pace()), False
    if not followed.arrived and not followed.stopped:
        straight = _at_any_pace(steep, agenda, (pace or Pace())._replace(crossing=True))
        crossed = straight.arrived
        followed = straight if crossed else replace(followed, stopped=straight.stopped)
    points = followed.points
    told = _told(steep.unwatched, agenda, points[:-1], points[-1], up_to, arrived=followed.arrived)
    return replace(told, crossed=crossed, stopped=followed.stopped)


@dataclass(frozen=True, eq=False)
class _Followed:
    """Points ``(n + 1, K)`` that the tracer accepted, settled, whether it came to t = 1, and why it stopped early."""

    points: Array
    arrived: bool
    stopped: str = ""


def _at_any_pace(game: Steep, agenda: Agenda, pace: Pace) -> _Followed:
    """Return what ``_followed`` does, at a finer pace where the curve is lost."""
    found = _followed(game, agenda, pace)
    while not found.arrived and not found.stopped and pace.repeats:
        pace = pace.finer()
        found = _followed(game, agenda, pace)
    return found


def _grid(game: Steep) -> Array:
    """Return scales from 0 to 1, evenly spaced in the logarithm above the first."""
    sweep = Sweep(game, Agenda((), (), ()))
    values = game.values(sweep.profile)
    odds = [np.ptp(v, axis=1).max(initial=0.0) * p.precision.max() for v, p in zip(values, game.points, strict=True)]
    first = min(0.5, GENTLEST / max(1.0, *odds, 1.0))
    return np.concatenate([[0.0], np.geomspace(first, 1.0, GRID - 1)])


def _followed(game: Steep, agenda: Agenda, pace: Pace) -> _Followed:
    """Return what the tracer comes through from uniform play on."""
    calm = game.unwatched
    sweep = Sweep(calm, agenda)
    start = sweep.start(sweep.profile)
    tracer = Tracer(calm, agenda, np.zeros(1, dtype=np.intp), pace)
    tracer.begin(np.zeros(1), start)
    kept = [(tracer.point, tracer.tangent)]
    arrived, stopped = False, ""
    try:
        tracer = Tracer(game, agenda, np.zeros(1, dtype=np.intp), pace)
        tracer.begin(np.zeros(1), start)
        for _ in range(pace.most):
            done, lost = tracer.advance()
            if (tracer.point != kept[-1][0]).any():
                kept.append((tracer.point, tracer.tangent))
            if done.any() or lost.any():
                arrived = bool(done.any())
                break
    except STOPS as stop:
        stopped = reason(stop)
    settled: list[Array] = []
    for first in range(0, len(kept), TOGETHER):
        some = kept[first : first + TOGETHER]
        many = Tracer(calm, agenda, np.zeros(len(some), dtype=np.intp), pace)
        many.point, many.tangent = (np.concatenate(parts, axis=1) for parts in zip(*some, strict=True))
        many.early = np.repeat(tracer.early, len(some))
        try:
            many.settle()
        except KeyboardInterrupt as stop:
            if not settled:
                raise
            arrived, stopped = False, reason(stop)
            break
        settled.append(many.point)
    points = np.concatenate(settled, axis=1)
    return _Followed(points[:, points[-1] <= 1.0], arrived, stopped)


def _told(game: Game, agenda: Agenda, states: Array, t: Array, up_to: float, *, arrived: bool) -> Branch:
    """Return the branch with everybody's behaviour worked out at each point."""
    parts = []
    size = max(1, min(len(t), game.affordable))
    for first in range(0, len(t), size):
        some = slice(first, first + size)
        many = game.in_worlds(np.zeros(len(t[some]), dtype=np.intp))
        sweep = Sweep(many, agenda)
        image = sweep(states[:, some], t[some])
        residual = sweep.difference(states[:, some], image, t[some])
        profile = [own.copy() for own in sweep.finish(t[some])]
        parts.append((profile, many.payoffs(profile), residual))
    profiles, payoffs, residuals = zip(*parts, strict=True)
    return Branch(
        t * up_to,
        [np.concatenate(own, axis=-1) for own in zip(*profiles, strict=True)],
        {player: np.concatenate([part[player] for part in payoffs]) for player in payoffs[0]},
        np.concatenate(residuals),
        turning_points(t),
        arrived,
    )


def turning_points(scale: Array) -> tuple[int, ...]:
    """Return the places at which a sequence stops growing or stops falling, its ends aside."""
    heading: NDArray[np.float64] = np.sign(np.diff(scale))
    return tuple((np.flatnonzero(heading[1:] * heading[:-1] < 0) + 1).tolist())
