"""A tree of one world laid out for judging behaviours: information sets, what leads to a node, what follows an action.

Branches that chance never takes are cut off first: Bayes' rule and trembles say nothing about what lies behind them,
and no solver counts it as in play.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quandary.base.arrays import Array
from quandary.base.stopping import Proceed, Stopped
from quandary.game.trees.tree import Tree, possible
from quandary.onegame.equilibria import Rules

Step = tuple[int, int]
"""An information set and an action there."""


WHAT = "statements"
"""What ``proceed`` is told that is being worked on."""


class TooMuch(Exception):  # noqa: N818 - a stated bound was met, nothing went wrong
    """A question would have taken more work than it may."""


class Work:
    """Counts work, so that a question ends at the same point on every machine; asks ``proceed`` on the way."""

    def __init__(self, most: int, proceed: Proceed, whole: Work | None = None) -> None:
        self.left = most
        self.proceed = proceed
        self.whole = whole

    def spend(self, units: int = 1) -> None:
        """Count some work. Raises ``TooMuch`` beyond the bound, ``Stopped`` where ``proceed`` says no."""
        if self.whole is not None:
            self.whole.left -= units
        self.left -= units
        if self.left < 0 or (self.whole is not None and self.whole.left < 0):
            raise TooMuch
        if not self.proceed(WHAT, 0, 0):
            raise Stopped

    def part(self, most: int) -> Work:
        """Return a bound of its own for a part of the work, which counts as work of the whole too."""
        return Work(most, self.proceed, self)


@dataclass(frozen=True, eq=False)
class Extensive:
    """``members[set]`` are the nodes of each set of a player; ``after[set]`` the nodes that follow, ``(actions,
    nodes)``; ``children[node]`` those that follow a node; ``steps[node]`` the players' moves that lead to it; ``spans``
    what each player's payoffs span.

    ``paid`` is what is gathered at each node ``(players, nodes)``, ``odds[node]`` the chance that a chance move leads
    to it from its parent (1 after a player's move).
    """

    tree: Tree
    members: Mapping[int, tuple[int, ...]]
    after: Mapping[int, NDArray[np.intp]]
    children: tuple[tuple[int, ...], ...]
    steps: tuple[tuple[Step, ...], ...]
    spans: Mapping[str, float]
    paid: Array
    odds: Array

    def owner(self, which: int) -> int:
        """Return the place of a set's player."""
        return self.tree.players.index(str(self.tree.sets[which].player))

    def span(self, which: int) -> float:
        """Return what the payoffs of a set's player span, 1 if they are all the same."""
        return self.spans[str(self.tree.sets[which].player)] or 1.0

    def likelihood(self, rules: Rules) -> Array:
        """Return how likely each node's being led to from its parent is, ``(nodes,)``."""
        found = self.odds.copy()
        for which, after in self.after.items():
            found[after] = np.asarray(rules[which])[:, None]
        return found

    def reach(self, rules: Rules) -> Array:
        """Return each node's probability."""
        likely = self.likelihood(rules)
        reach = np.ones(len(likely))
        for node, before in enumerate(self.tree.parent.tolist()):
            if before >= 0:
                reach[node] = reach[before] * likely[node]
        return reach

    def worth(self, rules: Rules) -> Array:
        """Return what every player expects from each node on, ``(players, nodes)``."""
        likely = self.likelihood(rules)
        worth = self.paid.copy()
        for node in range(len(likely) - 1, 0, -1):
            if likely[node] > 0.0:
                worth[:, self.tree.parent[node]] += likely[node] * worth[:, node]
        return worth

    def leads(self, rules: Rules, worth: Array, which: int) -> Array:
        """Return by how much each action is better than the set's rule at each node, ``(actions, nodes)``, in spans."""
        values = worth[self.owner(which)][self.after[which]]
        return np.asarray((values - np.asarray(rules[which]) @ values) / self.span(which))


def extensive(tree: Tree, world: int = 0) -> Extensive:
    """Return one world of a tree laid out."""
    tree = possible(tree, world)
    members: dict[int, list[int]] = {}
    children: dict[int, dict[int, int]] = {}
    steps: list[tuple[Step, ...]] = []
    odds = np.ones(len(tree.parent))
    for node, before in enumerate(tree.parent.tolist()):
        past: tuple[Step, ...] = ()
        if before >= 0:
            which, action = int(tree.set_of[before]), int(tree.action[node])
            children.setdefault(before, {})[action] = node
            chances = tree.sets[which].chances
            past = steps[before] if chances is not None else (*steps[before], (which, action))
            odds[node] = 1.0 if chances is None else float(chances[action, 0])
        steps.append(past)
        which = int(tree.set_of[node])
        if which >= 0 and tree.sets[which].player is not None:
            members.setdefault(which, []).append(node)
    after = {
        which: np.array([[children[n][a] for n in nodes] for a in range(len(tree.sets[which].actions))], dtype=np.intp)
        for which, nodes in members.items()
    }
    paid = tree.paid()[..., 0]
    kept = {which: tuple(nodes) for which, nodes in members.items()}
    below = tuple(tuple(children.get(n, {}).values()) for n in range(len(steps)))
    return Extensive(tree, kept, after, below, tuple(steps), _spans(tree, paid), paid, odds)


def _spans(tree: Tree, paid: Array) -> dict[str, float]:
    total = paid.copy()
    for node, before in enumerate(tree.parent.tolist()):
        if before >= 0:
            total[:, node] += total[:, before]
    leaves = total[:, tree.set_of < 0]
    return {player: float(np.ptp(own)) for player, own in zip(tree.players, leaves, strict=True)}


def undetermined(rule: Array) -> bool:
    """Return whether a rule says nothing: the player's own earlier moves rule the set out."""
    return any(math.isnan(p) for p in np.asarray(rule).tolist())
