"""The walk over many worlds in a window of a few lanes: a world that has arrived gives its lane to one that waits.

So every pass works on worlds that still walk, in arrays that are made once and stay in the processor's cache. Each
world's walk is the one that ``walk`` describes; whole profiles are worked out in the end.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from quandary.base.arrays import Array, Mask
from quandary.game.protocol import Agenda, DecisionPoint, Game, Profile, Window
from quandary.solve.branch import rules
from quandary.solve.branch.rules import Stride
from quandary.solve.branch.sweep import Sweep
from quandary.solve.branch.walking.walk import SHRUNK, Arrived, Position, Walked, Walker
from quandary.solve.points.choice import logit_rule

REFILLED = 0.125
"""Lanes are filled anew when this share of them is free."""

MOST = 0.8
"""Only where fewer sets than this share are in play are they taken apart from the others."""


def walk_in_lanes(game: Game, window: Window, agenda: Agenda, tolerance: float, stride: Stride) -> Walked:
    """Walk every world of the game through the window, which shows the first of them; see ``walk.walk``."""
    sweep = WindowSweep(window, agenda)
    walker = _LaneWalker(sweep, game.worlds, stride)
    state = np.zeros((sweep.size, game.worlds))
    found = np.zeros(game.worlds, dtype=np.bool_)
    stuck: list[NDArray[np.intp]] = [np.zeros(0, dtype=np.intp)]
    sweeps = game.worlds
    while walker.active.any():
        sweeps += int(walker.active.sum())
        done, failed = walker.advance(tolerance)
        arrived = walker.worlds[done]
        state[:, arrived] = walker.next[:, done]
        found[arrived] = True
        stuck.append(walker.worlds[failed])
        walker.active &= ~(done | failed)
        walker.go_on(game)
    profile, residual = _answers(sweep, state)
    residual[~found] = np.inf
    stuck.append(np.flatnonzero(found & (residual > tolerance)))
    arrived_together = Arrived(np.arange(game.worlds, dtype=np.intp), profile, residual)
    return Walked((arrived_together,), np.concatenate(stuck), sweep.size, sweeps)


class WindowSweep(Sweep):
    """A sweep over a window's worlds, which others can take the places of; it answers sets that are in play only."""

    def __init__(self, window: Window, agenda: Agenda) -> None:
        super().__init__(window, agenda)
        self._window = window
        self.walking = [logit_rule(p, _in_play(p)) for p in window.points]

    def show(self, lanes: NDArray[np.intp] | slice, worlds: NDArray[np.intp] | slice) -> None:
        """Put other worlds of the window's game into the lanes."""
        self._window.show(lanes, worlds)
        if self._window.uneven:
            self.counts = self.measure_counts()


def _in_play(point: DecisionPoint) -> NDArray[np.intp] | None:
    """Return the sets that are in play in some world, ``None`` where that is most of them."""
    sets = np.flatnonzero(point.reached)
    return sets if len(sets) < MOST * len(point.reached) else None


def _answers(sweep: WindowSweep, state: Array) -> tuple[Profile, Array]:
    """Return the profile that answers each world's state, and its residual; the worlds are shown batch after batch."""
    lanes, worlds = sweep.game.worlds, state.shape[1]
    profile = [np.empty((*p.allowed.shape, worlds)) for p in sweep.game.points]
    residual = np.empty(worlds)
    for begin in range(0, worlds, lanes):
        some = slice(min(begin, worlds - lanes), min(begin + lanes, worlds))
        sweep.show(slice(None), some)
        for whole, part in zip(profile, sweep.profile_at(state[:, some]), strict=True):
            whole[:, :, some] = part
        residual[some] = sweep.difference(state[:, some], sweep.image(), np.ones(1))
    return profile, residual


class _LaneWalker(Walker):
    """The worlds in the lanes; ``fresh`` ones have yet to find the state that uniform play gives."""

    def __init__(self, sweep: WindowSweep, total: int, stride: Stride) -> None:
        lanes = sweep.game.worlds
        start = Position.at_uniform(np.zeros((sweep.size, lanes)), stride.first)
        super().__init__(sweep, np.arange(lanes, dtype=np.intp), start, stride)
        self.beyond = stride.ahead
        self._show = sweep.show
        self.waiting = np.arange(lanes, total, dtype=np.intp)
        self.fresh = np.ones(lanes, dtype=np.bool_)
        self._enter(np.arange(lanes, dtype=np.intp))

    def advance(self, tolerance: float) -> tuple[Mask, Mask]:
        """Sweep once; return which worlds arrived and which are stuck."""
        done, failed = super().advance(tolerance)
        if self.fresh.any():
            self._begin(np.flatnonzero(self.fresh))
        return done, failed

    def go_on(self, game: Game) -> None:
        """Let worlds that wait take free lanes; with none waiting, go on in fewer lanes."""
        free = np.flatnonzero(~self.active)
        if len(self.waiting) and len(free) >= REFILLED * len(self.active):
            lanes, worlds = free[: len(self.waiting)], self.waiting[: len(free)]
            self.waiting = self.waiting[len(lanes) :]
            self._show(lanes, worlds)
            self.worlds[lanes] = worlds
            self._enter(lanes)
        elif not len(self.waiting) and (1.0 - SHRUNK) * len(self.active) <= len(free) < len(self.active):
            fewer = self.worlds[self.active]
            window = game.window(fewer)
            agenda = self.sweep.agenda
            self.narrow(Sweep(game.in_worlds(fewer), agenda) if window is None else WindowSweep(window, agenda))
            self.fresh = np.zeros(len(self.active), dtype=np.bool_)

    def _enter(self, lanes: NDArray[np.intp]) -> None:
        """Have the lanes play uniformly in the next sweep: t = 0."""
        self.active[lanes] = self.fresh[lanes] = True
        self.state[:, lanes] = self.target[lanes] = 0.0
        self.tried[lanes] = self.swept[lanes] = 0
        self.pull[lanes], self.residual[lanes] = 1.0, np.inf
        for part in (self.position.origin, self.position.state, self.position.slope):
            part[:, lanes] = 0.0
        self.position.t[lanes] = 0.0

    def _begin(self, lanes: NDArray[np.intp]) -> None:
        """Set off from what uniform play gave in the lanes."""
        position, origin = self.position, self.before[1][:, lanes]
        for part in (position.origin, position.state):
            part[:, lanes] = origin
        position.t[lanes], position.slope[:, lanes] = 0.0, 0.0
        self.leap[lanes] = rules.largest_leap(self.stride, np.abs(origin).max(axis=0, initial=0.0))
        position.step[lanes] = np.minimum(self.stride.first, self.leap[lanes])
        self.target[lanes] = position.target()[lanes]
        self.state[:, lanes] = origin
        self.tried[lanes] = self.swept[lanes] = 0
        self.pull[lanes], self.residual[lanes] = 1.0, np.inf
        self.fresh[lanes] = False
