"""Where everything of a tree stands in arrays, so that passes over it run level by level without a loop over
nodes.

Nodes are renumbered breadth first: level by level, within a level by parent and action. Then the children of
one level are exactly the next level, each node's children lie side by side, and a sum over them is
``add.reduceat``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from quandary.base.arrays import Mask
from quandary.game.trees.runs import Runs
from quandary.game.trees.tree import Index, Tree

CELLS_TOGETHER = 1 << 22
"""So many numbers are worked on at a time when looking for what relies on what."""


@dataclass(frozen=True, eq=False)
class Level:
    """One step from parents to children: ``first``..``last`` are the children's positions.

    ``parents``: position of each child's parent. ``moves``: row of each child's move among all move
    probabilities. ``movers``: positions of the nodes that have these children; ``runs``: each one's children, counted
    from ``first``.
    """

    first: int
    last: int
    parents: Index
    moves: Index
    movers: Index
    runs: Runs


@dataclass(frozen=True, eq=False)
class PointGroup:
    """The information sets of one decision point.

    ``sets``: their indices in the tree. ``row``: first of their rows among all move probabilities,
    ``actions`` a set. ``nodes``: positions of their nodes, set by set; ``runs``: each set's nodes;
    ``set_of``: which set (0, 1, ...) each node is in. ``children``: positions ``(nodes, actions)``.
    ``shallowest``, ``deepest``: between which depths the nodes lie.
    """

    name: str
    player: int
    actions: int
    sets: Index
    row: int
    nodes: Index
    runs: Runs
    set_of: Index
    children: Index
    shallowest: int = 0
    deepest: int = 0


@dataclass(frozen=True, eq=False)
class Layout:
    """``order[position]`` is the tree's node; chance moves have rows from 0, decision moves follow."""

    order: Index
    levels: tuple[Level, ...]
    groups: tuple[PointGroup, ...]
    chance_sets: Index
    rows: int
    leaves: Index


def lay_out(tree: Tree) -> Layout:
    """Return the arrays for a tree; linear in its nodes but for sorting."""
    chance = [i for i, s in enumerate(tree.sets) if s.player is None]
    keys = sets_by_point(tree)
    row_of_set: Index = np.full(len(tree.sets) + 1, -1, dtype=np.intp)
    row = 0
    for which in [*chance, *(i for members in keys.values() for i in members)]:
        row_of_set[which] = row
        row += len(tree.sets[which].actions)
    order, bounds = _breadth_first(tree)
    position = np.empty_like(order)
    position[order] = np.arange(len(order))
    parents = np.where(tree.parent[order] >= 0, position[tree.parent[order]], -1)
    move_rows = row_of_set[tree.set_of[tree.parent[order]]] + tree.action[order]
    levels = []
    for first, last in bounds[1:]:
        movers, starts = np.unique(parents[first:last], return_index=True)
        runs = Runs(starts, last - first)
        levels.append(Level(first, last, parents[first:last], move_rows[first:last], movers, runs))
    first_child = np.full(len(order), -1, dtype=np.intp)
    for level in levels:
        first_child[level.movers] = level.first + level.runs.starts
    set_at = tree.set_of[order]
    depth = tree.depth[order]
    by_set = np.argsort(set_at, kind="stable")
    nodes_of = np.split(by_set, np.searchsorted(set_at[by_set], np.arange(len(tree.sets))))[1:]
    groups = []
    for key, members in keys.items():
        group = _group(tree, key, members, nodes_of, first_child)
        at = depth[group.nodes]
        start = int(row_of_set[members[0]])
        groups.append(replace(group, row=start, shallowest=int(at.min()), deepest=int(at.max())))
    leaves = np.flatnonzero(set_at < 0)
    return Layout(order, tuple(levels), tuple(groups), np.array(chance, dtype=np.intp), row, leaves)


Key = tuple[str, int, str]


def sets_by_point(tree: Tree) -> dict[Key, list[int]]:
    """Return the information sets by player, number of actions and decision (or depth, in a tree from a file).

    Each key with its sets is one decision point, in the order of a profile.
    """
    at = np.full(len(tree.sets), len(tree.parent), dtype=np.intp)
    moving = tree.set_of >= 0
    np.minimum.at(at, tree.set_of[moving], tree.depth[moving])
    keys: dict[Key, list[int]] = {}
    for i, s in enumerate(tree.sets):
        if s.player is not None and at[i] < len(tree.parent):
            keys.setdefault((s.player, len(s.actions), s.decision or f"move {at[i] + 1}"), []).append(i)
    return keys


