"""Other logit equilibria: two-by-two games against a scan of the one equation that all their fixed points solve."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.special import expit

from quandary.base import Array, Refusal
from quandary.engine import DiagramGame
from quandary.game import Decision, Diagram, Table, Utility
from quandary.solve import APART, TOLERANCE, Several, solve
from quandary.solve.several import several

COORDINATION = np.array([[2.0, 0.0], [0.0, 1.0]])
PENNIES = np.array([[1.0, -1.0], [-1.0, 1.0]])


def at_once(row: Array, column: Array, precision: Array) -> Diagram:
    """Return the game of two who choose at once; payoffs ``(options, options, W)``, both with that precision."""
    options = [tuple(f"{name}{i}" for i in range(n)) for name, n in zip("rc", row.shape[:2], strict=True)]
    return Diagram(
        variables=(Decision("r", options[0], "row"), Decision("c", options[1], "column")),
        tables={},
        utilities=(
            Utility("own", "row", Table(("r", "c"), row)),
            Utility("own", "column", Table(("r", "c"), column)),
        ),
        precision={"row": precision, "column": precision},
        worlds=len(precision),
    )


def alike(payoff: Array, precision: Array, other: Array | None = None) -> Diagram:
    shape = (*payoff.shape, len(precision))
    second = payoff if other is None else other
    return at_once(
        np.broadcast_to(payoff[..., None], shape), np.broadcast_to(second[..., None], shape), np.asarray(precision)
    )


def searched(diagram: Diagram, starts: int = 30) -> Several:
    solution = solve(diagram)
    assert solution.converged.all()
    game = DiagramGame(solution.diagram)
    return several(game, game.profile(solution.behaviour), starts=starts, seed=7)


def roots(row: Array, column: Array, precision: float) -> Array:
    """Return every equilibrium probability of row's first option, ascending, by a scan of p = R(C(p))."""

    def column_first(p: Array) -> Array:
        return np.asarray(expit(precision * (np.multiply.outer(p, row_gap[0]) + np.multiply.outer(1 - p, row_gap[1]))))

    row_gap = column[:, 0] - column[:, 1]

    def gap(p: Array) -> Array:
        q = column_first(p)
        first = q * (row[0, 0] - row[1, 0]) + (1 - q) * (row[0, 1] - row[1, 1])
        return np.asarray(expit(precision * first) - p)

    grid = np.concatenate([[0.0], expit(np.linspace(-40, 40, 40_001)), [1.0]])
    values = gap(grid)
    turns = np.flatnonzero(np.sign(values[:-1]) * np.sign(values[1:]) < 0)
    exact = grid[values == 0]
    found = [brentq(lambda p: float(gap(np.asarray(p))), grid[i], grid[i + 1], xtol=1e-15) for i in turns]
    every = np.sort(np.concatenate([found, exact]))
    return every[np.diff(every, prepend=-1.0) > APART]  # next to one, rounding makes one root many


def firsts(found: Several, world: int) -> Array:
    """Return the probability of row's first option in every equilibrium found in a world, ascending."""
    return np.sort([profile[0][0, 0, world] for profile in found.profiles[: found.count[world]]])


def test_coordination_at_high_precision_has_exactly_the_three_that_a_scan_finds() -> None:
    precision = np.array([0.5, 5.0, 9.0])
    found = searched(alike(COORDINATION, precision))
    expected = [roots(COORDINATION, COORDINATION, p) for p in precision]
    assert [len(one) for one in expected] == [1, 3, 3]
    assert found.count.tolist() == [1, 3, 3]
    for world, one in enumerate(expected):
        np.testing.assert_allclose(firsts(found, world), one, atol=1e-9)
    assert found.residual.max() <= TOLERANCE


def test_the_first_is_the_one_that_solve_returns_and_others_repeat_it_where_there_are_none() -> None:
    diagram = alike(COORDINATION, np.array([0.5, 6.0]))
    found = searched(diagram)
    solved = solve(diagram).behaviour["r"].values
    assert np.array_equal(found.profiles[0][0][0], solved)
    for other in found.profiles[1:]:
        assert np.array_equal(other[0][..., 0], found.profiles[0][0][..., 0])
        assert np.abs(other[0][..., 1] - found.profiles[0][0][..., 1]).max() > APART


@pytest.mark.parametrize("precision", [0.3, 2.0, 20.0])
def test_matching_pennies_has_one(precision: float) -> None:
    found = searched(alike(PENNIES, np.array([precision]), -PENNIES))
    assert found.count.tolist() == [1]
    assert found.profiles[0][0][0, 0, 0] == pytest.approx(0.5, abs=1e-9)
    assert found.arrived > 0.25


@pytest.mark.slow
def test_random_games_have_the_equilibria_that_a_scan_finds() -> None:
    rng = np.random.default_rng(20)
    row, column = rng.normal(size=(2, 2, 2, 400))
    precision = rng.uniform(0.5, 15.0, size=400)
    found = searched(at_once(row, column, precision))
    several_in = 0
    for world in range(400):
        expected = roots(row[..., world], column[..., world], precision[world])
        several_in += len(expected) > 1
        np.testing.assert_allclose(firsts(found, world), expected, atol=1e-8)
    assert several_in > 25


def test_three_options_to_coordinate_on_have_seven() -> None:
    found = searched(alike(np.eye(3), np.array([12.0])), starts=200)
    assert found.count.tolist() == [7]


def test_a_search_is_the_same_twice_and_in_any_company() -> None:
    together = searched(alike(COORDINATION, np.array([9.0, 5.0])))
    alone = searched(alike(COORDINATION, np.array([5.0])))
    np.testing.assert_allclose(firsts(together, 1), firsts(alone, 0), atol=1e-12)


def test_what_is_usual_names_another_one_first_and_all_three_are_found() -> None:
    """Payoffs 12 and 8, precision .6, usual .3 / .7: all solve p proportional to usual times exp(precision * worth)."""
    plain = alike(np.diag([12.0, 8.0]), np.array([0.6]))
    habit = {name: Table((name,), np.array([[0.3], [0.7]])) for name in "rc"}
    found = searched(replace(plain, usual=habit))
    assert found.count.tolist() == [3]
    chances = [float(profile[0][0, 0, 0]) for profile in found.profiles]
    assert chances[0] == pytest.approx(0.0037, abs=5e-5)
    assert max(chances) == pytest.approx(0.9982, abs=5e-5)
    for mine, theirs in ((p[0][0, 0, 0], p[1][0, 0, 0]) for p in found.profiles):
        gap = 12.0 * theirs - 8.0 * (1.0 - theirs)
        assert mine == pytest.approx(0.3 / (0.3 + 0.7 * np.exp(-0.6 * gap)), abs=1e-9)


def test_without_a_circle_nothing_is_searched() -> None:
    diagram = Diagram(
        variables=(Decision("r", ("a", "b"), "row"), Decision("c", ("a", "b"), "column", ("r",))),
        tables={},
        utilities=tuple(Utility("own", name, Table(("r", "c"), COORDINATION[..., None])) for name in ("row", "column")),
        precision={"row": np.array([6.0]), "column": np.array([6.0])},
    )
    found = searched(diagram)
    assert found.size == 0
    assert found.starts == 0
    assert found.count.tolist() == [1]


def test_a_large_circle_is_refused() -> None:
    with pytest.raises(Refusal) as refused:
        searched(alike(np.eye(63) / 100, np.array([0.1])))
    assert refused.value.problem.code == "Q570"
