"""Small trees and matrices written by hand, for tests of solvers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from quandary.base import Array
from quandary.game import InformationSet, StrategicForm, Tree

Node = tuple[str, object]


def matrix(first: Sequence[Sequence[float]], second: Sequence[Sequence[float]]) -> StrategicForm:
    payoffs = np.array([first, second], dtype=np.float64)
    names = tuple(tuple(f"{p}{i}" for i in range(n)) for p, n in zip("rc", payoffs.shape[1:], strict=True))
    return StrategicForm(("row", "column"), names, payoffs[..., None])


def random_form(rng: np.random.Generator, sizes: Sequence[int], *, ties: bool = False) -> StrategicForm:
    """Return a random strategic form; with ``ties`` payoffs are small whole numbers, so that games are degenerate."""
    shape = (len(sizes), *sizes)
    payoffs = rng.integers(0, 3, size=shape).astype(np.float64) if ties else rng.normal(size=shape)
    names = tuple(tuple(f"s{k}{i}" for i in range(n)) for k, n in enumerate(sizes))
    return StrategicForm(tuple(f"p{k}" for k in range(len(sizes))), names, payoffs[..., None])


def random_tree(rng: np.random.Generator, players: int = 2, depth: int = 3, *, zero_sum: bool = False) -> Tree:
    """Return a random tree with perfect recall.

    Level by level the same player, or chance, moves at every node; nodes of a level are in one set if their mover has
    the same own past and the same signal, a hash of the history.
    """
    names = tuple(f"p{k}" for k in range(players))
    sets: list[InformationSet] = []
    parent, action, set_of = [-1], [-1], [-1]
    frontier: list[tuple[int, tuple[tuple[int, int], ...]]] = [(0, ())]
    for _ in range(depth):
        mover = int(rng.integers(-1, players))
        moves = int(rng.integers(2, 4))
        known: dict[object, int] = {}
        grown: list[tuple[int, tuple[tuple[int, int], ...]]] = []
        for node, past in frontier:
            own = tuple(step for step in past if sets[step[0]].player == (names[mover] if mover >= 0 else None))
            key = ("chance", node) if mover < 0 else (own, int(rng.integers(2)))
            if key not in known:
                known[key] = len(sets)
                odds = rng.dirichlet(np.ones(moves))[:, None] if mover < 0 else None
                labels = tuple("abc"[:moves])
                sets.append(InformationSet(None if mover < 0 else names[mover], labels, "", odds))
            set_of[node] = known[key]
            for a in range(moves):
                parent.append(node)
                action.append(a)
                set_of.append(-1)
                grown.append((len(parent) - 1, (*past, (known[key], a))))
        frontier = grown
    leaves = [n for n, _ in frontier]
    payoffs = rng.normal(size=(players, len(leaves)))
    if zero_sum:
        payoffs[1] = -payoffs[0]
    outcome = np.full(len(parent), -1)
    outcome[leaves] = np.arange(len(leaves))
    return Tree(names, tuple(sets), np.array(parent), np.array(action), np.array(set_of), outcome, payoffs[..., None])


def irregular_tree(
    rng: np.random.Generator, nodes: int = 16, *, forgetting: bool = False, absent: bool = False
) -> Tree:
    """Return a random tree of one to three players with perfect recall grown leaf by leaf, so that depths differ.

    Some moves of chance have probability zero, some sets one action, some nodes on the way pay, some leaves do not.
    With ``forgetting`` what a player did before does not part its sets; with ``absent`` a path may pass a set twice.
    """
    players = int(rng.integers(1, 4))
    names = tuple(f"p{k}" for k in range(players))
    sets: list[InformationSet] = []
    parent, action, set_of = [-1], [-1], [-1]
    pasts: list[tuple[tuple[tuple[int, int], ...], ...]] = [((),) * players]
    known: dict[object, int] = {}
    frontier = [0]
    while frontier and len(parent) < nodes:
        node = frontier.pop(int(rng.integers(len(frontier))))
        mover, moves = int(rng.integers(-1, players)), int(rng.integers(1, 4))
        if mover < 0:
            odds = np.maximum(rng.integers(-1, 4, size=moves), np.eye(moves)[0])
            which = len(sets)
            sets.append(InformationSet(None, tuple("xyz"[:moves]), "", (odds / odds.sum())[:, None]))
        else:
            above, before = set[int](), node
            while before >= 0:
                above.add(set_of[before])
                before = parent[before]
            key = (mover, () if forgetting or absent else pasts[node][mover], moves, int(rng.integers(2)))
            if key not in known or (known[key] in above and not absent):
                known[key] = len(sets)
                sets.append(InformationSet(names[mover], tuple("abc"[:moves])))
            which = known[key]
        set_of[node] = which
        for a in range(moves):
            parent.append(node)
            action.append(a)
            set_of.append(-1)
            step = ((which, a),)
            pasts.append(tuple(past + step if k == mover else past for k, past in enumerate(pasts[node])))
            frontier.append(len(parent) - 1)
    size = len(parent)
    outcome = np.arange(size)
    silent = [rng.random() < (0.1 if which < 0 else 0.8) for which in set_of]
    outcome[silent] = -1
    payoffs = rng.integers(-3, 4, size=(players, size)).astype(np.float64)
    arrays = (np.array(parent), np.array(action), np.array(set_of))
    return Tree(names, tuple(sets), *arrays, outcome, payoffs[..., None])


def as_arrays(*weights: Sequence[float]) -> list[Array]:
    return [np.array(w, dtype=np.float64) for w in weights]
