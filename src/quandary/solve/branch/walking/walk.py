"""Following the principal branch where the game contracts: steps in t, each corrected by the sweep itself.

Every world walks at its own pace: it accepts a step when the sweep pulls the predicted state to a fixed point nearby
and fast, else it halves the step. A world whose steps become too small (the sweep hardly contracts, or the branch
turns) is left to ``trace``, which follows the curve itself.

The test of a step is on log-odds, which do not saturate as probabilities do: the first correction must be short
(``reach``), and a state shaken in all log-odds must be pulled back by a factor (``pull``). The shaking may be left out
where the last factor measured was small (``trusted``). A world in which the carriers' log-odds have moved far from
what uniform play gives them (``near``) takes ``careful`` steps of at most an eighth of the way, each settled more
patiently: there one shaking may happen to miss the direction in which the pull is weak. No step adds more than ``leap``
to the log-odds that uniform play gives, or more than doubles t: where choices are all but certain anything looks like a
fixed point that attracts, so that one leap from even chances to certainty would tell nothing. On such a stretch the map
from t to its fixed point has no turning point and the fixed point attracts, so that nothing is jumped. This is a
measurement, not a proof; the test against slow tracing of thousands of games is in ``bench/engine/branches.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from quandary.base.arrays import Array, Mask
from quandary.game.protocol import Agenda, Game, Profile, TrailPoint
from quandary.solve.branch import rules
from quandary.solve.branch.rules import Stride
from quandary.solve.branch.sweep import Sweep
from quandary.solve.branch.walking.acceleration import Anderson

SHRUNK = 0.6
"""The batch is made smaller when no more than this share of its worlds still walks."""

SIGNS = 1024
"""So many sets of signs serve to shake states."""


@dataclass(eq=False)
class Position:
    """Where each world stands on the branch: ``t``, ``state``, its estimated ``slope`` in t, and the next step.

    ``origin`` is the state at t = 0, the values under uniform play.
    """

    origin: Array
    t: Array
    state: Array
    slope: Array
    step: Array

    @classmethod
    def at_uniform(cls, state: Array, first: float) -> Position:
        """Return the start of the branch."""
        return cls(state, np.zeros(state.shape[-1]), state, np.zeros_like(state), np.full(state.shape[-1], first))

    def take(self, index: NDArray[np.intp] | Mask) -> Position:
        """Return the position in the named worlds."""
        kept = self.origin[:, index], self.t[index], self.state[:, index], self.slope[:, index], self.step[index]
        return Position(*kept)

    def target(self) -> Array:
        """Return the t that each world tries next."""
        found: Array = rules.target_of(self.t, self.step)
        return found

    def predicted(self, target: Array) -> Array:
        """Return the state at ``target`` along the slope."""
        return self.state + (target - self.t) * self.slope


@dataclass(frozen=True, eq=False)
class Arrived:
    """Worlds (of the walked game) that reached t = 1, with their profile and residual."""

    worlds: NDArray[np.intp]
    profile: Profile
    residual: Array


@dataclass(frozen=True, eq=False)
class Walked:
    """What a walk leaves: who arrived, who is stuck, the number of carriers' log-odds, and of sweeps of one world."""

    arrived: tuple[Arrived, ...]
    stuck: NDArray[np.intp]
    size: int
    sweeps: int


def walk(game: Game, agenda: Agenda, tolerance: float, stride: Stride) -> Walked:
    """Walk every world of the game from uniform play to t = 1, or until it gets stuck."""
    sweep = Sweep(game, agenda)
    if not sweep.size:
        everyone = np.arange(game.worlds, dtype=np.intp)
        profile = sweep.profile_at(np.zeros((0, game.worlds)))
        arrived_at_once = Arrived(everyone, profile, np.zeros(game.worlds))
        return Walked((arrived_at_once,), everyone[:0], 0, game.worlds)
    start = Position.at_uniform(sweep.start(sweep.profile), stride.first)
    walker = Walker(sweep, np.arange(game.worlds, dtype=np.intp), start, stride)
    arrived: list[Arrived] = []
    stuck: list[NDArray[np.intp]] = [np.zeros(0, dtype=np.intp)]
    sweeps = game.worlds
    trail = game.trail
    while walker.active.any():
        if trail is not None:
            trail.note("walk", TrailPoint(game, agenda, float(walker.position.t[0]), walker.position.state))
        sweeps += len(walker.worlds)
        done, failed = walker.advance(tolerance)
        if done.any():
            arrived.append(walker.arrival(done))
        if failed.any():
            stuck.append(walker.worlds[failed])
        walker.active &= ~(done | failed)
        remaining = int(walker.active.sum())
        if 0 < remaining < SHRUNK * len(walker.worlds):
            walker.narrow(Sweep(game.in_worlds(walker.worlds[walker.active]), agenda))
    return Walked(tuple(arrived), np.concatenate(stuck), sweep.size, sweeps)


@lru_cache(maxsize=64)
def shaking_signs(size: int) -> Array:
    """Return the signs ``(size, SIGNS)`` by which log-odds are shaken, a column a time: always the same ones."""
    return np.random.default_rng(0).choice((-1.0, 1.0), (size, SIGNS))


