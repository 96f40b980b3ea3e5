"""Laws of trees whose players forget, or do not notice that they were at a set before: a right answer or a refusal.

Among the random trees are many of both kinds (Kuhn 1953; Piccione & Rubinstein 1997, *Games and Economic Behavior* 20,
the absent-minded driver). ``logit`` is the agent form: one choice is weighed at a time, at every node of its set by the
probability that play comes there, the set's other nodes kept as they are.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from tests.laws.test_tree_laws import conditional_values, own, stable_combinations
from tests.solve.games import irregular_tree

from quandary.base import Array, Refusal
from quandary.game import Tree, forgetful_sets
from quandary.onegame import Request, pure, solved_at, tree_regret
from quandary.onegame.search import search
from quandary.solve import CONCEPTS

TREES = 300
PRECISIONS = [0.5, 2.0]

CROSSED = {
    11: "with chance q of the first action the two differ by (8 q - 4) / (2 - q), so that an even choice answers "
    "itself always, and from 3/4 on two more choices do: the curves cross there",
    189: "two actions that are equally likely at first part between 1.5 and 1.8, either way: the curves cross there",
}
"""Trees whose branch crosses another curve below the second precision, by number, and why: it goes straight on."""


def passes_a_set_twice(tree: Tree) -> bool:
    for node, which in enumerate(tree.set_of.tolist()):
        at = node
        while (at := int(tree.parent[at])) >= 0:
            if which >= 0 and tree.set_of[at] == which:
                return True
    return False


@pytest.fixture(scope="module")
def forgetful() -> list[Tree]:
    rng = np.random.default_rng(19970720)
    found: list[Tree] = []
    while len(found) < TREES:
        tree = irregular_tree(rng, int(rng.integers(7, 16)), forgetting=True, absent=len(found) % 2 == 1)
        if forgetful_sets(tree) and passes_a_set_twice(tree) == (len(found) % 2 == 1):
            found.append(tree)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("concept", ["sequential", "subgame", "mixed", "zero_sum"])
def test_concepts_that_rest_on_memory_refuse(forgetful: list[Tree], concept: str) -> None:
    """Q453, or Q457 where the concept would not apply to the game with memory either."""
    for number, tree in enumerate(forgetful):
        with pytest.raises(Refusal) as refused:
            search(tree, Request(concept))
        problem = refused.value.problem
        other = concept in ("mixed", "zero_sum") and problem.code == "Q457"
        assert problem.code == "Q453" or other, number
        assert problem.message and problem.hint


def test_no_regret_is_told_where_a_player_has_forgotten(forgetful: list[Tree]) -> None:
    for tree in forgetful:
        rules = {w: np.full(len(tree.sets[w].actions), 1.0 / len(tree.sets[w].actions)) for w in _played(tree)}
        with pytest.raises(Refusal, match="Q453"):
            tree_regret(tree, rules)


@pytest.mark.slow
def test_logit_is_the_rule_of_the_agent_form_by_plain_recursion(forgetful: list[Tree]) -> None:
    for number, tree in enumerate(forgetful):
        for precision, found in zip(PRECISIONS, solved_at(tree, CONCEPTS["logit"], PRECISIONS), strict=True):
            assert found is not None, number
            assert np.isnan(found.regret)
            _assert_answers_itself(tree, found.rules, precision)
    for number in CROSSED:
        (found,) = solved_at(forgetful[number], CONCEPTS["logit"], [2.0])
        assert found is not None and any("crosses the branch" in told for told in found.remarks)


def _assert_answers_itself(tree: Tree, rules: Mapping[int, Array], precision: float) -> None:
    full = {w: np.full(len(r), 1 / len(r)) if np.isnan(r).any() else r for w, r in rules.items()}
    for which, rule in rules.items():
        if not np.isnan(rule).any():
            odds = precision * conditional_values(tree, full, which)
            weights = np.exp(odds - odds.max())
            np.testing.assert_allclose(rule, weights / weights.sum(), atol=1e-8)


@pytest.mark.slow
def test_pure_equilibria_are_those_of_the_definition(forgetful: list[Tree]) -> None:
    """Whole strategies, one action at every set, however often play comes there."""
    checked = 0
    for number, tree in enumerate(forgetful):
        if (combinations := stable_combinations(tree, 100)) is None:
            continue
        stable = {_named(rules) for rules in combinations}
        found = [_named(e.rules) for e in pure(tree).found]
        assert len(found) == len(set(found)), number
        assert set(found) == stable, number
        checked += 1
    assert checked > TREES // 3


def _played(tree: Tree) -> list[int]:
    return [which for player in tree.players for which in own(tree, player)]


def _named(rules: Mapping[int, Array]) -> tuple[tuple[int, int], ...]:
    return tuple(sorted((which, int(np.argmax(rule))) for which, rule in rules.items()))
