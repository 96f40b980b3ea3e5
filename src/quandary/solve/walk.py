"""Following the principal branch where the game contracts: steps in t, each corrected by the sweep itself.

Every world walks at its own pace: it accepts a step when the sweep pulls the predicted state to a fixed point nearby
and fast, else it halves the step. A world whose steps become too small (the sweep hardly contracts, or the branch
turns) is left to ``trace``, which follows the curve itself.

The test of a step is on log-odds, which do not saturate as probabilities do: the first correction must be
short (``reach``), and a state shaken in all log-odds must be pulled back by a factor (``pull``). The shaking may be
left out where the last factor measured was small (``trusted``). On such a stretch the map t -> fixed point has no
turning point and its fixed point attracts, so that nothing is jumped.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quandary.game.protocol import Game, Profile
from quandary.game.table import Array, Mask
from quandary.solve.acceleration import Anderson
from quandary.solve.agenda import Agenda
from quandary.solve.sweep import Sweep


@dataclass(frozen=True)
class Stride:
    """How boldly to walk: see the module; ``settled`` is the correction (in log-odds) that ends a step."""

    first: float = 0.5
    shortest: float = 1.0 / 64.0
    reach: float = 0.7
    pull: float = 0.35
    trusted: float = 0.1
    shake: float = 0.05
    settled: float = 0.02
    tries: int = 6
    finishing: int = 30
    depth: int = 3


@dataclass(eq=False)
class Position:
    """Where each world stands: the last two accepted points of the branch, and the next step's length."""

    t: Array
    state: Array
    before_t: Array
    before_state: Array
    step: Array

    @classmethod
    def at_uniform(cls, state: Array, first: float) -> Position:
        """Return the start of the branch."""
        worlds = state.shape[-1]
        return cls(np.zeros(worlds), state, np.full(worlds, -1.0), state.copy(), np.full(worlds, first))

    def take(self, index: NDArray[np.intp] | Mask) -> Position:
        """Return the position in the named worlds."""
        return Position(
            self.t[index],
            self.state[:, index],
            self.before_t[index],
            self.before_state[:, index],
            self.step[index],
        )

    def target(self) -> Array:
        """Return the t that each world tries next."""
        return np.where(self.t + self.step >= 1.0 - 1e-9, 1.0, self.t + self.step)

    def predicted(self, target: Array) -> Array:
        """Return the state at ``target`` on the line through the last two points."""
        slope = (target - self.t) / (self.t - self.before_t)
        return self.state + slope * (self.state - self.before_state)


@dataclass(frozen=True, eq=False)
class Arrived:
    """Worlds (of the walked game) that reached t = 1, with their profile and residual."""

    worlds: NDArray[np.intp]
    profile: Profile
    residual: Array


@dataclass(frozen=True, eq=False)
class Walked:
    """What a walk leaves: who arrived, who is stuck and where, and how many sweeps of one world it took."""

    arrived: tuple[Arrived, ...]
    stuck: NDArray[np.intp]
    position: Position
    sweeps: int


def walk(game: Game, agenda: Agenda, tolerance: float, stride: Stride) -> Walked:
    """Walk every world of the game from uniform play to t = 1, or to where it gets stuck."""
    sweep = Sweep(game, agenda)
    start = sweep.start(sweep.profile)
    walker = _Walker(sweep, np.arange(game.worlds, dtype=np.intp), Position.at_uniform(start, stride.first), stride)
    arrived: list[Arrived] = []
    stuck: list[tuple[NDArray[np.intp], Position]] = []
    sweeps = game.worlds
    while walker.active.any():
        sweeps += len(walker.worlds)
        done, failed = walker.advance(tolerance)
        if done.any():
            arrived.append(walker.arrival(done))
        if failed.any():
            stuck.append((walker.worlds[failed], walker.position.take(failed)))
        walker.active &= ~(done | failed)
        remaining = int(walker.active.sum())
        if 0 < remaining < 0.6 * len(walker.worlds):
            walker = walker.smaller(game, agenda)
    worlds = np.concatenate([w for w, _ in stuck]) if stuck else np.zeros(0, dtype=np.intp)
    return Walked(tuple(arrived), worlds, _joined([p for _, p in stuck], start), sweeps)


