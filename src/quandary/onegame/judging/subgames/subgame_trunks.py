"""Subgames cut where smaller ones start: what can be gained in them, and within which bounds their payoffs lie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from quandary.base.arrays import Array
from quandary.game.trees.tree import Index, Tree
from quandary.onegame.checks.deviation import Deviations
from quandary.onegame.equilibria import Rules
from quandary.onegame.judging.extensive import Extensive, undetermined
from quandary.onegame.listing.perfect import children_of, subgame_part, subgame_roots, trunk_nodes

REFUTED_GAIN = 1e-6


@dataclass(frozen=True, eq=False)
class Trunk:
    """A subgame down to where smaller ones start: ``tree`` holds it as a game of its own, ``ends`` the places there of
    the smaller ones (``inner``), ``sets`` its information sets; ``single`` says that it is one move only."""

    root: int
    inner: tuple[int, ...]
    ends: tuple[int, ...]
    sets: tuple[int, ...]
    tree: Tree
    single: bool

    def paying(self, paid: Sequence[tuple[float, ...]]) -> Tree:
        """Return the trunk where each smaller subgame pays what is named."""
        payoffs = self.tree.payoffs.copy()
        for place, own in zip(self.ends, paid, strict=True):
            payoffs[:, place, 0] = own
        return replace(self.tree, payoffs=payoffs)


def trunks(game: Extensive) -> tuple[Trunk, ...]:
    """Return all subgames, the last ones first."""
    tree = game.tree
    roots, children = set(subgame_roots(tree)), children_of(tree)
    found = []
    for root in sorted(roots, reverse=True):
        nodes, inner = trunk_nodes(children, root, roots)
        small = subgame_part(tree, nodes, dict.fromkeys(inner, (0.0,) * len(tree.players)))
        ends = np.searchsorted(nodes, inner).tolist()
        sets = sorted(set(small.set_of.tolist()) - {-1})
        single = len(nodes) == 1 + len(children.get(root, ()))
        found.append(Trunk(root, tuple(inner), tuple(ends), tuple(sets), small, single))
    return tuple(found)


Gains = tuple[dict[str, float], tuple[float, ...]]


def by_deviation(small: Tree, rules: Rules) -> Gains:
    """Return what every player could gain in a subgame, and what it pays."""
    left = Deviations(small, rules)
    return {p: left.gain(p) for p in small.players}, tuple(left.value(p) for p in small.players)


def by_one_move(game: Extensive, trunk: Trunk, small: Tree, rules: Rules) -> Gains:
    """Return the same for a subgame of one move, straight away."""
    column = small.paid()[..., 0]
    if len(small.parent) == 1:
        return {}, tuple(column[:, 0].tolist())
    (which,) = trunk.sets
    chances = small.sets[which].chances
    rule = np.asarray(rules[which]) if chances is None else chances[:, 0]
    values = np.zeros((len(small.players), len(rule)))
    values[:, small.action[1:]] = column[:, 1:]
    paid = tuple((values @ rule + column[:, 0]).tolist())
    if chances is not None:
        return {}, paid
    own = values[game.owner(which)]
    return {str(small.sets[which].player): float(own.max() - own @ rule)}, paid


Bounds = tuple[tuple[float, ...], tuple[float, ...]]
"""The least and the most that every player can get in a subgame, whichever equilibrium of it is played."""


def free_players(game: Extensive, own: Rules) -> list[str]:
    """Return the players of whom no set in a trunk is determined."""
    players: dict[str, list[bool]] = {}
    for which, rule in own.items():
        players.setdefault(str(game.tree.sets[which].player), []).append(undetermined(rule))
    return [player for player in game.tree.players if all(players.get(player, [False]))]


def bounds_of(game: Extensive, trunk: Trunk, fixed: Rules, free: Sequence[str], inner: Sequence[Bounds]) -> Bounds:
    """Return bounds on what a trunk pays where the free may do anything sensible and all others keep to their rules."""
    found = []
    for side, worst in ((0, True), (1, False)):
        small = trunk.paying([own[side] for own in inner])
        worth = small.paid()[..., 0]
        below: dict[int, list[int]] = {}
        for node in range(len(small.parent) - 1, -1, -1):
            which = int(small.set_of[node])
            if which >= 0:
                after = worth[:, below[node]]
                chances = small.sets[which].chances
                if chances is not None or small.sets[which].player not in free:
                    rule = np.asarray(fixed[which]) if chances is None else chances[:, 0]
                    worth[:, node] += after @ rule[small.action[below[node]]]
                else:
                    left = after[:, _sensible(game, trunk, which, inner)] if trunk.single else after
                    worth[:, node] += left.min(axis=1) if worst else left.max(axis=1)
            below.setdefault(int(small.parent[node]), []).insert(0, node)
        found.append(tuple(worth[:, 0].tolist()))
    return found[0], found[1]


def _sensible(game: Extensive, trunk: Trunk, which: int, inner: Sequence[Bounds]) -> Index:
    """Return the places of the moves that may be best for the player of a subgame of one move."""
    low, high = (_behind_moves(trunk, [own[side] for own in inner])[game.owner(which)] for side in (0, 1))
    return np.flatnonzero(high >= low.max() - REFUTED_GAIN * game.span(which))


def _behind_moves(trunk: Trunk, paid: Sequence[tuple[float, ...]]) -> Array:
    small = trunk.paying(paid)
    return np.asarray(small.paid()[:, 1:, 0])


def must_gain(game: Extensive, trunk: Trunk, fixed: Rules, inner: Sequence[Bounds]) -> tuple[str, float] | None:
    """Return a player who gains in a trunk whatever the smaller subgames pay within their bounds, and how much."""
    low, high = (trunk.paying([own[side] for own in inner]) for side in (0, 1))
    if len(low.parent) == 1:
        return None
    gains: dict[str, float] = {}
    if trunk.single:
        (which,) = trunk.sets
        if which not in game.members:
            return None
        worst, best = (_behind_moves(trunk, [own[side] for own in inner])[game.owner(which)] for side in (0, 1))
        rule = np.asarray(fixed[which])[low.action[1:]]
        leads = worst * (1.0 - rule) - (rule @ best - rule * best)
        gains[str(game.tree.sets[which].player)] = float(leads.max())
    else:
        before, after = Deviations(low, fixed), Deviations(high, fixed)
        gains = {player: before.best(player) - after.value(player) for player in low.players}
    worst_off = max(gains, key=lambda p: gains[p] / (game.spans[p] or 1.0))
    return (worst_off, gains[worst_off]) if gains[worst_off] > REFUTED_GAIN * (game.spans[worst_off] or 1.0) else None
