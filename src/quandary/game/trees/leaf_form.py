"""A small game of one world as its leaves: which moves lead to each of them, and what it pays.

The probability of a leaf is a product over the moves on its path, so that its logarithm is linear in theirs, and what a
player expects after a move is a ratio of two sums over leaves. That makes a pass over the whole game, and its exact
derivative, a handful of matrix products: for a small game far fewer calls than a pass level by level.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from quandary.base.arrays import Array
from quandary.game.protocol import LeafForm
from quandary.game.trees.layout import sets_by_point
from quandary.game.trees.tree import Tree, logarithms_of

NODES_AT_MOST = 4_000
WORK_AT_MOST = 4_000_000
"""Multiplications of one derivative; in larger games a pass level by level is quicker."""


def leaves_of_tree(tree: Tree, precision: Mapping[str, Array]) -> LeafForm | None:
    """Return a tree's leaf form, ``None`` where the game is too large or chance or a player's forgetting forbids it.

    What is usual is that of the tree's first world. Forbidden are chance moves of probability zero (some sets may then
    never be reached), sets that a path passes twice, and exact choice.
    """
    if len(tree.parent) > NODES_AT_MOST:
        return None
    points = sets_by_point(tree)
    first_row: dict[int, int] = {}
    starts: list[int] = []
    set_of: list[int] = []
    shapes, owners, steepness = [], [], []
    for (player, options, _), members in points.items():
        shapes.append((len(set_of), len(members), options))
        owners += [tree.players.index(player)] * (options * len(members))
        steepness += [float(precision[player][0])] * (options * len(members))
        for which in members:
            first_row[which] = len(set_of)
            set_of += [len(starts)] * options
            starts.append(first_row[which])
    walked = _walked(tree, first_row)
    rows = len(set_of)
    if walked is None or not rows or not _worthwhile(rows, len(walked.ends), steepness):
        return None
    leaf = [i for i, path in enumerate(walked.ends) for _ in path]
    move = [row for path in walked.ends for row in path]
    paths = np.zeros((len(walked.ends), rows))
    np.add.at(paths, (leaf, move), 1.0)
    if np.add.reduceat(paths, starts, axis=1).max(initial=0.0) > 1.0:
        return None
    gains = np.multiply(paths.T, np.array(walked.paid).T[owners], order="C")
    chance = np.array(walked.chance)
    certain = walked.movers == len(starts)
    usual = _usual(tree, points.values())
    return LeafForm(
        paths, gains, chance, np.array(starts), np.array(set_of), np.array(steepness), tuple(shapes), certain, usual
    )


def _usual(tree: Tree, points: Iterable[list[int]]) -> Array | None:
    """Return what is usual, row by row, ``None`` where everybody divides evenly."""
    own = [logarithms_of(tree, members) for members in points]
    if all(some is None for some in own):
        return None
    members = zip(points, own, strict=True)
    return np.concatenate(
        [
            np.zeros(len(some) * len(tree.sets[some[0]].actions)) if logs is None else logs[..., 0].ravel()
            for some, logs in members
        ]
    )


def leaves_of_matrix(payoffs: Array, precisions: Sequence[float]) -> LeafForm | None:
    """Return the leaf form of payoffs ``(players, *numbers of strategies)``, ``None`` if too large or exact.

    Every combination of strategies is a leaf.
    """
    counts = payoffs.shape[1:]
    starts = np.cumsum([0, *counts[:-1]])
    steepness = [own for own, count in zip(precisions, counts, strict=True) for _ in range(count)]
    rows, leaves = len(steepness), math.prod(counts)
    if not rows or not _worthwhile(rows, leaves, steepness):
        return None
    set_of = np.repeat(np.arange(len(counts)), counts)
    combinations = np.indices(counts).reshape(len(counts), -1) + starts[:, None]
    paths = np.zeros((leaves, rows))
    paths[np.arange(leaves), combinations] = 1.0
    gains = np.multiply(paths.T, payoffs.reshape(len(counts), -1)[set_of], order="C")
    shapes = tuple((int(start), 1, count) for start, count in zip(starts, counts, strict=True))
    return LeafForm(paths, gains, np.zeros(leaves), starts, set_of, np.array(steepness), shapes, len(counts) == 1)


def _worthwhile(rows: int, leaves: int, steepness: list[float]) -> bool:
    return rows * rows * leaves <= WORK_AT_MOST and max(steepness) < np.inf


@dataclass(frozen=True, eq=False)
class _Walked:
    """Per leaf the rows on its path, what everyone is paid, chance's logarithm; how many nodes players move at."""

    ends: list[tuple[int, ...]]
    paid: list[list[float]]
    chance: list[float]
    movers: int


def _walked(tree: Tree, first_row: Mapping[int, int]) -> _Walked | None:
    """Return what lies on the way to each leaf, ``None`` where a chance move has probability zero."""
    odds: dict[int, list[float]] = {}
    for which, own in enumerate(tree.sets):
        if own.chances is not None:
            if own.chances[:, 0].min() <= 0.0:
                return None
            odds[which] = np.log(own.chances[:, 0]).tolist()
    outcomes = tree.payoffs[..., 0].T.tolist()
    nothing = [0.0] * len(tree.players)
    state: list[tuple[tuple[int, ...], list[float], float]] = []
    found = _Walked([], [], [], int(np.isin(tree.set_of, list(first_row)).sum()))
    steps = (tree.parent.tolist(), tree.action.tolist(), tree.set_of.tolist(), tree.outcome.tolist())
    for parent, action, here, outcome in zip(*steps, strict=True):
        path, paid, chance = state[parent] if parent >= 0 else ((), nothing, 0.0)
        before = steps[2][parent] if parent >= 0 else -1
        if before in first_row:
            path = (*path, first_row[before] + action)
        elif before >= 0:
            chance += odds[before][action]
        if outcome >= 0:
            paid = [so_far + more for so_far, more in zip(paid, outcomes[outcome], strict=True)]
        state.append((path, paid, chance))
        if here < 0:
            found.ends.append(path)
            found.paid.append(paid)
            found.chance.append(chance)
    return found
