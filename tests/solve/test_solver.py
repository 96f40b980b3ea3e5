"""Solving diagrams: known answers, refusals, and the branch of the whole game."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.laws.diagrams import random_diagram

from quandary.base import Refusal
from quandary.engine import DiagramGame
from quandary.game import Chance, Decision, Diagram, Table, Utility
from quandary.solve import LogitSettings, regret, solve
from quandary.solve.logit import logit


def _two_by_two(a: list[list[float]], b: list[list[float]], precision: float) -> Diagram:
    """Return a simultaneous game of two players."""
    return Diagram(
        (Decision("row", ("u", "d"), "a"), Decision("column", ("l", "r"), "b")),
        {},
        (
            Utility("a", "a", Table(("row", "column"), np.array(a)[..., None])),
            Utility("b", "b", Table(("row", "column"), np.array(b)[..., None])),
        ),
        {"a": np.array([precision]), "b": np.array([precision])},
    )


def test_one_decision_is_the_softmax_of_its_payoffs() -> None:
    payoff = np.array([[1.0], [3.0], [2.0]])
    diagram = Diagram(
        (Decision("d", ("x", "y", "z"), "a"),), {}, (Utility("u", "a", Table(("d",), payoff)),), {"a": np.array([0.7])}
    )
    expected = np.exp(0.7 * payoff[:, 0])
    np.testing.assert_allclose(solve(diagram).behaviour["d"].values[:, 0], expected / expected.sum(), rtol=1e-14)


def test_matching_pennies_is_even_at_any_precision() -> None:
    for precision in (0.1, 3.0, 50.0):
        solution = solve(_two_by_two([[1, -1], [-1, 1]], [[-1, 1], [1, -1]], precision))
        assert solution.converged.all()
        np.testing.assert_allclose(solution.behaviour["row"].values, 0.5, atol=1e-10)


def test_asymmetric_matching_pennies_satisfies_the_fixed_point() -> None:
    solution = solve(_two_by_two([[9, 0], [0, 1]], [[0, 1], [1, 0]], 2.0))
    p, q = solution.behaviour["row"].values[0, 0], solution.behaviour["column"].values[0, 0]
    assert p == pytest.approx(1 / (1 + np.exp(-2.0 * (9 * q - (1 - q)))), abs=1e-10)
    assert q == pytest.approx(1 / (1 + np.exp(-2.0 * ((1 - p) - p))), abs=1e-10)


def _trap() -> Diagram:
    """Return a coordination pair that is tilted by a slow decision which neither of the two observes.

    Early on the slow actor is undecided and the pair tilts to the left; by t = 1 it leans to the second option, under
    which the right would be better. A pair that faced the final lean from the start would go right.
    """
    tilt = np.zeros((2, 2, 2, 1))
    tilt[0, 0, 0] = 3.0
    tilt[1, 0, 0] = 1.5
    tilt[0, 1, 1] = 0.0
    tilt[1, 1, 1] = 2.2
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
            Utility("b", "b", Table(("slow", "row", "column"), tilt)),
        ),
        {"a": np.array([8.0]), "b": np.array([8.0]), "c": np.array([4.0])},
    )


def _followed_slowly(diagram: Diagram, steps: int = 20_000) -> float:
    """Return P(row = l) at t = 1, the three log-odds being followed in tiny steps of t by plain iteration."""
    tilt = diagram.utilities[1].table.values[..., 0]
    p, q = 0.5, 0.5
    for t in np.linspace(0.0, 1.0, steps + 1)[1:]:
        s = 1 / (1 + np.exp(-4.0 * t))
        game = (1 - s) * tilt[0] + s * tilt[1]
        for _ in range(3):
            p = 1 / (1 + np.exp(-8.0 * t * (q * game[0, 0] - (1 - q) * game[1, 1])))
            q = 1 / (1 + np.exp(-8.0 * t * (p * game[0, 0] - (1 - p) * game[1, 1])))
    return float(p)


def test_the_trap_components_alone_would_end_on_another_branch() -> None:
    diagram = _trap()
    solution = solve(diagram)
    assert solution.converged.all()
    assert solution.behaviour["row"].values[0, 0] == pytest.approx(_followed_slowly(diagram), abs=1e-6)
    settled = solution.behaviour["slow"].values
    pair_alone = Diagram(
        (Chance("slow", ("s0", "s1")), *diagram.variables[1:]),
        {"slow": Table(("slow",), settled)},
        diagram.utilities[1:],
        diagram.precision,
    )
    alone = solve(pair_alone)
    assert alone.converged.all()
    left, left_alone = solution.behaviour["row"].values[0, 0], alone.behaviour["row"].values[0, 0]
    assert left > 0.9
    assert left_alone < 0.1


def test_worlds_traced_and_worlds_walked_agree() -> None:
    for seed in range(12):
        game = DiagramGame(random_diagram(seed, worlds=4, players=2, variables=5, spread=2.0))
        walked = logit(game)
        traced = logit(game, LogitSettings(always_trace=True))
        assert walked.converged.all() and traced.converged.all()
        for a, b in zip(walked.profile, traced.profile, strict=True):
            np.testing.assert_allclose(a, b, atol=1e-8)


def test_large_precision_of_a_dominant_option() -> None:
    solution = solve(_two_by_two([[2, 2], [1, 1]], [[1, 0], [1, 0]], 1e6))
    assert solution.converged.all()
    assert solution.behaviour["row"].values[0, 0] == 1.0


@pytest.mark.parametrize("size", [1e-9, 1e9])
def test_payoffs_of_any_size(size: float) -> None:
    diagram = random_diagram(3, players=2, variables=5)
    scaled = replace(
        diagram,
        utilities=tuple(replace(u, table=Table(u.table.axes, u.table.values * size)) for u in diagram.utilities),
        precision={p: v / size for p, v in diagram.precision.items()},
    )
    plain, big = solve(diagram), solve(scaled)
    assert big.converged.all()
    for name, table in plain.behaviour.items():
        np.testing.assert_allclose(table.values, big.behaviour[name].values, atol=1e-9)


def test_exact_choice_alone_is_best_with_ties_split() -> None:
    payoff = np.array([[1.0], [3.0], [3.0]])
    diagram = Diagram(
        (Decision("d", ("x", "y", "z"), "a"),),
        {},
        (Utility("u", "a", Table(("d",), payoff)),),
        {"a": np.array([np.inf])},
    )
    np.testing.assert_array_equal(solve(diagram).behaviour["d"].values[:, 0], [0.0, 0.5, 0.5])


def test_exact_choice_in_a_circle_is_refused() -> None:
    diagram = replace(
        _two_by_two([[1, -1], [-1, 1]], [[-1, 1], [1, -1]], 1.0), precision={"a": np.array([np.inf]), "b": np.ones(1)}
    )
    with pytest.raises(Refusal, match="Q451"):
        solve(diagram)


def test_backward_induction_of_an_entry_game() -> None:
    entry = np.array([[[0.0], [0.0]], [[2.0], [-1.0]]])
    incumbent = np.array([[[3.0], [3.0]], [[1.0], [-1.0]]])
    diagram = Diagram(
        (Decision("entry", ("out", "in"), "a"), Decision("reply", ("yield", "fight"), "b", ("entry",))),
        {},
        (
            Utility("a", "a", Table(("entry", "reply"), entry)),
            Utility("b", "b", Table(("entry", "reply"), incumbent)),
        ),
        {"a": np.ones(1), "b": np.ones(1)},
    )
    solution = solve(diagram, "subgame")
    np.testing.assert_array_equal(solution.behaviour["entry"].values[:, 0], [0.0, 1.0])
    np.testing.assert_array_equal(solution.behaviour["reply"].values[1, :, 0], [1.0, 0.0])
    assert all(gain.max() <= 1e-12 for gain in regret(solution.diagram, solution.behaviour).largest.values())


def test_subgame_refuses_circles_and_forgetting() -> None:
    circle = _two_by_two([[1, -1], [-1, 1]], [[-1, 1], [1, -1]], 1.0)
    with pytest.raises(Refusal, match="Q452"):
        solve(circle, "subgame")
    with pytest.raises(Refusal, match="Q453"):
        solve(replace(circle, agent_form_only=("row",)), "subgame")
    with pytest.raises(Refusal, match="Q450"):
        solve(circle, "subgames")


def test_information_sets_out_of_play_are_marked_and_do_not_count() -> None:
    certain = np.array([[1.0], [0.0]])
    diagram = Diagram(
        (Chance("c", ("x", "y")), Chance("n", ("x", "y"), ("c",)), Decision("d", ("l", "r"), "a", ("n",))),
        {"c": Table(("c",), certain), "n": Table(("c", "n"), np.eye(2)[..., None])},
        (Utility("u", "a", Table(("c", "d"), np.arange(4.0).reshape(2, 2, 1))),),
        {"a": np.ones(1)},
    )
    game = DiagramGame(diagram)
    np.testing.assert_array_equal(game.in_play["d"].values[:, 0], [1.0, 0.0])
    result = logit(game)
    assert result.converged.all()
    gains = regret(diagram, game.behaviour(result.profile)).gains["d"].values[:, 0]
    assert np.isfinite(gains[0]) and np.isnan(gains[1])
