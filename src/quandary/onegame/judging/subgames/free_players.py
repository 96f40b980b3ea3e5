"""Equilibria of a small subgame in which some players are free and all others' behaviour is given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from quandary.base.arrays import Array
from quandary.base.problems import Refusal
from quandary.game.trees.tree import Tree
from quandary.onegame.equilibria import Rules
from quandary.onegame.judging.extensive import TooMuch, Work
from quandary.onegame.listing.mixed import enumerated
from quandary.onegame.listing.pure import equilibrium_cells
from quandary.onegame.programs.linear_program import smallest
from quandary.onegame.strategies import Strategic, Strategies, strategic_form

COMBINATIONS_AT_MOST = 5_000
STRATEGIES_AT_MOST = 12
FOUND_AT_MOST = 32
SAME = 1e-9
ALLOWED = 1e-8
REFUTED = 1e-6
PAIR = 2


@dataclass(frozen=True, eq=False)
class Free:
    """A subgame as a tree of its own, everybody's rules (NaN for the free), who is free, and payoff spans."""

    tree: Tree
    rules: Rules
    players: tuple[str, ...]
    spans: Mapping[str, float]


@dataclass(frozen=True, eq=False)
class FreeAnswers:
    """Rules of the free players with what everybody is paid; ``whole`` says that no other payoffs are possible."""

    found: tuple[tuple[Rules, tuple[float, ...]], ...]
    whole: bool


