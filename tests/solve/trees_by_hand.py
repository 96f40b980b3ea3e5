"""Small trees as nested tuples, and random ones with sets and ends anywhere, for tests of statements."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from quandary.game import InformationSet, Tree

Moves = Mapping[str, Any]


def tree_of(players: tuple[str, ...], root: Any) -> Tree:
    """Return a tree: a leaf is a tuple of payoffs, a move ``(player, set's name, {action: what follows})``, a chance
    move ``(None, {action: (probability, what follows)})``."""
    sets: list[InformationSet] = []
    numbers: dict[tuple[str | None, str], int] = {}
    parent, action, set_of, paid = [], [], [], []
    waiting: list[tuple[Any, int, int]] = [(root, -1, -1)]
    while waiting:
        here, before, move = waiting.pop(0)
        parent.append(before)
        action.append(move)
        node = len(parent) - 1
        if not isinstance(here[-1], dict):
            set_of.append(-1)
            paid.append(here)
            continue
        paid.append(None)
        player, follows = here[0], here[-1]
        name = here[1] if player is not None else f"chance {node}"
        if (player, name) not in numbers:
            numbers[player, name] = len(sets)
            odds = None if player is not None else np.array([[p] for p, _ in follows.values()])
            sets.append(InformationSet(player, tuple(follows), name, odds))
        set_of.append(numbers[player, name])
        for k, after in enumerate(follows.values()):
            waiting.append((after[1] if player is None else after, node, k))
    leaves = [n for n, own in enumerate(paid) if own is not None]
    outcome = np.full(len(parent), -1)
    outcome[leaves] = np.arange(len(leaves))
    payoffs = np.array([paid[n] for n in leaves], dtype=np.float64).T[..., None]
    return Tree(players, tuple(sets), np.array(parent), np.array(action), np.array(set_of), outcome, payoffs)


def ragged_tree(rng: np.random.Generator, players: int = 2, *, nodes: int = 9, hidden: float = 0.6) -> Tree:
    """Return a random tree with perfect recall in which anyone may move anywhere.

    ``hidden`` is the share of nodes that join a set with the same mover, number of actions and own past. Payoffs are
    small whole numbers, so that ties are common.
    """
    names = tuple(f"p{k}" for k in range(players))
    sets: list[InformationSet] = []
    parent, action, set_of = [-1], [-1], [-1]
    pasts: list[tuple[tuple[int, int], ...]] = [()]
    open_ = [0]
    known: dict[tuple[object, ...], list[int]] = {}
    for _ in range(nodes):
        node = open_.pop(int(rng.integers(len(open_))))
        mover, moves = int(rng.integers(-1 if rng.random() < 0.4 else 0, players)), int(rng.integers(2, 4))
        own = tuple(step for step in pasts[node] if sets[step[0]].player == (names[mover] if mover >= 0 else None))
        same = known.setdefault((mover, moves, own), [])
        if mover >= 0 and same and rng.random() < hidden:
            which = same[int(rng.integers(len(same)))]
        else:
            which = len(sets)
            same.append(which)
            odds = rng.dirichlet(np.ones(moves))[:, None] if mover < 0 else None
            sets.append(InformationSet(None if mover < 0 else names[mover], tuple("abc"[:moves]), "", odds))
        set_of[node] = which
        for a in range(moves):
            parent.append(node)
            action.append(a)
            set_of.append(-1)
            pasts.append((*pasts[node], (which, a)))
            open_.append(len(parent) - 1)
    outcome = np.full(len(parent), -1)
    outcome[open_] = np.arange(len(open_))
    payoffs = rng.integers(0, 6, size=(players, len(open_), 1)).astype(np.float64)
    return Tree(names, tuple(sets), np.array(parent), np.array(action), np.array(set_of), outcome, payoffs)
