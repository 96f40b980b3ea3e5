"""Solving a game whose passes run as compiled code: the walk and the tracing are compiled too, a few worlds at a time.

What is decided in a world is what ``walk`` and ``trace`` decide, which stay the reference; no world waits for another.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from quandary.base.arrays import Array, Mask
from quandary.engine.playing.fused import FusedPass
from quandary.game.protocol import Agenda, Game, Profile
from quandary.solve.branch.compiled.following import Route, follow
from quandary.solve.branch.rules import Pace, Stride
from quandary.solve.branch.sweep import Coordinates, Sweep
from quandary.solve.branch.walking.walk import shaking_signs

BATCH_BYTES = 4 << 20
BATCH_WORLDS = 4096
"""Worlds are taken in batches of so many at most, of fewer where what has to be computed for the program to load takes
more than so many bytes; a multiple of eight worlds."""


@dataclass(frozen=True, eq=False)
class CompiledProfile:
    """A profile with residuals and which worlds were traced; ``unfit`` worlds are left to tables.

    ``suspect`` are traced worlds that ended where curves may meet.
    """

    profile: Profile
    residual: Array
    traced: Mask
    unfit: Mask
    suspect: Mask
    sweeps: int


class Offer:
    """A game's compiled passes with what the compiled walk needs beside them; made once, for all worlds."""

    def __init__(self, game: Game, agenda: Agenda, passes: FusedPass, coordinates: Sequence[Coordinates]) -> None:
        self.game = game
        self.passes = passes
        starts = [c.slice.start + np.flatnonzero(np.diff(c.sets, prepend=-1)) for c in coordinates]
        size = coordinates[-1].slice.stop
        self.sets = np.concatenate([*starts, [size]]).astype(np.int64)
        masks = [c.point.in_play[c.sets] for c in coordinates]
        worlds = max(mask.shape[1] for mask in masks)
        self.counts = np.concatenate([np.broadcast_to(m, (len(m), worlds)) for m in masks]).astype(np.float64)
        self.usual = _usual(coordinates)

    def by_tables(self, worlds: NDArray[np.intp]) -> Game:
        """Return the game in the named worlds, its passes worked out by tables."""
        return self.passes.by_tables(worlds)

    def solved(
        self, tolerance: float, stride: Stride, pace: Pace, *, walks: bool, traces: bool, threads: int = 1
    ) -> CompiledProfile:
        """Return where every world's branch leads."""
        worlds, size = self.game.worlds, len(self.counts)
        signs = shaking_signs(size)
        policies = self.passes.room()
        residual = np.empty(worlds)
        traced, unfit, suspect = (np.zeros(worlds, dtype=np.bool_) for _ in range(3))

        def solve_batch(first: int, last: int) -> int:
            own, some = self.passes.part(first, last), slice(first, last)
            counts = self.counts if self.counts.shape[1] == 1 else self.counts[:, some]
            usual = self.usual if self.usual.shape[1] == 1 else self.usual[:, some]
            route = Route(stride, pace, tolerance, signs, walks, traces, self.sets, counts, usual)
            found = follow(own, route, policies, first)
            residual[some], traced[some] = found.residual, found.traced
            unfit[some], suspect[some] = found.unfit, found.suspect
            return found.sweeps

        bounds = self._batches(threads)
        if threads > 1 and len(bounds) > 1:
            with ThreadPoolExecutor(threads) as pool:
                sweeps = sum(pool.map(solve_batch, *zip(*bounds, strict=True)))
        else:
            sweeps = sum(solve_batch(first, last) for first, last in bounds)
        return CompiledProfile(self.passes.as_profile(policies), residual, traced, unfit, suspect, sweeps)

    def _batches(self, threads: int) -> list[tuple[int, int]]:
        """Return the first world of each batch and that after its last.

        Every thread gets as many batches, the last of them in quarters: so none waits long for another's last.
        """
        worlds = self.game.worlds
        most = min(BATCH_WORLDS, max(64, BATCH_BYTES // (8 * max(self.passes.computed, 1))))
        pieces = threads * -(-worlds // (most * threads)) if worlds > most else 1
        each = 8 * -(-worlds // (8 * pieces))
        begins = list(range(0, worlds, each))
        if threads > 1 and len(begins) > threads:
            begins = [*begins[:-threads], *range(begins[-threads], worlds, 8 * -(-each // 32))]
        return list(pairwise([*begins, worlds]))


def offer_of(game: Game, agenda: Agenda) -> Offer | None:
    """Return what a game offers to compiled code, ``None`` where tables serve or nothing stands in a circle."""
    if not agenda.carriers:
        return None
    sweep = Sweep(game, agenda)
    passes = sweep.fused
    return Offer(game, agenda, passes, sweep.coordinates) if isinstance(passes, FusedPass) and sweep.size else None


def _usual(coordinates: Sequence[Coordinates]) -> Array:
    """Return how usual each log-odds' option is against the first of its set, ``(n, W or 1)``; no rows: all alike."""
    if all(own.point.usual is None for own in coordinates):
        return np.ones((0, 1))
    found = []
    for own in coordinates:
        logs = own.point.usual
        rows = np.zeros((len(own.sets), 1)) if logs is None else logs[own.sets, own.options] - logs[own.sets, own.first]
        found.append(np.exp(rows))
    worlds = max(rows.shape[1] for rows in found)
    return np.concatenate([np.broadcast_to(rows, (len(rows), worlds)) for rows in found])
