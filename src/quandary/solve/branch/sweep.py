"""One pass over a game: from the carriers' action values to their action values under the logit rule.

A carrier state is an array ``(n, W)``: at every set in play, each allowed option's value less that of the set's first
allowed option, times the player's precision. These are the log-odds that worth alone makes at scale one, so the
fixed points at scale t are those of ``state -> pass(state, t)`` whatever the units of the payoffs. What is usual is
added where log-odds become choices; t does not multiply it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from quandary.base.arrays import Array, Mask
from quandary.game.protocol import Agenda, DecisionPoint, Fused, Game, Play, Playable, Profile
from quandary.solve.points.choice import Rule, logit_rule, usual_choice


class Coordinates:
    """Where the log-odds of one carrier stand in the state."""

    def __init__(self, point: DecisionPoint, start: int) -> None:
        self.point = point
        first = point.allowed.argmax(axis=1)
        free = point.allowed & point.reached[:, None]
        free[np.arange(len(first)), first] = False
        self.sets, self.options = np.nonzero(free)
        self.first = first[self.sets]
        self.rule = logit_rule(replace(point, precision=np.ones(1), bound=float("inf")))
        self.slice = slice(start, start + len(self.sets))

    def pack(self, values: Array) -> Array:
        """Return log-odds at scale one from values ``(sets, options, W)``."""
        difference: Array = values[self.sets, self.options] - values[self.sets, self.first]
        difference *= self.point.precision
        return difference

    def choice(self, odds: Array, scale: Array) -> tuple[Array, Array | None]:
        """Return probabilities ``(sets, options, W)`` from log-odds at scale one, and logarithms where they vanish."""
        sets, options = self.point.allowed.shape
        values = np.zeros((sets, options, odds.shape[-1]))
        values[self.sets, self.options] = odds * scale
        chosen = np.empty_like(values)
        logs = self.rule(values, np.ones(1), chosen)
        return chosen, logs


class Sweep:
    """The map whose fixed points are the quantal response equilibria, in all worlds of one game."""

    def __init__(self, game: Playable, agenda: Agenda) -> None:
        self.game = game
        self.agenda = agenda
        self.rules = [logit_rule(p) for p in game.points]
        self.walking: Sequence[Rule] = self.rules
        self.coordinates: list[Coordinates] = []
        size = 0
        for point in agenda.carriers:
            self.coordinates.append(Coordinates(game.points[point], size))
            size = self.coordinates[-1].slice.stop
        self.size = size
        self.counts = self.measure_counts()
        self.fused = self._compiled()
        self._last: tuple[Array, Array] | None = None
        self._finished = False

    def measure_counts(self) -> Mask | None:
        """Return which log-odds count in which worlds."""
        masks = [c.point.in_play[c.sets] for c in self.coordinates]
        if not masks:
            return None
        return np.concatenate([np.broadcast_to(m, (len(m), self.game.worlds)) for m in masks])

    @cached_property
    def profile(self) -> Profile:
        """Return the profile that tables are worked out in; what is usual at first."""
        return [usual_choice(p, self.game.worlds) for p in self.game.points]

    @cached_property
    def play(self) -> Play:
        """Return the play of that profile."""
        return self.game.play(self.profile)

    def _compiled(self) -> Fused | None:
        """Return the pass as compiled code where the game offers it."""
        if not self.coordinates:
            return None
        return self.game.fused(self.agenda, [(c.sets, c.options, c.first) for c in self.coordinates])

    def start(self, profile: Profile) -> Array:
        """Return the state (n, W) of a profile: the carriers' values under it."""
        for point, choice in enumerate(profile):
            self._set(point, choice)
        return self.image()

    def __call__(self, state: Array, scale: Array) -> Array:
        """Return the carriers' log-odds at scale one after everyone else has answered ``state`` at ``scale``."""
        if self.fused is not None:
            image = self.fused.image(state, scale)
            if image is not None:
                self._last = (state, scale)
                return image
            self.fused = None
        self._carry(state, scale)
        self._pass(self.walking, scale)
        return self.image()

    def _carry(self, state: Array, scale: Array) -> None:
        if self._finished:  # a pass begins alike whatever went before it
            for point in self.agenda.after:
                self._set(point, usual_choice(self.game.points[point], self.game.worlds))
            self._finished = False
        for point, coordinates in zip(self.agenda.carriers, self.coordinates, strict=True):
            self._set(point, *coordinates.choice(state[coordinates.slice], scale))

    def _pass(self, rules: Sequence[Rule], scale: Array) -> None:
        for point in self.agenda.pass_:
            self._answer(point, rules[point], scale)

    def finish(self, scale: Array) -> Profile:
        """Return the whole profile: carriers and pass as last left, the points after them answered now.

        Where the pass answers some sets only (``walking``), ``profile_at`` answers all.
        """
        if self.fused is not None and self._last is not None:
            return self.profile_at(self._last[0], self._last[1])
        for point in self.agenda.after:
            self._answer(point, self.rules[point], scale)
        self._finished = True
        return self.profile

    def profile_at(self, state: Array, scale: Array | None = None) -> Profile:
        """Return the whole profile that answers the state at the scale (one by default)."""
        scale = np.ones(1) if scale is None else scale
        if self.fused is not None:
            profile = self.fused.profile(state, scale)
            if profile is not None:
                return profile
            self.fused = None
        self._carry(state, scale)
        self._pass(self.rules, scale)
        return self.finish(scale)

    def distance(self, before: Array, after: Array, scale: Array) -> Array:
        """Return per world the largest difference in log-odds between two states, shape ``(W,)``."""
        gap = after - before
        np.abs(gap, out=gap)
        if self.counts is not None:
            gap *= self.counts
        worst: Array = gap.max(axis=0, initial=0.0) * scale
        return worst

    def difference(self, before: Array, after: Array, scale: Array) -> Array:
        """Return per world the largest difference in choice probability between two states, shape ``(W,)``."""
        worst = np.zeros(before.shape[-1])
        for coordinates in self.coordinates:
            gap, _ = coordinates.choice(before[coordinates.slice], scale)
            gap -= coordinates.choice(after[coordinates.slice], scale)[0]
            np.abs(gap, out=gap)
            gap *= coordinates.point.in_play[:, None, :]
            np.maximum(worst, gap.max(axis=(0, 1)), out=worst)
        return worst

    def _answer(self, point: int, rule: Rule, scale: Array) -> None:
        own = self.profile[point]
        logs = rule(self.play.values(point), scale, own)
        self.play.set(point, own, logs)

    def _set(self, point: int, choice: Array, logs: Array | None = None) -> None:
        np.copyto(self.profile[point], choice)
        self.play.set(point, self.profile[point], logs)

    def image(self) -> Array:
        """Return the carriers' log-odds at scale one as the profile now stands."""
        state = np.empty((self.size, self.game.worlds))
        for point, coordinates in zip(self.agenda.carriers, self.coordinates, strict=True):
            state[coordinates.slice] = coordinates.pack(self.play.values(point))
        return state


