"""The principal branch as a list of points: every one an equilibrium, turning points passed, ends where logit ends."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.formats.outside import at_hand
from tests.laws.diagrams import random_diagram

from quandary.base import Refusal
from quandary.engine import DiagramGame
from quandary.game import Decision, Diagram, StrategicForm, StrategicGame, Table, Tree, TreeGame, Utility, unroll
from quandary.onegame import branch, read_game, traced, turning_points
from quandary.solve.logit import logit

SLOW, FAST, PULL = 2.0, 8.0, 0.6


def _folding() -> Diagram:
    """Return a pair that settles on the left while a slow third is undecided, and cannot stay there once it leans.

    By then the pair is locked in: the left vanishes in a fold, and the branch turns back to where the right begins.
    """
    tilt = np.zeros((2, 2, 2, 1))
    tilt[0, 0, 0] = 3.0
    tilt[:, 1, 1] = PULL
    return Diagram(
        (
            Decision("slow", ("s0", "s1"), "c"),
            Decision("row", ("l", "r"), "a"),
            Decision("column", ("l", "r"), "b"),
        ),
        {},
        (
            Utility("c", "c", Table(("slow",), np.array([[0.0], [1.0]]))),
            Utility("a", "a", Table(("slow", "row", "column"), tilt)),
            Utility("b", "b", Table(("slow", "row", "column"), 1.3 * tilt)),
        ),
        {"a": np.array([FAST]), "b": np.array([FAST]), "c": np.array([SLOW])},
    )


def _off_the_curve(scale: float, row: float, column: float) -> float:
    """Return by how much the pair's left probabilities miss the logit rule, written out by hand."""
    lean = 1.0 / (1.0 + np.exp(-SLOW * scale))
    for_row = 3.0 * (1.0 - lean) * column - PULL * (1.0 - column)
    for_column = 1.3 * (3.0 * (1.0 - lean) * row - PULL * (1.0 - row))
    answer_row = 1.0 / (1.0 + np.exp(-FAST * scale * for_row))
    answer_column = 1.0 / (1.0 + np.exp(-FAST * scale * for_column))
    return float(max(abs(answer_row - row), abs(answer_column - column)))


def test_a_branch_that_turns_is_followed_back_and_forth() -> None:
    game = DiagramGame(_folding())
    found = branch(game, 2.0)
    assert found.arrived and not found.crossed
    assert len(found.turns) == 2
    first, second = found.turns
    assert found.scale[first] > 1.0 > found.scale[second]
    assert (np.diff(found.scale[: first + 1]) > 0).all()
    assert (np.diff(found.scale[first : second + 1]) < 0).all()
    assert (np.diff(found.scale[second:]) > 0).all()
    row, column = found.profile[1][0, 0], found.profile[2][0, 0]
    worst = max(_off_the_curve(*point) for point in zip(found.scale, row, column, strict=True))
    assert worst < 1e-9
    assert row[first] > 0.6 and row[-1] < 0.1, "the left is left behind in the fold"
    steps = np.abs(np.diff(np.log(row / (1.0 - row))))
    assert steps.max() < 3.0, "no jump in log-odds"


def test_a_branch_ends_where_logit_ends() -> None:
    for seed in range(12):
        diagram = random_diagram(seed, worlds=2, variables=4)
        game = DiagramGame(diagram)
        solved = logit(game)
        for world in range(2):
            found = branch(game, world=world)
            assert found.arrived
            assert found.scale[0] == 0.0 and found.scale[-1] == 1.0
            assert found.residual.max() < 1e-9
            for path, end in zip(found.profile, solved.profile, strict=True):
                np.testing.assert_allclose(path[..., -1], end[..., world], atol=1e-8)
            for player, paid in game.payoffs(solved.profile).items():
                assert found.payoffs[player][-1] == pytest.approx(paid[world], abs=1e-7)


