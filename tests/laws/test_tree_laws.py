"""Laws of trees of every shape, over thousands: the passes, the check of regret and the list of pure equilibria against
plain recursion over nodes and strategies, which shares nothing with them.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from math import prod

import numpy as np
import pytest
from tests.solve.games import irregular_tree
from tests.tried import tried

from quandary.base import Array
from quandary.game import Tree, TreeGame, forgetful_sets
from quandary.onegame import pure, solved_at, tree_regret
from quandary.solve import CONCEPTS

TREES = tried(2_000)
LOGIT_TREES = tried(500)
Rules = dict[int, Array]


def paid(tree: Tree, rules: Rules, node: int = 0) -> Array:
    """Return what each player expects from a node on, by recursion."""
    here = tree.payoffs[:, tree.outcome[node], 0] if tree.outcome[node] >= 0 else np.zeros(len(tree.players))
    which = int(tree.set_of[node])
    if which < 0:
        return here
    chances = tree.sets[which].chances
    odds = rules[which] if chances is None else chances[:, 0]
    below = np.flatnonzero(tree.parent == node)
    for child in below.tolist():
        here = here + odds[tree.action[child]] * paid(tree, rules, child)
    return here


def own(tree: Tree, player: str) -> list[int]:
    return [w for w in sorted(set(tree.set_of.tolist()) - {-1}) if tree.sets[w].player == player]


def strategies(tree: Tree, player: str) -> list[Rules]:
    """Return every pure strategy, an action at every set of the player."""
    sets = own(tree, player)
    sizes = [len(tree.sets[w].actions) for w in sets]
    return [
        {w: np.eye(n)[a] for w, n, a in zip(sets, sizes, choice, strict=True)}
        for choice in itertools.product(*map(range, sizes))
    ]


def stable_combinations(tree: Tree, most: int) -> list[Rules] | None:
    """Return the combinations of whole strategies from which nobody gains by changing; ``None`` if too many to try."""
    every = [strategies(tree, player) for player in tree.players]
    if prod(map(len, every)) > most:
        return None
    rules, pays = {}, {}
    for cell in itertools.product(*(range(len(ways)) for ways in every)):
        merged: Rules = {}
        for ways, choice in zip(every, cell, strict=True):
            merged |= ways[choice]
        rules[cell], pays[cell] = merged, paid(tree, merged)

    def stable(cell: tuple[int, ...]) -> bool:
        return all(
            pays[(*cell[:k], other, *cell[k + 1 :])][k] <= pays[cell][k] + 1e-9
            for k, ways in enumerate(every)
            for other in range(len(ways))
        )

    return [merged for cell, merged in rules.items() if stable(cell)]


@pytest.fixture(scope="module")
def grown() -> list[Tree]:
    rng = np.random.default_rng(20261126)
    return [irregular_tree(rng, int(rng.integers(5, 15))) for _ in range(TREES)]


def mixed_rules(tree: Tree, rng: np.random.Generator) -> Rules:
    found = {}
    for player in tree.players:
        for which in own(tree, player):
            count = len(tree.sets[which].actions)
            sure = rng.random() < 0.3
            found[which] = np.eye(count)[rng.integers(count)] if sure else rng.dirichlet(np.ones(count))
    return found


@pytest.mark.slow
def test_payoffs_are_those_of_plain_recursion(grown: list[Tree]) -> None:
    rng = np.random.default_rng(1)
    for number, tree in enumerate(grown):
        rules, game = mixed_rules(tree, rng), TreeGame(tree)
        profile = [np.stack([rules[w] for w in sets.tolist()])[..., None] for sets in game.sets_of]
        ours = [float(value[0]) for value in game.payoffs(profile).values()]
        np.testing.assert_allclose(ours, paid(tree, rules), atol=1e-12, err_msg=str(number))


@pytest.mark.slow
def test_regret_is_what_the_best_of_all_strategies_gains(grown: list[Tree]) -> None:
    rng = np.random.default_rng(2)
    checked = 0
    for number, tree in enumerate(grown):
        assert not forgetful_sets(tree)
        rules = mixed_rules(tree, rng)
        now, found = paid(tree, rules), tree_regret(tree, rules)
        for k, player in enumerate(tree.players):
            ways = strategies(tree, player)
            if len(ways) <= 30:
                best = max(paid(tree, rules | way)[k] for way in ways)
                assert abs(found[player] - (best - now[k])) <= 1e-12, number
                checked += 1
    assert checked > TREES


PRECISIONS = [0.3, 1.0, 4.0]


@pytest.mark.slow
def test_logit_in_several_worlds_is_the_rule_by_plain_recursion(grown: list[Tree]) -> None:
    """At every set that full-support behaviour reaches: log-odds are precision times differences of what each action
    brings given the set. The worlds solved together are those solved alone."""
    for number, tree in enumerate(grown[:LOGIT_TREES]):
        together = solved_at(tree, CONCEPTS["logit"], PRECISIONS)
        for precision, found in zip(PRECISIONS, together, strict=True):
            assert found is not None, number
            (alone,) = solved_at(tree, CONCEPTS["logit"], [precision])
            assert alone is not None, number
            full = {w: np.full(len(r), 1 / len(r)) if np.isnan(r).any() else r for w, r in found.rules.items()}
            for which, rule in found.rules.items():
                if np.isnan(rule).any():
                    continue
                np.testing.assert_allclose(rule, alone.rules[which], atol=1e-8, err_msg=str(number))
                odds = precision * conditional_values(tree, full, which)
                weights = np.exp(odds - odds.max())
                np.testing.assert_allclose(rule, weights / weights.sum(), atol=1e-8, err_msg=str(number))


def conditional_values(tree: Tree, rules: Rules, which: int) -> Array:
    """Return what each action at a set brings its owner, given that the set is reached."""
    k, total, weight = tree.players.index(str(tree.sets[which].player)), np.zeros(len(rules[which])), 0.0
    for node in tree.members(which):
        reach, at = 1.0, node
        while (before := int(tree.parent[at])) >= 0:
            above = int(tree.set_of[before])
            chances = tree.sets[above].chances
            odds = rules[above] if chances is None else chances[:, 0]
            reach *= float(odds[tree.action[at]])
            at = before
        weight += reach
        for child in np.flatnonzero(tree.parent == node).tolist():
            total[tree.action[child]] += reach * paid(tree, rules, child)[k]
    return total / weight


@pytest.mark.slow
def test_pure_equilibria_are_those_of_the_definition(grown: list[Tree]) -> None:
    """A combination of whole strategies is stable if no other strategy pays its player more; the list names each once,
    with nothing at sets that the player's own choices rule out."""
    checked = 0
    for number, tree in enumerate(grown):
        if (stable := stable_combinations(tree, 60)) is None:
            continue
        named = {_as_named(tree, rules) for rules in stable}
        found = [_as_listed(tree, e.rules) for e in pure(tree).found]
        assert len(found) == len(set(found))
        assert set(found) == named, number
        checked += 1
    assert checked > TREES // 2


def _as_named(tree: Tree, rules: Rules) -> tuple[tuple[int, int], ...]:
    """Return (set, action) where the player's own choices leave the set possible."""
    found = set()
    for node, which in enumerate(tree.set_of.tolist()):
        if which < 0 or (player := tree.sets[which].player) is None:
            continue
        possible, at = True, node
        while (before := int(tree.parent[at])) >= 0:
            above = int(tree.set_of[before])
            if tree.sets[above].player == player and rules[above][tree.action[at]] == 0.0:
                possible = False
            at = before
        if possible:
            found.add((which, int(np.argmax(rules[which]))))
    return tuple(sorted(found))


def _as_listed(tree: Tree, rules: Mapping[int, Array]) -> tuple[tuple[int, int], ...]:
    return tuple(sorted((w, int(np.argmax(rule))) for w, rule in rules.items() if not np.isnan(rule).any()))