class Wide:
    """A sweep over many columns side by side, each of a world of the game; in batches where memory asks for it."""

    def __init__(self, game: Game, agenda: Agenda, worlds: NDArray[np.intp]) -> None:
        self.game = game
        self.agenda = agenda
        self.worlds = worlds
        size = min(max(1, game.affordable), max(1, len(worlds)))
        self.batches = [slice(first, min(first + size, len(worlds))) for first in range(0, max(1, len(worlds)), size)]
        self._shown = worlds[self.batches[0]]
        self._sweep = Sweep(game.in_worlds(self._shown), agenda)

    def __call__(self, state: Array, scale: Array) -> Array:
        """Return what ``Sweep`` does for the state's columns ``(n, columns)``."""
        if len(self.batches) == 1:
            return self._sweep(state, scale)
        scales = np.broadcast_to(scale, (len(self.worlds),))
        return np.concatenate([self._of(batch)(state[:, batch], scales[batch]) for batch in self.batches], axis=1)

    def _of(self, batch: slice) -> Sweep:
        """Return a sweep over the worlds of a batch, the last one again if it has the same."""
        if not np.array_equal(self.worlds[batch], self._shown):
            self._shown = self.worlds[batch]
            self._sweep = Sweep(self.game.in_worlds(self._shown), self.agenda)
        return self._sweep