def answers(game: Free, work: Work) -> FreeAnswers:
    """Return equilibria between the free players under which none of the others gains by changing either."""
    try:
        strategic = strategic_form(game.tree, limit=COMBINATIONS_AT_MOST)
    except Refusal:
        raise TooMuch from None
    numbers = strategic.form.payoffs[..., 0]
    work.spend(1 + numbers.size // 2_000)
    scale = np.array([game.spans[p] or 1.0 for p in game.tree.players]).reshape(-1, *(1,) * (numbers.ndim - 1))
    given = {
        k: _weights(own, game.rules) for k, own in enumerate(strategic.strategies) if own.player not in game.players
    }
    side = _Side(strategic, numbers / scale, given, scale.ravel())
    if len(game.players) == 1:
        return side.one(work)
    return side.two(work) if len(game.players) == PAIR else side.many()


def _weights(own: Strategies, rules: Rules) -> Array:
    """Return a behaviour as weights of the reduced strategies (Kuhn 1953)."""
    weights = np.ones(len(own.choices))
    for k, which in enumerate(own.sets):
        named = own.choices[:, k] >= 0
        weights[named] *= np.nan_to_num(np.asarray(rules[which])[own.choices[named, k]])
    return weights / (weights.sum() or 1.0)


class _Side:
    """The strategic form in payoff spans, with some players' strategies given."""

    def __init__(self, strategic: Strategic, numbers: Array, given: Mapping[int, Array], scale: Array) -> None:
        self.strategic, self.numbers, self.given, self.scale = strategic, numbers, given, scale
        self.free = [k for k in range(len(numbers)) if k not in given]

    def over(self, player: int, kept: Sequence[int]) -> Array:
        """Return a player's payoffs as an array over the strategies of the players kept, in order."""
        found = self.numbers[player]
        for k in range(found.ndim - 1, -1, -1):
            if k not in kept:
                found = np.tensordot(found, self.given[k], axes=(k, 0))
        return np.asarray(found)

    def leads(self, player: int) -> Array:
        """Return by how much each strategy of a given player leads over what it does, ``(own, *free)``."""
        table = np.moveaxis(self.over(player, [*self.free, player]), sorted([*self.free, player]).index(player), 0)
        return np.asarray(table - np.tensordot(self.given[player], table, axes=(0, 0)))

    def record(self, mixture: Mapping[int, Array]) -> tuple[Rules, tuple[float, ...]]:
        """Return the free players' strategies as rules, and what everybody is paid."""
        whole = [mixture[k] if k in mixture else self.given[k] for k in range(len(self.numbers))]
        rules = self.strategic.rules(whole)
        mine = {w for k in self.free for w in self.strategic.strategies[k].sets}
        paid = []
        for own, scale in zip(self.numbers, self.scale, strict=True):
            expected = own
            for weights in reversed(whole):
                expected = expected @ weights
            paid.append(float(expected) * float(scale))
        return {w: r for w, r in rules.items() if w in mine}, tuple(paid)

    def one(self, work: Work) -> FreeAnswers:
        """Return corners of the free player's polytope: the least and the most it can pay each player."""
        (player,) = self.free
        own = self.over(player, self.free)
        best = np.flatnonzero(own >= own.max() - SAME)
        limits = np.vstack([self.leads(k)[:, best] for k in self.given] or [np.zeros((0, len(best)))])
        aims = np.array([self.over(k, self.free)[best] for k in range(len(self.numbers))])
        least, point = self._corner(limits, np.zeros(len(best)), work)
        if least > ALLOWED:
            return FreeAnswers((), whole=least > REFUTED)
        corners: dict[bytes, Array] = {np.round(point, 9).tobytes(): point}
        same = True
        for aim in aims:
            if np.ptp(aim) <= SAME:
                continue
            ends = [self._corner(limits, sign * aim, work)[1] for sign in (1.0, -1.0)]
            same = same and abs(float(aim @ (ends[0] - ends[1]))) <= SAME
            corners |= {np.round(end, 9).tobytes(): end for end in ends}
        found = []
        for corner in list(corners.values())[: 1 if same else None]:
            weights = np.zeros(len(own))
            weights[best] = np.maximum(corner, 0.0) / np.maximum(corner, 0.0).sum()
            found.append(self.record({player: weights}))
        return FreeAnswers(tuple(found), whole=same)

    def _corner(self, limits: Array, aim: Array, work: Work) -> tuple[float, Array]:
        """Return the least possible lead of another player (zero where none leads), and the corner towards an aim."""
        work.spend()
        count = limits.shape[1]
        table = np.hstack([limits, -np.ones((len(limits), 1))])
        equal = np.array([[*np.ones(count), 0.0]])
        found = smallest(np.array([*aim, 1e6]), at_most_zero=table, equal=equal, right=np.ones(1)).x
        return float(found[-1]), found[:-1]

    def two(self, work: Work) -> FreeAnswers:
        """Return the extreme equilibria between two free players that the others can live with."""
        first, second = self.free
        ours, theirs = self.over(first, self.free), self.over(second, self.free)
        if sum(ours.shape) > STRATEGIES_AT_MOST:
            return self.many()
        work.spend(sum(ours.shape) ** 2)
        listed = enumerated(ours, theirs)
        found = []
        for pair in listed.pairs[:FOUND_AT_MOST]:
            mixture = {
                first: np.array([float(w) for w in pair.first]),
                second: np.array([float(w) for w in pair.second]),
            }
            if self._bearable(mixture):
                found.append(self.record(mixture))
        whole = listed.complete and len(listed.pairs) <= FOUND_AT_MOST and listed.degenerate == (False, False)
        return FreeAnswers(tuple(found), whole)

    def many(self) -> FreeAnswers:
        """Return the pure equilibria between the free players that the others can live with."""
        table = np.array([self.over(k, self.free) for k in self.free])
        found = []
        for cell in np.argwhere(equilibrium_cells(table))[:FOUND_AT_MOST].tolist():
            mixture = {k: np.eye(n)[s] for k, s, n in zip(self.free, cell, table.shape[1:], strict=True)}
            if self._bearable(mixture):
                found.append(self.record(mixture))
        return FreeAnswers(tuple(found), whole=False)

    def _bearable(self, mixture: Mapping[int, Array]) -> bool:
        for player in self.given:
            leads = self.leads(player)
            for k in reversed(self.free):
                leads = leads @ mixture[k]
            if float(leads.max()) > ALLOWED:
                return False
        return True
