"""An extensive-form game in all worlds at once: what a .efg file holds and what a diagram unrolls to.

Structure (who moves where, what they can tell apart) is one for all worlds; chance probabilities and payoffs
carry the worlds axis. ``tree_game.py`` computes on it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from quandary.base.arrays import Array

Index = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class InformationSet:
    """Nodes that their mover cannot tell apart; for chance (``player`` ``None``) nodes that share
    probabilities.

    ``chances`` has shape ``(actions, W or 1)``, for chance only. ``decision`` names the decision of a diagram
    that the set came from, if any; sets of one decision with equally many actions form one decision point.
    ``usual`` ``(actions, W or 1)``, for players only, are numbers above 0: how the choice divides where all actions are
    worth the same; ``None``: evenly. Labels may repeat or be empty, as in old files.
    """

    player: str | None
    actions: tuple[str, ...]
    label: str = ""
    chances: Array | None = None
    decision: str = ""
    usual: Array | None = None


@dataclass(frozen=True, eq=False)
class Tree:
    """Nodes stand in an order in which every parent precedes its children; node 0 is the root.

    ``parent[n]`` is -1 at the root; ``action[n]`` is the index of the action at the parent that leads to
    ``n``; ``set_of[n]`` indexes ``sets``, -1 at a terminal node. ``outcome[n]`` indexes the rows of
    ``payoffs`` (``(players, outcomes, W or 1)``), -1 where nothing is paid; payoffs add up along a path.
    ``precision`` is each player's logit precision (1 where not named). ``exact`` holds the payoffs of one world by
    player and outcome where they are sums of parts so far apart that floats lose some.
    """

    players: tuple[str, ...]
    sets: tuple[InformationSet, ...]
    parent: Index
    action: Index
    set_of: Index
    outcome: Index
    payoffs: Array
    title: str = ""
    node_labels: tuple[str, ...] = ()
    outcome_labels: tuple[str, ...] = ()
    precision: Mapping[str, Array] = field(default_factory=dict)
    exact: tuple[tuple[Fraction, ...], ...] = ()

    @property
    def worlds(self) -> int:
        """Return W: the longest worlds axis among payoffs, chances, precisions and what is usual."""
        lengths = [self.payoffs.shape[-1], *(p.shape[-1] for p in self.precision.values())]
        lengths += [s.chances.shape[-1] for s in self.sets if s.chances is not None]
        lengths += [s.usual.shape[-1] for s in self.sets if s.usual is not None]
        return int(max(lengths))

    @cached_property
    def depth(self) -> Index:
        """Return how many moves lead to each node."""
        depth = np.zeros(len(self.parent), dtype=np.intp)
        for node, parent in enumerate(self.parent.tolist()):
            if parent >= 0:
                depth[node] = depth[parent] + 1
        return depth

    def paid(self) -> Array:
        """Return what each node itself pays, ``(players, nodes, W or 1)``: nothing where it has no outcome."""
        nothing = np.zeros((len(self.players), 1, self.payoffs.shape[-1]))
        found: Array = np.concatenate([self.payoffs, nothing], axis=1)[:, self.outcome]
        return found

    def history(self, node: int) -> tuple[str, ...]:
        """Return the labels of the actions that lead to a node, chance included."""
        labels = []
        while (before := int(self.parent[node])) >= 0:
            labels.append(self.sets[int(self.set_of[before])].actions[int(self.action[node])])
            node = before
        return tuple(reversed(labels))

    def members(self, which: int) -> tuple[int, ...]:
        """Return the nodes of an information set."""
        return tuple(np.flatnonzero(self.set_of == which).tolist())


def set_names(tree: Tree) -> tuple[str, ...]:
    """Return a name for every information set that no other set of the same player has.

    The set's label where it is alone with it, else the label (or ``set``) and the number among the player's sets, in
    order of first appearance from 1.
    """
    times = Counter((s.player, s.label) for s in tree.sets)
    taken = {(s.player, s.label) for s in tree.sets if s.label}
    numbers: Counter[str | None] = Counter()
    found = []
    for own in tree.sets:
        numbers[own.player] += 1
        name = own.label
        if not name or times[own.player, name] > 1:
            name = f"{name or 'set'} {numbers[own.player]}"
            while (own.player, name) in taken:
                name += "'"
        taken.add((own.player, name))
        found.append(name)
    return tuple(found)


def logarithms_of(tree: Tree, members: Sequence[int]) -> Array | None:
    """Return what is usual at sets with equally many actions as a decision point has it, ``(sets, actions, W or 1)``.

    ``None`` where all of them divide evenly.
    """
    own = [tree.sets[which].usual for which in members]
    if all(usual is None for usual in own):
        return None
    even = np.ones((len(tree.sets[members[0]].actions), 1))
    worlds = max(1 if usual is None else usual.shape[-1] for usual in own)
    shape = (len(even), worlds)
    weights = np.stack([np.broadcast_to(even if usual is None else usual, shape) for usual in own])
    logs: Array = np.log(weights / weights.max(axis=1, keepdims=True))
    return logs


def forgetful_sets(tree: Tree) -> tuple[int, ...]:
    """Return the information sets at which the player has forgotten a move of its own or what it knew then.

    Perfect recall (Kuhn 1953): all nodes of a set have the same sequence of the owner's earlier sets and
    actions, and no set occurs twice on a path. The result is empty exactly if every player has it.
    """
    past_of = _own_pasts(tree)
    found: dict[int, int] = {}
    bad: set[int] = set()
    for node, which in enumerate(tree.set_of.tolist()):
        if which < 0 or tree.sets[which].player is None:
            continue
        past = past_of[node]
        if found.setdefault(which, past) != past:
            bad.add(which)
    return tuple(sorted(bad))


def _own_pasts(tree: Tree) -> list[int]:
    """Return for each node a number that stands for its mover's own earlier sets and actions on the path to
    it. Sets without a node may name somebody who does not play."""
    known: dict[tuple[int, int, int], int] = {}
    player_of = {p: i for i, p in enumerate(tree.players)}
    named = {which: tree.sets[which].player for which in set(tree.set_of.tolist()) if which >= 0}
    mover = {which: -1 if player is None else player_of.get(player, -1) for which, player in named.items()}
    pasts: list[tuple[int, ...]] = []
    for node, before in enumerate(tree.parent.tolist()):
        if before < 0:
            pasts.append((0,) * len(tree.players))
            continue
        past = pasts[before]
        which = int(tree.set_of[before])
        who = mover[which]
        if who >= 0:
            step = (past[who], which, int(tree.action[node]))
            number = known.setdefault(step, len(known) + 1)
            past = (*past[:who], number, *past[who + 1 :])
        pasts.append(past)
    return [
        pasts[node][mover[which]] if which >= 0 and mover[which] >= 0 else 0
        for node, which in enumerate(tree.set_of.tolist())
    ]


def possible(tree: Tree, world: int = 0) -> Tree:
    """Return one world of a tree without the branches that chance never takes; sets keep their places."""
    sets, renumbered = [], {}
    for which, own in enumerate(tree.sets):
        if own.chances is None:
            usual = None if own.usual is None else own.usual[:, [0 if own.usual.shape[-1] == 1 else world]]
            sets.append(replace(own, usual=usual))
            continue
        column = own.chances[:, 0 if own.chances.shape[-1] == 1 else world]
        taken = np.flatnonzero(column > 0)
        renumbered[which] = {int(a): i for i, a in enumerate(taken)}
        actions = tuple(own.actions[a] for a in taken)
        sets.append(InformationSet(None, actions, own.label, column[taken][:, None], own.decision))
    place: dict[int, int] = {}
    action = []
    for node, before in enumerate(tree.parent.tolist()):
        move = int(tree.action[node])
        if before >= 0:
            if before not in place:
                continue
            numbers = renumbered.get(int(tree.set_of[before]))
            if numbers is not None:
                if move not in numbers:
                    continue
                move = numbers[move]
        place[node] = len(place)
        action.append(move)
    kept = np.array(list(place), dtype=np.intp)
    parent = np.array([place.get(int(tree.parent[n]), -1) for n in kept], dtype=np.intp)
    payoffs = tree.payoffs[..., [0 if tree.payoffs.shape[-1] == 1 else world]]
    moves = np.array(action, dtype=np.intp)
    return Tree(
        tree.players,
        tuple(sets),
        parent,
        moves,
        tree.set_of[kept],
        tree.outcome[kept],
        payoffs,
        tree.title,
        precision={player: own[..., [0 if own.shape[-1] == 1 else world]] for player, own in tree.precision.items()},
    )
