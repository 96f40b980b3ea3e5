"""Passes over a tree, level by level, in all worlds: forward for reach, backward for payoffs to come.

A play keeps both and remembers down to which level they hold. Changing a point's moves invalidates reach
below its nodes and payoffs above them; asking for a point's values recomputes what is missing on the way to
its nodes. Going through the points from the last movers to the first costs one backward pass in all.

Beliefs where a profile hardly reaches a set: reach probabilities are multiplied as they are, and taken again
through logarithms where some set that is in play falls below 1e-200. A move that has probability zero there
counts as one common vanishing tremble: belief lies on the nodes that need the fewest trembles, in proportion
to the rest. Sets that chance never reaches have equal belief on their nodes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quandary.base.arrays import Array, Mask
from quandary.game.protocol import Profile
from quandary.game.trees.layout import Layout

TOO_SMALL = 1e-200
TREMBLE = -1e5


@dataclass(frozen=True, eq=False)
class TreeTables:
    """What a play works on: the layout, chance's probabilities ``(rows, W or 1)``, payoffs at the leaves ``(players,
    leaves, W or 1)``, which sets are in play ``(sets, W or 1)`` per point, and W."""

    layout: Layout
    chances: Array
    leaf_payoffs: Array
    in_play: tuple[Mask, ...]
    worlds: int


class TreePlay:
    """A profile on a tree that changes point by point (``protocol.Play``)."""

    def __init__(self, tables: TreeTables, profile: Profile) -> None:
        self._tables = tables
        layout = tables.layout
        self._moves: Array = np.empty((layout.rows, tables.worlds))
        self._moves[: len(tables.chances)] = tables.chances
        self._reach: Array = np.ones((len(layout.order), tables.worlds))
        self._reach_holds_to = 0
        self._payoffs: dict[int, Array] = {}
        self._payoffs_hold_from: dict[int, int] = {}
        self._logs: Array | None = None
        self._given: dict[int, Array] = {}
        for point, choice in enumerate(profile):
            self.set(point, choice)

    def set(self, point: int, choice: Array, logarithms: Array | None = None) -> None:
        """Replace one point's array ``(sets, options, W)``; it is copied."""
        group = self._tables.layout.groups[point]
        size = len(group.sets) * group.actions
        self._moves[group.row : group.row + size] = choice.reshape(size, -1)
        self._reach_holds_to = min(self._reach_holds_to, group.shallowest)
        for player, level in self._payoffs_hold_from.items():
            self._payoffs_hold_from[player] = max(level, group.deepest + 1)
        self._logs = None
        if logarithms is not None:
            self._given[group.row] = logarithms.reshape(size, -1)
        else:
            self._given.pop(group.row, None)

    def values(self, point: int) -> Array:
        """Return each option's expected payoff to its owner given that the set is reached."""
        group = self._tables.layout.groups[point]
        after = self._payoffs_from(group.player, group.shallowest + 1).take(group.children, axis=0)
        if len(group.nodes) == len(group.sets):
            return after
        after *= self.belief(point)[:, None, :]
        return group.runs.totals(after)

    def belief(self, point: int) -> Array:
        """Return the probability of each node given its set, ``(nodes, W)``, set by set."""
        group = self._tables.layout.groups[point]
        in_play = self._tables.in_play[point]
        weight = self._reach_to(group.deepest)[group.nodes]
        total = group.runs.totals(weight)
        small = total < TOO_SMALL
        if (small & in_play).any():
            weight = _relative(self._log_reach()[group.nodes], group.runs.starts, group.set_of)
            total = group.runs.totals(weight)
        elif small.any():
            weight = np.where(in_play[group.set_of], weight, 1.0)
            total = group.runs.totals(weight)
        weight /= total[group.set_of]
        return weight

    def reach(self, point: int) -> Array:
        """Return the probability of each set, ``(sets, W)``."""
        group = self._tables.layout.groups[point]
        return group.runs.totals(self._reach_to(group.deepest)[group.nodes])

    def payoff(self, player: int) -> Array:
        """Return a player's expected payoff, ``(W,)``."""
        return np.array(self._payoffs_from(player, 0)[0])

    def _reach_to(self, depth: int) -> Array:
        reach = self._reach
        for level in self._tables.layout.levels[self._reach_holds_to : depth]:
            np.multiply(reach[level.parents], self._moves[level.moves], out=reach[level.first : level.last])
        self._reach_holds_to = max(self._reach_holds_to, depth)
        return reach

    def _payoffs_from(self, player: int, depth: int) -> Array:
        """Return a player's expected payoff at every node of that depth or more, payoffs on the way included."""
        layout = self._tables.layout
        if player not in self._payoffs:
            value: Array = np.empty((len(layout.order), self._tables.worlds))
            value[layout.leaves] = self._tables.leaf_payoffs[player]
            self._payoffs[player] = value
            self._payoffs_hold_from[player] = len(layout.levels)
        value = self._payoffs[player]
        for level in reversed(layout.levels[depth : self._payoffs_hold_from[player]]):
            weighed = self._moves.take(level.moves, axis=0)
            weighed *= value[level.first : level.last]
            value[level.movers] = level.runs.totals(weighed)
        self._payoffs_hold_from[player] = min(self._payoffs_hold_from[player], depth)
        return value

    def _log_reach(self) -> Array:
        if self._logs is None:
            with np.errstate(divide="ignore"):
                steps = np.log(self._moves)
            own = steps[len(self._tables.chances) :]
            own[np.isneginf(own)] = TREMBLE
            for row, given in self._given.items():
                steps[row : row + len(given)] = given
            self._logs = np.zeros_like(self._reach)
            for level in self._tables.layout.levels:
                np.add(self._logs[level.parents], steps[level.moves], out=self._logs[level.first : level.last])
        return self._logs


def _relative(logs: Array, starts: NDArray[np.intp], set_of: NDArray[np.intp]) -> Array:
    """Return the nodes' weights inside each set from logarithms, the largest one; equal where none is reached."""
    top = np.maximum.reduceat(logs, starts, axis=0)[set_of]
    never = np.isneginf(top)
    return np.where(never, 1.0, np.exp(np.where(never, 0.0, logs) - np.where(never, 0.0, top)))