def test_a_branch_starts_with_even_chances_and_is_the_same_on_the_unrolled_tree() -> None:
    diagram = random_diagram(7, worlds=1, variables=4)
    here, there = branch(DiagramGame(diagram), 3.0), branch(TreeGame(unroll(diagram).tree), 3.0)
    for path in here.profile:
        assert np.ptp(path[..., 0], axis=1).max() == pytest.approx(0.0, abs=1e-12)
    for player, paid in here.payoffs.items():
        assert paid[0] == pytest.approx(there.payoffs[player][0], abs=1e-10)
        assert paid[-1] == pytest.approx(there.payoffs[player][-1], abs=1e-7)


def test_curves_that_cross_are_said_to_cross() -> None:
    chicken = np.array([[[0.0, 3.0], [1.0, 2.0]], [[0.0, 1.0], [3.0, 2.0]]])[..., None]
    form = StrategicForm(("a", "b"), (("dare", "yield"), ("dare", "yield")), chicken)
    found = branch(StrategicGame(form), 20.0)
    assert found.arrived and found.crossed
    np.testing.assert_allclose(found.profile[0], found.profile[1], atol=1e-8)
    tilted = chicken.copy()
    tilted[0, 0, 0] += 0.1
    found = branch(StrategicGame(StrategicForm(form.players, form.strategies, tilted)), 20.0)
    assert found.arrived and not found.crossed
    assert abs(found.profile[0][0, 0, -1] - found.profile[1][0, 0, -1]) > 0.99


def test_exact_choice_has_no_branch() -> None:
    diagram = random_diagram(3, worlds=1, variables=3)
    exact = Diagram(
        diagram.variables, diagram.tables, diagram.utilities, dict.fromkeys(diagram.players, np.array([np.inf]))
    )
    with pytest.raises(Refusal) as refused:
        branch(DiagramGame(exact))
    assert refused.value.problem.code == "Q451"


def test_turning_points_of_a_sequence() -> None:
    assert turning_points(np.array([0.0, 1.0, 2.0, 1.5, 1.0, 3.0])) == (2, 4)
    assert turning_points(np.array([0.0, 1.0])) == ()


def test_logit_leaps_over_nothing_where_precision_is_high(textbook: Path) -> None:
    """In Bagwell's game a leap from even chances to near certainty lands on an equilibrium of another branch."""
    tree = read_game(at_hand(textbook / "games" / "bagwell.efg"))
    assert isinstance(tree, Tree)
    for precision in (2.0, 20.0, 60.0, 200.0):
        game = TreeGame(tree, dict.fromkeys(tree.players, np.array([precision])))
        solved, followed = logit(game), branch(game)
        assert solved.converged.all() and followed.arrived and not followed.crossed
        for path, end in zip(followed.profile, solved.profile, strict=True):
            np.testing.assert_allclose(path[..., -1], end[..., 0], atol=1e-7)


def test_every_point_of_a_diagrams_branch_has_the_regret_that_its_tables_give() -> None:
    rng = np.random.default_rng(8)
    first, second = rng.normal(size=(2, 3, 4))
    variables = (Decision("a", ("x", "y", "z"), "A"), Decision("b", ("p", "q", "r", "s"), "B"))
    axes = ("a", "b")
    utilities = tuple(
        Utility("payoff", player, Table(axes, own[..., None])) for player, own in (("A", first), ("B", second))
    )
    diagram = Diagram(variables, {}, utilities, {"A": np.ones(1), "B": np.ones(1)}, 1)
    branch = traced(diagram)
    assert branch.arrived
    assert branch.unchecked == 0
    for point in branch.points:
        rows, columns = point.rules[0], point.rules[1]
        gains = (
            (first @ columns).max() - rows @ first @ columns,
            (rows @ second).max() - rows @ second @ columns,
        )
        assert point.regret == pytest.approx(max(gains), abs=1e-12)
        assert not point.one_choice
    assert branch.points[0].regret > 0.1
