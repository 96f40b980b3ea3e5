"""How the answers to all log-odds of one world change with each of them: finite differences, many columns in one pass.

A column nudges the choice at one set. So no other choice is worked out anew for it, and only the points that rely on
the nudged one are asked for their values; between all others the derivative is zero.

Far up the branch most sets choose one option for certain, and nudging their log-odds changes nothing, unless a belief
rests on which of two things never done is the likelier. In large games all such columns of a point are nudged at once,
by amounts without any pattern (in a symmetric game others would cancel); only where that changes any answer in any
digit are they taken one by one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quandary.base.arrays import Array
from quandary.game.protocol import Agenda, Game
from quandary.solve.branch.sweep import Coordinates, Sweep

LANES = 128
"""So many columns are worked out side by side."""

CERTAIN = 1e-17
"""A choice whose probabilities a nudge changes by no more is certain."""

Columns = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class _Choice:
    """One point's choices ``(sets, options, 2 + options)``: as they are, with each option nudged at every set, and with
    all ``certain`` columns nudged at once; ``columns`` are the point's own, counted among all."""

    point: int
    coordinates: Coordinates
    columns: Columns
    chosen: Array
    logs: Array | None
    certain: Columns


class Slopes:
    """The answer of a game of one world to its carriers' log-odds at scale one, as in ``sweep``, with its derivative.

    The agenda has carriers only: no point answers another inside an answer.
    """

    def __init__(self, game: Game, agenda: Agenda) -> None:
        self._reliance = game.reliance
        self._single = Sweep(game, agenda)
        self.size = self._single.size
        self._lanes = max(1, min(self.size, LANES, game.affordable - 1))
        self._amounts = np.random.default_rng(0).uniform(0.5, 1.5, self.size)
        self._wide = Sweep(game.in_worlds(np.zeros(self._lanes + 1, dtype=np.intp)), agenda)

    def at(self, state: Array, scale: Array, nudge: float) -> tuple[Array, Array]:
        """Return the answer ``(n, 1)`` to ``state`` ``(n, 1)`` and its derivative ``(n, n)``; ``scale`` is ``(1,)``."""
        pairs = zip(self._single.agenda.carriers, self._single.coordinates, strict=True)
        choices = [_choice(pair, state, scale, nudge, self._amounts) for pair in pairs]
        for own in choices:
            self._begin(own)
        wanted = np.arange(self.size)
        if self.size > self._lanes:
            wanted = np.setdiff1d(wanted, self._unfelt(choices))
        slopes = np.zeros((self.size, self.size))
        for first in range(0, len(wanted), self._lanes):
            self._fill(slopes, choices, wanted[first : first + self._lanes], nudge)
        return self._single(state, scale), slopes

    def _fill(self, slopes: Array, choices: list[_Choice], columns: Columns, nudge: float) -> None:
        """Work out some columns of the derivative."""
        turned = []
        for own in choices:
            lanes = np.flatnonzero(np.isin(columns, own.columns))
            if len(lanes):
                rows = columns[lanes] - own.columns[0]
                sets, which = own.coordinates.sets[rows], own.coordinates.options[rows] + 1
                turned.append((own, sets, which, lanes))
                self._put(own, sets, which, lanes)
        for own in choices:
            relied = [(lanes, other) for other, _, _, lanes in turned if self._relies(own, other)]
            if relied:
                images = own.coordinates.pack(self._wide.play.values(own.point))
                for lanes, _ in relied:
                    slopes[own.coordinates.slice, columns[lanes]] = (images[:, lanes + 1] - images[:, :1]) / nudge
        for own, sets, which, lanes in turned:
            self._put(own, sets, np.zeros_like(which), lanes)

    def _unfelt(self, choices: list[_Choice]) -> Columns:
        """Return columns that are zero: of certain choices on which no belief rests."""
        certain = [own for own in choices if len(own.certain)]
        found = [np.zeros(0, dtype=np.intp)]
        for first in range(0, len(certain), self._lanes):
            some = certain[first : first + self._lanes]
            for lane, own in enumerate(some):
                self._put_all(own, -1, lane)
            felt = np.zeros(len(some), dtype=np.bool_)
            for other in choices:
                relied = np.array([self._relies(other, own) for own in some])
                if (relied & ~felt).any():
                    images = other.coordinates.pack(self._wide.play.values(other.point))[:, : len(some) + 1]
                    felt |= relied & (images[:, 1:] != images[:, :1]).any(axis=0)
            found += [own.certain for own, one in zip(some, felt, strict=True) if not one]
            for lane, own in enumerate(some):
                self._put_all(own, 0, lane)
        return np.concatenate(found)

    def _relies(self, one: _Choice, other: _Choice) -> bool:
        return other.point in self._reliance[one.point]

    def _begin(self, own: _Choice) -> None:
        """Let the point choose in all lanes as in the state."""
        chosen = self._wide.profile[own.point]
        chosen[:] = own.chosen[..., :1]
        logs = None if own.logs is None else np.repeat(own.logs[..., :1], chosen.shape[-1], axis=2)
        self._wide.play.set(own.point, chosen, logs)

    def _put_all(self, own: _Choice, which: int, lane: int) -> None:
        sets = np.arange(len(own.chosen))
        self._put(own, sets, np.full_like(sets, which), np.full_like(sets, lane))

    def _put(self, own: _Choice, sets: Columns, which: Columns, lanes: Columns) -> None:
        """Let the point choose in some lanes at some sets as in column ``which`` of its choices."""
        chosen, logs = self._wide.profile[own.point], None
        chosen[sets, :, lanes + 1] = own.chosen[sets, :, which]
        if own.logs is not None:
            logs = np.repeat(own.logs[..., :1], chosen.shape[-1], axis=2)
            logs[sets, :, lanes + 1] = own.logs[sets, :, which]
        self._wide.play.set(own.point, chosen, logs)


def _choice(place: tuple[int, Coordinates], state: Array, scale: Array, nudge: float, amounts: Array) -> _Choice:
    """Return a point's choices; all certain columns are nudged by ``amounts`` ``(n,)`` times the nudge."""
    point, coordinates = place
    columns = np.arange(coordinates.slice.start, coordinates.slice.stop)
    many = np.repeat(state[columns], coordinates.point.allowed.shape[1] + 2, axis=1)
    many[columns - coordinates.slice.start, coordinates.options + 1] += nudge
    chosen, _ = coordinates.choice(many[:, :-1], scale)
    here, there = chosen[coordinates.sets, :, 0], chosen[coordinates.sets, :, coordinates.options + 1]
    certain = columns[np.abs(there - here).max(axis=1, initial=0.0) <= CERTAIN]
    many[certain - coordinates.slice.start, -1] += nudge * amounts[certain]
    return _Choice(point, coordinates, columns, *coordinates.choice(many, scale), certain)
