"""An exact equilibrium with its beliefs near a point far up the principal branch, in one world.

Options that the branch gives up get probability zero; the log-odds are moved by the least that makes all options that
are as good as the chosen ones exactly equal (Gauss-Newton with minimal norm). Log-probabilities of what has probability
zero stay in the unknowns: they say which of two never-made mistakes is the likelier, and so the beliefs at unreached
sets.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from quandary.base.arrays import Array
from quandary.game.protocol import Game, Play, Profile
from quandary.solve.branch.far.approach import Approach

TOGETHER = 1 << 23
"""Entries of profiles that are moved together, so that a large game does not fill the memory."""


@dataclass(frozen=True, eq=False)
class Levelled:
    """An assessment: exact choices ``(sets, options)`` per point, and the log-odds that rank what is never chosen.

    ``equations`` counts the equalities of options to be met, ``fading`` those of them that are of options which the
    limit gives up, ``missed`` is the largest inequality left as a share of
    the player's payoff range, ``rank`` how many of them can be met independently by moving any log-odds, ``loose`` in
    how many directions the mixing can change, to first order, with all of them met.
    """

    choice: tuple[Array, ...]
    odds: tuple[Array, ...]
    equations: int
    fading: int
    missed: float
    rank: int
    loose: int


def level(game: Game, approach: Approach, ranges: dict[str, float]) -> Levelled:
    """Return the equilibrium on the given supports that is nearest to the log-odds, with the beliefs that they mean."""
    system = _System(game, approach, ranges)
    unknown = system.start()
    gaps, slopes = system.linearised(unknown)
    best, missed = unknown, float(np.abs(gaps).max(initial=0.0))
    for _ in range(10):
        if missed <= 1e-15:
            break
        step = np.linalg.lstsq(slopes, gaps, rcond=1e-7)[0]
        unknown = unknown - step
        gaps, slopes = system.linearised(unknown)
        now = float(np.abs(gaps).max(initial=0.0))
        if not now < missed:
            break
        best, missed = unknown, now
    _, slopes = system.linearised(best)
    own = slopes[:, system.mixing]
    rank = int(np.linalg.matrix_rank(slopes, tol=1e-6)) if slopes.size else 0
    loose = int(system.mixing.sum()) - (int(np.linalg.matrix_rank(own, tol=1e-6)) if own.size else 0)
    choice, levelled = system.assessment(best[:, None])
    flat = tuple(c[..., 0] for c in choice), tuple(o[..., 0] for o in levelled)
    return Levelled(*flat, len(gaps), system.fading, missed, rank, loose)


class _System:
    """The equalities of options inside supports, as functions of all log-odds; one world, copied as needed."""

    def __init__(self, game: Game, approach: Approach, ranges: dict[str, float]) -> None:
        self.game = game
        odds = self.odds = approach.odds
        kept = self.kept = approach.kept
        self.fading = 0
        self.spread = [ranges[p.player] or 1.0 for p in game.points]
        best = [own.argmax(axis=1) for own in odds]
        self.free: list[tuple[int, int, int]] = []
        self.equal: list[tuple[int, int, int, int]] = []
        for k, point in enumerate(game.points):
            played = point.in_play[:, 0]
            for s, a in np.argwhere(np.isfinite(odds[k]) & played[:, None]).tolist():
                if a != best[k][s]:
                    self.free.append((k, s, a))
                    if kept[k][s, a] or approach.fading[k][s, a]:
                        self.equal.append((k, s, a, int(best[k][s])))
                        self.fading += not kept[k][s, a]
        self.mixing = np.array([bool(kept[k][s, a]) for k, s, a in self.free], dtype=np.bool_)
        if not self.equal:
            self.free = []
            self.mixing = self.mixing[:0]

    def start(self) -> Array:
        """Return the unknowns as the odds given."""
        return np.array([self.odds[k][s, a] for k, s, a in self.free])

    def assessment(self, unknowns: Array) -> tuple[Profile, Profile]:
        """Return choices and log-probabilities ``(sets, options, copies)`` for unknowns ``(n, copies)``."""
        copies = unknowns.shape[1]
        many = [np.repeat(own[..., None], copies, axis=2) for own in self.odds]
        for (k, s, a), row in zip(self.free, unknowns, strict=True):
            many[k][s, a] = row
        choices, logs = [], []
        for own, kept in zip(many, self.kept, strict=True):
            inside = np.where(kept[..., None], own, -np.inf)
            weights = np.exp(inside - inside.max(axis=1, keepdims=True))
            choices.append(weights / weights.sum(axis=1, keepdims=True))
            below = own - own.max(axis=1, keepdims=True)
            logs.append(below - np.log(np.exp(below).sum(axis=1, keepdims=True)))
        return choices, logs

    def linearised(self, unknown: Array) -> tuple[Array, Array]:
        """Return the inequalities inside supports as shares of payoff ranges, and their derivative."""
        if not self.equal:
            return np.zeros(0), np.zeros((0, len(unknown)))
        nudges = 1e-5
        together = max(16, TOGETHER // sum(own.size for own in self.odds))
        together = max(1, min(together, self.game.affordable))
        gaps = [self._gaps(unknown[:, None])]
        for first in range(0, len(unknown), together):
            some = np.arange(first, min(first + together, len(unknown)))
            many = np.repeat(unknown[:, None], len(some), axis=1)
            many[some, some - first] += nudges
            gaps.append(self._gaps(many))
        moved = np.concatenate(gaps, axis=1)
        return moved[:, 0], (moved[:, 1:] - moved[:, :1]) / nudges

    def _gaps(self, many: Array) -> Array:
        """Return the inequalities for unknowns ``(n, copies)``, ``(equalities, copies)``."""
        copies = many.shape[1]
        play = playing(self.game.in_worlds(np.zeros(copies, dtype=np.intp)), *self.assessment(many))
        gaps = np.zeros((len(self.equal), copies))
        values = {k: play.values(k).copy() for k in {k for k, *_ in self.equal}}
        for row, (k, s, a, b) in enumerate(self.equal):
            gaps[row] = (values[k][s, a] - values[k][s, b]) / self.spread[k]
        return gaps


def playing(game: Game, choices: Profile, logs: Profile) -> Play:
    """Return a play of choices in which whatever has probability zero is as unlikely as its logarithm says."""
    play = game.play([own.copy() for own in choices])
    for point, (choice, log) in enumerate(zip(choices, logs, strict=True)):
        rare = (choice == 0.0) & np.isfinite(log)
        play.set(point, choice, log if rare.any() else None)
    return play
