"""Solving on a tree: reach, beliefs and action values in all worlds at once (``protocol.Game``).

The agent form: an option's value is its owner's expected payoff *given that the information set is reached*, the
owner's other moves as in the profile (McKelvey & Palfrey 1998, *Experimental Economics* 1). The passes over
the tree are in ``tree_play.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from quandary.base.arrays import Array, Mask
from quandary.base.memory import NUMBER, SWEEPS, allowance
from quandary.game.protocol import DecisionPoint, Game, HistoryForm, LeafForm, Profile
from quandary.game.table import values_in
from quandary.game.trees.layout import Layout, lay_out, reliances, sets_by_point
from quandary.game.trees.leaf_form import leaves_of_tree
from quandary.game.trees.tree import Tree, forgetful_sets, logarithms_of, possible, set_names
from quandary.game.trees.tree_play import TreePlay, TreeTables


class TreeGame(Game):
    """A tree as solvers see it. ``sets_of[k]`` are the tree's information sets in point ``k``, in the
    profile's order."""

    def __init__(self, tree: Tree, precision: Mapping[str, Array] | None = None) -> None:
        self.tree = tree
        given = {**tree.precision, **(precision or {})}
        self.precision = {p: given.get(p, np.ones(1)) for p in tree.players}
        self._worlds: int = max([tree.worlds, *(p.shape[-1] for p in self.precision.values())])

    @property
    def worlds(self) -> int:
        """Return W."""
        return self._worlds

    @cached_property
    def layout(self) -> Layout:
        """Return where everything stands in arrays."""
        return lay_out(self.tree)

    @cached_property
    def chances(self) -> Array:
        """Return all chance probabilities one below the other, ``(rows, W or 1)``."""
        return _chances(self.tree, self.layout)

    @cached_property
    def leaf_payoffs(self) -> Array:
        """Return what each player has gathered along the path to each leaf, ``(players, leaves, W or 1)``."""
        return _leaf_payoffs(self.tree, self.layout)

    def paid_at_all(self) -> Mask:
        """Return to which leaves chance leads if everybody plays everything, ``(leaves, W or 1)``."""
        return self._ever_reached()[self.layout.leaves]

    def leaves(self) -> LeafForm | None:
        """Return the game as its leaves where it has one world and is small, else ``None``."""
        return leaves_of_tree(self.tree, self.precision) if self._worlds == self.tree.worlds == 1 else None

    def histories(self, precision: Mapping[str, Array]) -> HistoryForm | None:
        """Return the tree without the moves that chance never makes, where there are any."""
        if self.tree.worlds != 1 or self.paid_at_all().all():
            return None
        tree = possible(self.tree)
        form = leaves_of_tree(tree, precision)
        if form is None:
            return None
        places = {
            which: (k, row, list(range(len(tree.sets[which].actions))))
            for k, sets in enumerate(self.sets_of)
            for row, which in enumerate(sets.tolist())
        }
        members = sets_by_point(tree).values()
        return HistoryForm(form, tuple(tuple(places[which] for which in own) for own in members))

    def forgetful(self) -> tuple[str, ...]:
        """Return the names of the sets at which a player has forgotten what it knew or did."""
        labels = set_names(self.tree)
        return tuple(labels[which] for which in forgetful_sets(self.tree))

    def payoff_ranges(self) -> dict[str, Array]:
        """Return each player's range over the leaves to which chance leads."""
        paid = self.paid_at_all()
        most = np.where(paid, self.leaf_payoffs, -np.inf).max(axis=1)
        ranges = most - np.where(paid, self.leaf_payoffs, np.inf).min(axis=1)
        return dict(zip(self.tree.players, ranges, strict=True))

    @cached_property
    def tables(self) -> TreeTables:
        """Return what plays work on."""
        in_play = tuple(point.in_play for point in self.points)
        return TreeTables(self.layout, self.chances, self.leaf_payoffs, in_play, self._worlds)

    @cached_property
    def points(self) -> tuple[DecisionPoint, ...]:
        """Return the decision points: sets of one player with equally many actions, of one decision or one
        depth."""
        return tuple(
            DecisionPoint(
                name=group.name,
                player=self.tree.players[group.player],
                allowed=np.ones((len(group.sets), group.actions), dtype=np.bool_),
                in_play=in_play,
                reached=reached,
                precision=self.precision[self.tree.players[group.player]],
                usual=usual,
            )
            for group, in_play, reached, usual in zip(
                self.layout.groups, self._in_play, self.reached, self.usual, strict=True
            )
        )

    @cached_property
    def usual(self) -> tuple[Array | None, ...]:
        """Return per point what is usual, ``(sets, options, W or 1)``, as logarithms."""
        return tuple(logarithms_of(self.tree, group.sets.tolist()) for group in self.layout.groups)

    @cached_property
    def _in_play(self) -> tuple[Mask, ...]:
        reached = self._ever_reached()
        groups = self.layout.groups
        return tuple(np.logical_or.reduceat(reached[g.nodes], g.runs.starts, axis=0) for g in groups)

    @cached_property
    def reached(self) -> tuple[Mask, ...]:
        """Return per point which sets are in play in some world of the whole game, ``(sets,)``."""
        return tuple(np.logical_or.reduce(in_play, axis=1) for in_play in self._in_play)

    @cached_property
    def sets_of(self) -> tuple[NDArray[np.intp], ...]:
        """Return, for each point, the indices into ``tree.sets`` of its information sets."""
        return tuple(group.sets for group in self.layout.groups)

    @cached_property
    def order(self) -> tuple[int, ...]:
        """Return the points, those deepest in the tree first."""
        deepest = [int(group.nodes.max()) for group in self.layout.groups]
        return tuple(sorted(range(len(deepest)), key=lambda k: -deepest[k]))

    @cached_property
    def in_stages(self) -> bool:
        """Return whether everyone knows where it is, and every point is one depth: each relies on deeper ones only."""
        groups = self.layout.groups
        return all(len(own.nodes) == len(own.sets) and own.shallowest == own.deepest for own in groups)

    @cached_property
    def reliance(self) -> tuple[frozenset[int], ...]:
        """Return for each point those whose moves its values may depend on: below it, or shaping its
        beliefs."""
        return reliances(self.layout)

    @property
    def grain(self) -> int:
        """Return how many worlds keep one pass over the tree within about a megabyte."""
        return min(max(16, 2**16 // len(self.layout.order)), self.affordable)

    @cached_property
    def affordable(self) -> int:
        """Return in how many worlds at once the game may be worked on.

        A play holds reach, payoffs and moves, its points what is usual.
        """
        players, nodes = len(self.tree.players), len(self.layout.order)
        spread = sum(own.size for own in self.usual if own is not None and own.shape[-1] > 1)
        per_world = NUMBER * ((2 + players) * nodes + 2 * self.layout.rows + spread // self._worlds)
        return max(1, allowance().share // (SWEEPS * per_world))

    def play(self, profile: Profile) -> TreePlay:
        """Return a play that starts from the profile and recomputes only the levels that a change touches."""
        return TreePlay(self.tables, profile)

    def values(self, profile: Profile, which: Sequence[int] | None = None) -> list[Array]:
        """Return each option's expected payoff to its owner given that the set is reached, ``(sets, options,
        W)``."""
        play = TreePlay(self.tables, profile)
        return [play.values(k) for k in (range(len(self.layout.groups)) if which is None else which)]

    def beliefs(self, profile: Profile) -> list[Array]:
        """Return, per point, the probability of each node given its set, ``(nodes, W)``, set by set as in
        ``layout``."""
        play = TreePlay(self.tables, profile)
        return [play.belief(k) for k in range(len(self.layout.groups))]

    def reach(self, profile: Profile) -> list[Array]:
        """Return the probability that each information set is reached, ``(sets, W)`` per point."""
        play = TreePlay(self.tables, profile)
        return [play.reach(k) for k in range(len(self.layout.groups))]

    def payoffs(self, profile: Profile) -> dict[str, Array]:
        """Return each player's expected payoff, ``(W,)``."""
        play = TreePlay(self.tables, profile)
        return {name: play.payoff(i) for i, name in enumerate(self.tree.players)}

    def in_worlds(self, index: NDArray[np.intp]) -> TreeGame:
        """Return the same game in the named worlds only."""
        game = object.__new__(TreeGame)
        game.tree = self.tree
        game.precision = {p: values_in(v, index) for p, v in self.precision.items()}
        game.chances, game.leaf_payoffs = values_in(self.chances, index), values_in(self.leaf_payoffs, index)
        game.usual = tuple(None if own is None else values_in(own, index) for own in self.usual)
        game.layout, game.reached, game.affordable = self.layout, self.reached, self.affordable
        game._worlds = len(index)
        return game

    def _ever_reached(self) -> Mask:
        """Return whether full-support behaviour reaches each node, ``(nodes, W or 1)``."""
        moves = np.ones((self.layout.rows, self.chances.shape[-1]), dtype=np.bool_)
        moves[: len(self.chances)] = self.chances > 0
        reached = np.ones((len(self.layout.order), moves.shape[-1]), dtype=np.bool_)
        for level in self.layout.levels:
            reached[level.first : level.last] = reached[level.parents] & moves[level.moves]
        if reached.shape[-1] > 1 and (reached == reached[:, :1]).all():
            return reached[:, :1]
        return reached


def _chances(tree: Tree, layout: Layout) -> Array:
    tables = [tree.sets[i].chances for i in layout.chance_sets.tolist()]
    known = [t for t in tables if t is not None]
    if not known:
        return np.empty((0, 1))
    worlds = max(t.shape[-1] for t in known)
    return np.concatenate([np.broadcast_to(t, (len(t), worlds)) for t in known])


def _leaf_payoffs(tree: Tree, layout: Layout) -> Array:
    gathered = tree.paid()[:, layout.order]
    for level in layout.levels:
        gathered[:, level.first : level.last] += gathered[:, level.parents]
    return np.ascontiguousarray(gathered[:, layout.leaves])