def _breadth_first(tree: Tree) -> tuple[Index, list[tuple[int, int]]]:
    """Return nodes level by level, siblings side by side, and where each level begins and ends."""
    depth = tree.depth
    by_depth = np.argsort(depth, kind="stable")
    counts = np.bincount(depth)
    ends = np.cumsum(counts).tolist()
    position = np.zeros(len(depth), dtype=np.intp)
    bounds = []
    first = 0
    for last in ends:
        nodes = by_depth[first:last]
        nodes = nodes[np.lexsort((tree.action[nodes], position[tree.parent[nodes]]))]
        by_depth[first:last] = nodes
        position[nodes] = np.arange(first, last)
        bounds.append((first, last))
        first = last
    return by_depth, bounds


def _group(tree: Tree, key: Key, members: list[int], nodes_of: list[Index], first_child: Index) -> PointGroup:
    """Return a group whose ``row`` is still to be filled in; ``nodes_of`` lists every set's positions."""
    player, actions, name = key
    sets = np.array(members, dtype=np.intp)
    own = [nodes_of[which] for which in members]
    sizes = [len(some) for some in own]
    nodes = np.concatenate(own)
    set_of = np.repeat(np.arange(len(sets)), sizes)
    runs = Runs(np.cumsum([0, *sizes[:-1]]), len(nodes))
    children = first_child[nodes][:, None] + np.arange(actions)
    where = tree.players.index(player)
    return PointGroup(f"{player}: {name}", where, actions, sets, 0, nodes, runs, set_of, children)


def reliances(layout: Layout) -> tuple[frozenset[int], ...]:
    """Return for each group the groups on whose moves its action values may depend.

    Those with a node below one of its nodes, and those whose moves on the way to the nodes of one of its sets
    are not the same for all of them, so that they shape its beliefs. Under perfect recall a player's own
    earlier moves are the same.
    """
    count = len(layout.groups)
    relied = np.zeros((count, count), dtype=np.bool_)
    together = max(1, CELLS_TOGETHER // len(layout.order))
    for first in range(0, count, 8 * together):
        some = slice(first, min(first + 8 * together, count))
        relied[:, some] |= _below(layout, some)
    if any(len(group.nodes) > len(group.sets) for group in layout.groups):
        for first in range(0, count, together):
            some = slice(first, min(first + together, count))
            relied[:, some] |= _telling(layout, some)
    return tuple(frozenset(np.flatnonzero(row).tolist()) for row in relied)


def _below(layout: Layout, some: slice) -> Mask:
    """Return which of some groups have a node strictly below a node of each group, ``(groups, some)``."""
    groups = layout.groups[some]
    bits = np.zeros((len(layout.order), (len(groups) + 7) // 8), dtype=np.uint8)
    for k, group in enumerate(groups):
        bits[group.nodes, k // 8] |= np.uint8(1 << k % 8)
    found = np.zeros((len(layout.groups), bits.shape[1]), dtype=np.uint8)
    owner = np.full(len(layout.order), -1, dtype=np.intp)
    for k, group in enumerate(layout.groups):
        owner[group.nodes] = k
    for level in reversed(layout.levels):
        under = np.bitwise_or.reduceat(bits[level.first : level.last], level.runs.starts, axis=0)
        who = owner[level.movers]
        np.bitwise_or.at(found, who[who >= 0], under[who >= 0])
        bits[level.movers] |= under
    return np.unpackbits(found, axis=1, count=len(groups), bitorder="little").astype(np.bool_)


def _telling(layout: Layout, some: slice) -> Mask:
    """Return which of some groups have moves that differ on the ways to the nodes of one set of each group,
    ``(groups, some)``.

    A group's moves on the way to a node, in any order, are told apart by the sum of one scrambled 64-bit number
    each (the finaliser of SplitMix64, Steele, Lea & Flood 2014): different moves have different sums but for a chance
    of about 2**-64.
    """
    groups = layout.groups[some]
    signs = np.zeros((layout.rows, len(groups)), dtype=np.uint64)
    for k, group in enumerate(groups):
        size = len(group.sets) * group.actions
        mixed = np.arange(1, size + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
            mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
        signs[group.row : group.row + size, k] = mixed ^ (mixed >> np.uint64(31))
    total = np.zeros((len(layout.order), len(groups)), dtype=np.uint64)
    for level in layout.levels:
        total[level.first : level.last] = total[level.parents] + signs[level.moves]
    found = np.zeros((len(layout.groups), len(groups)), dtype=np.bool_)
    for k, group in enumerate(layout.groups):
        if len(group.nodes) > len(group.sets):
            here = total[group.nodes]
            found[k] = (here != here[group.runs.starts][group.set_of]).any(axis=0)
    return found