class Walker:
    """The worlds still walking, side by side; what one does is independent of the others."""

    def __init__(self, sweep: Sweep, worlds: NDArray[np.intp], position: Position, stride: Stride) -> None:
        self.sweep = sweep
        self.worlds = worlds
        self.position = position
        self.stride = stride
        self.active = np.ones(len(worlds), dtype=np.bool_)
        self.leap = rules.largest_leap(stride, np.abs(position.origin).max(axis=0, initial=0.0))
        position.step = np.minimum(position.step, np.maximum(self.leap, position.t))
        self.target = position.target()
        self.state = position.predicted(self.target)
        self.tried = np.zeros(len(worlds), dtype=np.int64)
        self.residual = np.full(len(worlds), np.inf)
        self.pull = np.ones(len(worlds))
        self.swept = np.zeros(len(worlds), dtype=np.intp)
        self.signs = shaking_signs(sweep.size)
        self.before = (self.state, self.state)
        self.next = self.state
        self.beyond = stride.beyond
        self.anderson = Anderson(sweep.size, len(worlds), stride.depth)

    def advance(self, tolerance: float) -> tuple[Mask, Mask]:
        """Sweep once; return which worlds arrived and which are stuck."""
        stride, position = self.stride, self.position
        image = self.sweep(self.state, self.target)
        gap = self.sweep.distance(self.state, image, self.target)
        last = self.target == 1.0
        before = self.residual
        self.residual = np.full(len(before), np.inf)
        if last.any():
            self.residual = np.where(last, self.sweep.difference(self.state, image, self.target), np.inf)
        self._measure(image)
        far = self.sweep.distance(position.origin, image, self.target) > stride.near
        tried, pull = self.tried, self.pull
        bad = rules.refused(stride, tried, last, gap, far, pull, self.target - position.t)
        done = self.active & rules.arrived(tolerance, self.beyond, tried, last, self.residual, before, bad)
        settled = rules.settled(stride, tried, last, gap, far, pull, bad)
        bad &= ~done
        failed = self.active & bad & rules.stuck(stride, position.step)
        first = tried == 0
        proposal = self.anderson.propose(self.state, image, first)
        self.before = (self.state, image)
        self.next = np.where(first, image, proposal)
        shaken = rules.to_be_shaken(stride, tried, pull)
        self.state = np.where(shaken, image + self._shaking(), self.next) if shaken.any() else self.next
        self.tried += 1
        self.swept += 1
        self._move(image, settled, bad, far)
        return done, failed

    def _measure(self, image: Array) -> None:
        """Note by how much the sweep draws two states together: the last one and this one, at the same t."""
        if not self.tried.any():
            return
        state, before = self.before
        moved = self.sweep.distance(state, self.state, np.ones(1))
        drawn = self.sweep.distance(before, image, np.ones(1))
        self.pull = rules.pull_measured(self.tried, self.target, moved, drawn, self.pull)

    def _shaking(self) -> Array:
        """Return a shift of ``shake`` in every log-odds, its signs different from step to step."""
        signs = self.signs[:, rules.shaking_column(self.swept, SIGNS)]
        shift: Array = signs * rules.shaking(self.stride, self.target)
        return shift

    def _move(self, image: Array, settled: Mask, bad: Mask, far: Mask) -> None:
        """Accept the settled steps, shorten the bad ones, and predict anew for both."""
        position = self.position
        if not (settled.any() or bad.any()):
            return
        ahead = rules.slope_along(image - position.state, self.target - position.t)
        position.slope = np.where(settled | (bad & (self.tried == 1)), ahead, position.slope)
        position.t = np.where(settled, self.target, position.t)
        position.state = np.where(settled, image, position.state)
        restart = settled | bad
        step = rules.next_step(self.stride, position.step, settled, self.tried, far, self.leap, position.t)
        position.step = np.where(restart, step, position.step)
        target = position.target()
        self.target = np.where(restart, target, self.target)
        self.state = np.where(restart, position.predicted(target), self.state)
        self.tried = np.where(restart, 0, self.tried)
        self.anderson.forget(restart)

    def arrival(self, done: Mask) -> Arrived:
        """Return the marked worlds' profiles as they now stand."""
        profile = self.sweep.finish(np.ones(1))
        return Arrived(self.worlds[done], [p[:, :, done] for p in profile], self.residual[done])

    def narrow(self, sweep: Sweep) -> None:
        """Go on with the active worlds only, which are those of the sweep given."""
        keep = np.flatnonzero(self.active)
        self.sweep = sweep
        self.worlds, self.active, self.swept = self.worlds[keep], self.active[keep], self.swept[keep]
        self.tried, self.pull, self.residual = self.tried[keep], self.pull[keep], self.residual[keep]
        self.leap, self.target, self.state = self.leap[keep], self.target[keep], self.state[:, keep]
        self.before = (self.before[0][:, keep], self.before[1][:, keep])
        self.position = self.position.take(keep)
        self.anderson.keep(keep)
