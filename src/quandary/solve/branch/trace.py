"""Tracing the branch of quantal response equilibria as a curve, so that turning points are passed and never jumped.

Predictor and corrector in pseudo-arclength (Allgower & Georg 2003, *Introduction to Numerical Continuation Methods*,
chapter 6; Turocy 2005, "A dynamic homotopy interpretation of the logistic quantal response equilibrium
correspondence", *Games and Economic Behavior* 51). The unknowns are the carriers' log-odds at scale one and t;
Jacobians are finite differences, all columns of all worlds in one sweep of a game with repeated worlds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quandary.base.arrays import Array, Mask
from quandary.game.protocol import Agenda, Game, TrailPoint
from quandary.solve.branch import rules
from quandary.solve.branch.crossing import AT_A_CROSSING, FIRM, LEAP, ONTO, STRAIGHT, landed, shortest_step, turned
from quandary.solve.branch.rules import LEAST, Pace
from quandary.solve.branch.sweep import Sweep, Wide

SETTLING = 4
"""So many corrections more a point takes where curves may cross."""


@dataclass(frozen=True, eq=False)
class Traced:
    """Carriers' states ``(n, W)`` at t = 1, which worlds got there, the number of steps each took, and whether another
    curve was crossed on the way."""

    state: Array
    arrived: Mask
    steps: NDArray[np.int64]
    crossed: Mask


def trace(game: Game, agenda: Agenda, t: Array, state: Array, pace: Pace | None = None) -> Traced:
    """Follow the branch of every world from (t, state), a point on it where t grows, to t = 1.

    A world that loses the curve (its steps shrink to nothing, mostly because one had left the branch and the
    determinant showed it) is followed again from the start at a finer pace.
    """
    pace = pace or Pace()
    traced = _follow(game, agenda, t, state, pace)
    again = np.flatnonzero(~traced.arrived)
    if not len(again) or not pace.repeats:
        return traced
    finer = trace(game.in_worlds(again), agenda, t[again], state[:, again], pace.finer())
    traced.state[:, again] = finer.state
    traced.arrived[again] = finer.arrived
    traced.steps[again] += finer.steps
    traced.crossed[again] = finer.crossed
    return traced


def _follow(game: Game, agenda: Agenda, t: Array, state: Array, pace: Pace) -> Traced:
    tracer = Tracer(game, agenda, np.arange(game.worlds, dtype=np.intp), pace)
    tracer.begin(t, state)
    found = state.copy()
    arrived = np.zeros(game.worlds, dtype=np.bool_)
    crossed = np.zeros(game.worlds, dtype=np.bool_)
    steps = np.zeros(game.worlds, dtype=np.int64)
    trail = game.trail
    if trail is not None:
        trail.begin("trace")
    for _ in range(pace.most):
        if trail is not None:
            trail.note("trace", TrailPoint(game, agenda, float(tracer.point[-1, 0]), tracer.point[:-1]))
        done, lost = tracer.advance()
        here = tracer.worlds
        steps[here] += 1
        found[:, here[done]] = tracer.point[:-1, done]
        arrived[here[done]] = True
        crossed[here] = tracer.crossed
        remaining = ~(done | lost)
        if not remaining.any():
            break
        if not remaining.all():
            tracer = tracer.smaller(game, agenda, remaining)
    return Traced(found, arrived, steps, crossed)


class Tracer:
    """Worlds traced side by side; ``point`` and ``tangent`` are ``(n + 1, worlds)``, the last row t."""

    def __init__(self, game: Game, agenda: Agenda, worlds: NDArray[np.intp], pace: Pace) -> None:
        self.worlds = worlds
        self.pace = pace
        self.single = Sweep(game.in_worlds(worlds), agenda)
        self.size = self.single.size
        self.wide = Wide(game, agenda, np.tile(worlds, self.size + 2))
        self.early = np.ones(len(worlds))
        self.way = np.ones(len(worlds))
        self.crossed = np.zeros(len(worlds), dtype=np.bool_)

    def begin(self, t: Array, state: Array) -> None:
        """Stand at the given points, heading for larger t."""
        worlds = len(self.worlds)
        self.point = np.vstack([state, t])
        self.early = rules.even_growth(np.abs(state).max(axis=0, initial=1.0))
        self.length = np.full(worlds, self.pace.first)
        heading = np.zeros((self.size + 1, worlds))
        heading[-1] = 1.0
        _, jacobian = self._linearised(self.point)
        self.tangent = self._tangent(jacobian, heading, self._unit(self.point))
        self.bordered = self._bordered(jacobian, self.tangent, self._unit(self.point))

    def advance(self) -> tuple[Mask, Mask]:
        """Try one step in every world; return which stand at t = 1 now and which are lost."""
        pace = self.pace
        unit = self._unit(self.point)
        ahead = self.point + self.length * self.tangent / unit
        landing = ahead[-1] >= 1.0
        if pace.crossing:  # where curves meet at the end steps before it may fail: it is tried from near
            left = (1.0 - self.point[-1]) * unit[-1]
            landing |= (left > 0.0) & (left <= ONTO * self.tangent[-1])
        fraction = np.where(landing, (1.0 - self.point[-1]) / np.where(landing, ahead[-1] - self.point[-1], 1.0), 1.0)
        ahead = self.point + fraction * (ahead - self.point)
        ahead[-1] = np.where(landing, 1.0, ahead[-1])
        gap, jacobian = self._linearised(ahead)
        border = np.where(landing, np.eye(self.size + 1)[-1][:, None], self.tangent * unit)
        matrix = np.concatenate([jacobian, border.T[:, None, :]], axis=1)
        first = _solve(matrix, gap)
        corrected = ahead - first
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):  # a bad step lies anywhere; it is refused
            second = _solve(matrix, self._gap(corrected))
        corrected = corrected - second
        long, short = np.abs(first * unit).max(axis=0), np.abs(second * unit).max(axis=0)
        good = rules.corrected_well(pace, long, short, LEAST)
        if pace.crossing:  # near a crossing what a point lacks to lie on the curve turns its tangent
            corrected = self._corrected(np.where(good, corrected, self.point), matrix, unit)
            jacobian = self._linearised(corrected)[1]
        tangent = self._tangent(jacobian, self.tangent, unit)
        straight = (tangent * self.tangent).sum(axis=0) >= pace.bend
        step = self.length * fraction
        short_enough = pace.crossing & ((step <= AT_A_CROSSING) | ((step <= LEAP) & (long <= STRAIGHT * step)))
        good &= (straight | (landing & short_enough & (long <= STRAIGHT * step))) & np.isfinite(corrected).all(axis=0)
        bordered = self._bordered(jacobian, tangent, unit)
        way = self._way(bordered)
        over = (way != self.way) | turned(self.bordered, bordered)
        good &= ~over | (short_enough & (long <= STRAIGHT * step))
        if pace.crossing:
            good &= ~(landing & self._nearly_singular(jacobian))
        self.crossed |= good & over
        self.way = np.where(good, way, self.way)
        self.bordered = np.where(good[:, None, None], bordered, self.bordered)
        onto = landing & ~good & pace.crossing & (self.length * fraction <= ONTO)
        if onto.any():
            corrected, tangent, good = self._onto(onto, ahead, corrected, tangent, good)
        self.point = np.where(good, corrected, self.point)
        self.tangent = np.where(good, tangent, self.tangent)
        easy = rules.corrected_easily(pace, long, short, pace.pull * LEAST)
        self.length = rules.next_length(pace, self.length, good, easy)
        return good & landing, self.length < pace.shortest

    def settle(self, rounds: int = 6) -> None:
        """Bring every point onto the curve to rounding, square to its tangent; at t = 0 and t = 1 without moving t."""
        ends = (self.point[-1] == 0.0) | (self.point[-1] == 1.0)
        for _ in range(rounds):
            unit = self._unit(self.point)
            gap, jacobian = self._linearised(self.point)
            border = np.where(ends, np.eye(self.size + 1)[-1][:, None], self.tangent * unit)
            step = _solve(np.concatenate([jacobian, border.T[:, None, :]], axis=1), gap)
            for world in np.flatnonzero(ends) if self.pace.crossing else ():  # where curves meet there may be no other
                step[:-1, world] = shortest_step(jacobian[world, :, :-1], gap[:-1, world])
            self.point = self.point - np.where(np.isfinite(step), step, 0.0)
            if np.abs(step * unit).max(initial=0.0) < 1e-12:
                return

    def smaller(self, game: Game, agenda: Agenda, keep: Mask) -> Tracer:
        """Return a tracer of the marked worlds only."""
        tracer = Tracer(game, agenda, self.worlds[keep], self.pace)
        tracer.point = self.point[:, keep]
        tracer.early = self.early[keep]
        tracer.way, tracer.crossed = self.way[keep], self.crossed[keep]
        tracer.tangent, tracer.bordered = self.tangent[:, keep], self.bordered[keep]
        tracer.length = self.length[keep]
        return tracer

    def _gap(self, point: Array) -> Array:
        """Return state minus image, with a last row of zero for the border."""
        image = self.single(point[:-1], point[-1])
        return np.vstack([point[:-1] - image, np.zeros((1, point.shape[1]))])

    def _linearised(self, point: Array) -> tuple[Array, Array]:
        """Return the gap ``(n + 1, worlds)`` and its derivative ``(worlds, n, n + 1)``."""
        worlds, size = point.shape[1], self.size
        nudges = self.pace.nudge / self._unit(point) + rules.NUDGED_SHARE * np.abs(point)
        nudges[-1] = self.pace.nudge * rules.odds_unit(point[-1], self.early)
        many = np.repeat(point[:, None, :], size + 2, axis=1)
        for column in range(size + 1):
            many[column, column + 1] += nudges[column]
        flat = many.reshape(size + 1, -1)
        image = self.wide(flat[:-1], flat[-1])
        gaps = (flat[:-1] - image).reshape(size, size + 2, worlds)
        slopes = (gaps[:, 1:] - gaps[:, :1]) / nudges[None]
        if self.pace.crossing:  # near a crossing derivatives must tell small numbers from nothing
            back = (2.0 * point[:, None, :] - many).reshape(size + 1, -1)
            behind = (back[:-1] - self.wide(back[:-1], back[-1])).reshape(size, size + 2, worlds)
            slopes = (gaps[:, 1:] - behind[:, 1:]) / (2.0 * nudges[None])
        return np.vstack([gaps[:, 0], np.zeros((1, worlds))]), np.moveaxis(slopes, -1, 0)

    def _tangent(self, jacobian: Array, heading: Array, unit: Array) -> Array:
        """Return the unit tangents (in weighted units) that do not turn back from ``heading``."""
        matrix = np.concatenate([jacobian, (heading * unit).T[:, None, :]], axis=1)
        right = np.zeros_like(heading)
        right[-1] = 1.0
        tangent = _solve(matrix, right) * unit
        return np.asarray(tangent / np.sqrt(np.square(tangent).sum(axis=0)), dtype=np.float64)

    def _onto(
        self, onto: Mask, ahead: Array, corrected: Array, tangent: Array, good: Mask
    ) -> tuple[Array, Array, Mask]:
        """Return points, tangents and which are good, some worlds having landed on a point where curves may meet."""
        state, still = landed(self._at_the_end, ahead[:-1])
        near = np.abs((state - ahead[:-1]) * self._unit(ahead)[:-1]).max(axis=0, initial=0.0) <= AT_A_CROSSING
        reached = onto & still & near
        _, jacobian = self._linearised(np.vstack([state, np.ones((1, len(reached)))]))
        bordered = self._bordered(jacobian, self.tangent, self._unit(ahead))
        self.crossed |= reached & ((self._way(bordered) != self.way) | turned(self.bordered, bordered))
        corrected = np.where(reached, np.vstack([state, np.ones((1, len(reached)))]), corrected)
        return corrected, np.where(reached, self.tangent, tangent), good | reached

    def _corrected(self, point: Array, matrix: Array, unit: Array) -> Array:
        """Return points nearer to the curve, by as many corrections as get shorter."""
        before = np.full(len(self.worlds), np.inf)
        for _ in range(SETTLING):
            step = _solve(matrix, self._gap(point))
            size = np.abs(step * unit).max(axis=0)
            shorter = size < before
            point = np.where(shorter, point - step, point)
            before = np.where(shorter, size, 0.0)
        return point

    def _nearly_singular(self, jacobian: Array) -> Mask:
        """Return where the derivatives at fixed t are so nearly singular that Newton's method may lead astray."""
        if not self.size:
            return np.zeros(len(jacobian), dtype=np.bool_)
        finite = np.isfinite(jacobian).all(axis=(1, 2)).reshape(-1, 1, 1)
        fit = np.where(finite, jacobian[:, :, :-1], np.eye(self.size))
        near: Mask = np.linalg.svd(fit, compute_uv=False)[:, -1] <= FIRM
        return near

    def _at_the_end(self, state: Array) -> tuple[Array, Array]:
        """Return the gap at t = 1 and its derivatives."""
        gap, slopes = self._linearised(np.vstack([state, np.ones((1, state.shape[-1]))]))
        return gap[:-1], slopes[:, :, :-1]

    def _bordered(self, jacobian: Array, tangent: Array, unit: Array) -> Array:
        """Return the derivatives ``(worlds, n + 1, n + 1)`` bordered by the tangent."""
        return np.concatenate([jacobian, (tangent * unit).T[:, None, :]], axis=1)

    def _way(self, bordered: Array) -> Array:
        """Return the way the curve runs, +1 as at t = 0; a step onto another branch or over one mostly turns it round.

        The determinant of the derivative bordered by the tangent keeps its sign along a curve, and is one at the start.
        """
        with np.errstate(invalid="ignore"):
            sign, _ = np.linalg.slogdet(bordered)
        return np.where(sign > 0.0, 1.0, -1.0)

    def _unit(self, point: Array) -> Array:
        """Return how much each unknown counts in a step's length: log-odds at scale one count t times."""
        reached = rules.odds_unit(point[-1], self.early)
        unit = np.tile(reached, (len(point), 1))
        unit[-1] = rules.scale_unit(self.pace, reached)
        return unit


def _solve(matrix: Array, right: Array) -> Array:
    """Return the solutions of one linear system per world, NaN where a matrix is singular."""
    try:
        return np.asarray(np.linalg.solve(matrix, right.T[:, :, None])[:, :, 0].T)
    except np.linalg.LinAlgError:
        columns = []
        for a, b in zip(matrix, right.T, strict=True):
            try:
                columns.append(np.linalg.solve(a, b))
            except np.linalg.LinAlgError:
                columns.append(np.full(b.shape, np.nan))
        return np.stack(columns, axis=1)
