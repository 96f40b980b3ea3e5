"""Long trees, and what relies on what in random ones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.solve.games import random_tree

from quandary.game import InformationSet, Tree, TreeGame
from quandary.onegame import solved_at
from quandary.solve import CONCEPTS


def slow_reliances(tree: Tree) -> list[set[int]]:
    """Return, per decision point, the points with a node below its nodes or that tell its sets' nodes apart."""
    game = TreeGame(tree)
    ways: list[list[tuple[int, int]]] = []
    for node, before in enumerate(tree.parent.tolist()):
        step = [(int(tree.set_of[before]), int(tree.action[node]))] if before >= 0 else []
        ways.append([*(ways[before] if before >= 0 else []), *step])
    found = []
    for own in game.sets_of:
        relied = set()
        members = [tree.members(which) for which in own.tolist()]
        for other, theirs in enumerate(game.sets_of):
            passed = [[sorted(s for s in ways[n] if s[0] in theirs) for n in nodes] for nodes in members]
            tells = any(way != some[0] for some in passed for way in some)
            under = any(which in own for below in theirs for n in tree.members(below) for which, _ in ways[n])
            if tells or under:
                relied.add(other)
        found.append(relied)
    return found


@pytest.mark.parametrize("seed", range(40))
def test_reliance_is_what_its_definition_says(seed: int) -> None:
    tree = random_tree(np.random.default_rng(seed), players=1 + seed % 3, depth=2 + seed % 4)
    assert [set(relied) for relied in TreeGame(tree).reliance] == slow_reliances(tree)


@pytest.mark.parametrize("seed", range(60))
def test_a_tree_in_stages_relies_on_what_comes_before_in_its_order(seed: int) -> None:
    tree = random_tree(np.random.default_rng(seed), players=1 + seed % 3, depth=2 + seed % 4)
    if seed % 2:  # everybody sees everything
        sets = {node: which for node, which in enumerate(tree.set_of.tolist()) if which >= 0}
        new = {node: place for place, node in enumerate(sets)}
        own = tuple(replace(tree.sets[which], label="") for which in sets.values())
        tree = replace(tree, sets=own, set_of=np.array([new.get(node, -1) for node in range(len(tree.parent))]))
    game = TreeGame(tree)
    place = {point: k for k, point in enumerate(game.order)}
    if game.in_stages:
        assert all(place[other] < place[point] for point, own in enumerate(game.reliance) for other in own)
    else:
        assert any(len(tree.members(which)) > 1 for which, own in enumerate(tree.sets) if own.player is not None)
    assert game.in_stages or not seed % 2


def long_chain(moves: int) -> Tree:
    """Return a game of two who take turns: to end it, or to pass."""
    sets = tuple(InformationSet("ab"[k % 2], ("end", "pass")) for k in range(moves))
    size = 2 * moves + 1
    parent, action, set_of, outcome = (np.full(size, -1) for _ in range(4))
    for k in range(moves):
        above = 2 * k - 1 if k else 0
        set_of[above] = k
        parent[2 * k + 1 : 2 * k + 3] = above
        action[2 * k + 1], action[2 * k + 2] = 1, 0
        outcome[2 * k + 2] = k
    outcome[2 * moves - 1] = moves
    payoffs = np.array([[(3 * k + p) % 7 for k in range(moves + 1)] for p in (0, 1)], dtype=np.float64)
    return Tree(("a", "b"), sets, parent, action, set_of, outcome, payoffs[..., None])


def test_a_chain_of_twelve_hundred_moves_is_solved_backwards() -> None:
    """Against plain backward induction, ties aside; and the check of regret comes to nothing to gain."""
    tree = long_chain(1200)
    found = solved_at(tree, CONCEPTS["subgame"])[0]
    assert found is not None
    assert found.regret == pytest.approx(0.0, abs=1e-12)
    value = tree.payoffs[:, 1200, 0]
    for k in reversed(range(1200)):
        ended, mover = tree.payoffs[:, k, 0], k % 2
        if ended[mover] == value[mover]:
            value = (ended + value) / 2
        elif ended[mover] > value[mover]:
            value = ended
    assert list(found.values.values()) == pytest.approx(value.tolist(), abs=1e-9)


@pytest.mark.slow
def test_passes_over_ten_thousand_moves_need_no_recursion() -> None:
    game = TreeGame(long_chain(10_000))
    even = [np.full((*point.allowed.shape, 1), 0.5) for point in game.points]
    reach = game.reach(even)
    assert [float(own[0, 0]) for own in reach[:3]] == [1.0, 0.5, 0.25]
    expected = sum(0.5 ** (k + 1) * ((3 * k) % 7) for k in range(60))
    assert game.payoffs(even)["a"][0] == pytest.approx(expected, abs=1e-12)