class _Walker:
    """The worlds still walking, side by side."""

    def __init__(self, sweep: Sweep, worlds: NDArray[np.intp], position: Position, stride: Stride) -> None:
        self.sweep = sweep
        self.worlds = worlds
        self.position = position
        self.stride = stride
        self.active = np.ones(len(worlds), dtype=np.bool_)
        self.target = position.target()
        self.state = position.predicted(self.target)
        self.tried = np.zeros(len(worlds), dtype=np.int64)
        self.residual = np.full(len(worlds), np.inf)
        self.pull = np.ones(len(worlds))
        self.shaken = 0
        self.signs = np.random.default_rng(0).choice((-1.0, 1.0), (sweep.size, len(worlds) + 1024))
        self.before = (self.state, self.state)
        self.anderson = Anderson(sweep.size, len(worlds), stride.depth)

    def advance(self, tolerance: float) -> tuple[Mask, Mask]:
        """Sweep once; return which worlds arrived and which are stuck."""
        stride, position = self.stride, self.position
        image = self.sweep(self.state, self.target)
        gap = self.sweep.distance(self.state, image, self.target)
        last = self.target == 1.0
        self.residual = self.sweep.difference(self.state, image, self.target)
        first = self.tried == 0
        self._measure(image)
        bad = np.where(first, gap > stride.reach, (self.tried <= stride.tries) & (self.pull > stride.pull))
        bad |= self.tried >= np.where(last, stride.finishing, stride.tries)
        done = self.active & last & (self.residual <= tolerance) & ~(first & bad)
        known = (self.tried > 0) | (self.pull <= stride.trusted)
        settled = ~last & (gap <= stride.settled) & ~bad & known
        bad &= ~done
        failed = self.active & bad & (position.step * 0.5 < stride.shortest)
        proposal = self.anderson.propose(self.state, image, first)
        self.before = (self.state, image)
        self.state = np.where(first, image + self._shaking(), proposal)
        self.tried += 1
        self._move(image, settled, bad)
        return done, failed

    def _measure(self, image: Array) -> None:
        """Note by how much the sweep draws two states together: the last one and this one, at the same t."""
        state, before = self.before
        moved = self.sweep.distance(state, self.state, np.ones(1))
        pulled = self.sweep.distance(before, image, np.ones(1)) / np.maximum(moved, 1e-300)
        told = (self.tried >= 1) & (moved * self.target > 1e-6)
        larger = np.where(self.tried == 1, pulled, np.maximum(pulled, self.pull))
        self.pull = np.where(told, larger, self.pull)

    def _shaking(self) -> Array:
        """Return a shift of ``shake`` in every log-odds, its signs different from step to step and world to world."""
        signs = self.signs[:, self.shaken % 1024 + np.arange(len(self.worlds))]
        self.shaken += 7
        shift: Array = self.stride.shake * signs / np.maximum(self.target, self.stride.shortest)
        return shift

    def _move(self, image: Array, settled: Mask, bad: Mask) -> None:
        """Accept the settled steps, shorten the bad ones, and predict anew for both."""
        position = self.position
        if not (settled.any() or bad.any()):
            return
        position.before_t = np.where(settled, position.t, position.before_t)
        position.before_state = np.where(settled, position.state, position.before_state)
        position.t = np.where(settled, self.target, position.t)
        position.state = np.where(settled, image, position.state)
        quick = settled & (self.tried <= 2)
        position.step = np.where(quick, position.step * 2.0, np.where(bad, position.step * 0.5, position.step))
        restart = settled | bad
        target = position.target()
        self.target = np.where(restart, target, self.target)
        self.state = np.where(restart, position.predicted(target), self.state)
        self.tried = np.where(restart, 0, self.tried)
        self.anderson.forget(restart)

    def arrival(self, done: Mask) -> Arrived:
        """Return the marked worlds' profiles as they now stand."""
        profile = self.sweep.finish(np.ones(1))
        return Arrived(self.worlds[done], [p[:, :, done] for p in profile], self.residual[done])

    def smaller(self, game: Game, agenda: Agenda) -> _Walker:
        """Return a walker for the active worlds only; a step half tried begins anew."""
        worlds = self.worlds[self.active]
        position = self.position.take(self.active)
        walker = _Walker(Sweep(game.in_worlds(worlds), agenda), worlds, position, self.stride)
        walker.target = self.target[self.active]
        walker.state = self.state[:, self.active]
        walker.tried = np.minimum(self.tried[self.active], 2)
        walker.before = (self.before[0][:, self.active], self.before[1][:, self.active])
        walker.pull = self.pull[self.active]
        return walker


def _joined(positions: list[Position], like: Array) -> Position:
    if not positions:
        return Position.at_uniform(like[:, :0], 0.0)
    return Position(
        np.concatenate([p.t for p in positions]),
        np.concatenate([p.state for p in positions], axis=1),
        np.concatenate([p.before_t for p in positions]),
        np.concatenate([p.before_state for p in positions], axis=1),
        np.concatenate([p.step for p in positions]),
    )
