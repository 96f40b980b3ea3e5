"""Games of one world followed on the tree of what can happen in them, where their own way loses the branch."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.laws.diagrams import random_diagram, tied_diagram
from tests.solve.games import irregular_tree

from quandary.base import Array
from quandary.engine import DiagramGame
from quandary.game import Table, Tree, TreeGame, prune, unroll
from quandary.solve import LogitSettings, Rung, Steep, ascend, histories_of, largest_share
from quandary.solve.logit import logit
from quandary.solve.sequential import sequential

Rules = dict[int, Array]


def rules_of(game: TreeGame, choices: list[Array], logs: list[Array]) -> tuple[Rules, Rules]:
    """Return choices and log-probabilities by the tree's sets."""
    found: tuple[Rules, Rules] = {}, {}
    for target, profile in zip(found, (choices, logs), strict=True):
        for sets, choice in zip(game.sets_of, profile, strict=True):
            target |= {which: choice[row, :, 0] for row, which in enumerate(sets.tolist())}
    return found


def gently(game: DiagramGame | TreeGame) -> tuple[Rung, list[Array]]:
    """Return the first rung of the game's histories, and the game's own logit equilibrium at its precision."""
    steep = Steep(game, {point.player: np.full(1, 500.0) for point in game.points})
    histories = histories_of(steep)
    assert histories is not None
    rungs, _ = ascend(histories.form)
    first = histories.rung(rungs[0])
    precision = {point.player: np.full(1, 500.0 * first.scale) for point in game.points}
    return first, logit(Steep(game, precision), LogitSettings(tolerance=1e-12)).profile


def agree(game: DiagramGame | TreeGame) -> None:
    rung, profile = gently(game)
    for point, odds, choice in zip(game.points, rung.odds, profile, strict=True):
        assert odds.shape == choice.shape[:2]
        there = np.exp(odds) / np.exp(odds).sum(axis=1, keepdims=True)
        played = point.in_play[:, 0]
        np.testing.assert_allclose(there[played], choice[played, :, 0], atol=1e-9)


@pytest.mark.slow
def test_a_diagrams_histories_have_its_logit_equilibria() -> None:
    for seed in range(40):
        diagram = random_diagram(seed, worlds=1, players=2 + seed % 2, variables=4 + seed % 3, bars=seed % 2 == 0)
        first = next((chance for chance in diagram.chances if not chance.parents), None)
        if first is not None and seed % 3 == 0:
            sure = np.eye(len(first.states))[0][:, None]
            diagram = replace(diagram, tables={**diagram.tables, first.name: Table((first.name,), sure)})
        agree(DiagramGame(prune(diagram).diagram))


def partly_impossible(number: int) -> Tree | None:
    """Return a random tree to some of whose ends chance never leads, or ``None`` if it has none, or nobody to move."""
    tree = irregular_tree(np.random.default_rng(number), 18)
    game = TreeGame(tree)
    return None if game.paid_at_all().all() or not any(point.in_play.any() for point in game.points) else tree


@pytest.mark.slow
def test_a_tree_without_its_impossible_moves_has_its_logit_equilibria() -> None:
    trees = [tree for number in range(120) if (tree := partly_impossible(number)) is not None]
    assert len(trees) >= 30
    for tree in trees:
        agree(TreeGame(tree))


def test_trees_in_which_all_can_happen_are_their_own_histories() -> None:
    tree = next(t for n in range(100) if TreeGame(t := irregular_tree(np.random.default_rng(n))).paid_at_all().all())
    assert histories_of(Steep(TreeGame(tree), {player: np.ones(1) for player in tree.players})) is None


LOST = [(147, 3), (160, 2), (246, 2), (976, 3), (1057, 3), (1085, 2), (1154, 2), (1342, 2)]
"""Diagrams, by seed and number of payoffs, whose branch was lost on their own carriers."""


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "payoffs"), [*LOST, *((seed, 2 + seed % 2) for seed in range(2000, 2060))])
def test_diagrams_with_ties_settle(seed: int, payoffs: int) -> None:
    """No gain is left at any set of the tree of all histories, by a check that shares no code with the solver."""
    game = DiagramGame(prune(tied_diagram(seed, payoffs)).diagram)
    found = sequential(game)
    (limit,) = found.limits
    assert limit.converged, limit.reason
    unrolled = unroll(game.diagram)
    there = TreeGame(unrolled.tree)
    choices, logs = (unrolled.profile(there, game.behaviour(own)) for own in (found.profile, found.logarithms))
    assert largest_share(unrolled.tree, *rules_of(there, choices, logs)) <= 1e-8


@pytest.mark.slow
def test_a_tree_with_impossible_moves_that_was_given_up() -> None:
    rng = np.random.default_rng([1027, 2, sum(map(ord, "irregular"))])
    tree = irregular_tree(rng, int(rng.integers(7, 22)))
    tree = replace(tree, payoffs=rng.integers(0, 2, size=tree.payoffs.shape).astype(np.float64))
    game = TreeGame(tree)
    found = sequential(game)
    assert found.converged.all(), found.limits[0].reason
    assert largest_share(tree, *rules_of(game, found.profile, found.logarithms)) <= 1e-8
