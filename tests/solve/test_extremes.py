"""Games at the edge: huge and tiny precision, impossible chance, single options, many players, ties everywhere."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.laws.diagrams import random_diagram

from quandary.base import Array
from quandary.engine import DiagramGame
from quandary.game import Chance, Decision, Diagram, Table, Utility
from quandary.solve import regret, solve
from quandary.solve.logit import logit


def _signal(precision: float, payoff: Array, reply: Array, prior: tuple[float, float] = (0.6, 0.4)) -> Diagram:
    """Return a signalling game: two types, two messages, two replies; payoffs over (type, message, reply)."""
    return Diagram(
        (
            Chance("type", ("weak", "strong")),
            Decision("message", ("low", "high"), "a", ("type",)),
            Decision("reply", ("yield", "fight"), "b", ("message",)),
        ),
        {"type": Table(("type",), np.array(prior)[:, None])},
        (
            Utility("a", "a", Table(("type", "message", "reply"), payoff[..., None])),
            Utility("b", "b", Table(("type", "message", "reply"), reply[..., None])),
        ),
        {"a": np.array([precision]), "b": np.array([precision])},
    )


BEER = np.array([[[2.0, 0.0], [3.0, 1.0]], [[3.0, 1.0], [2.0, 0.0]]])
DUEL = np.array([[[0.0, 1.0], [0.0, 1.0]], [[0.0, -1.0], [0.0, -1.0]]])


@pytest.mark.parametrize("precision", [1e-6, 1.0, 30.0, 1e3, 1e6])
def test_signalling_at_any_precision(precision: float) -> None:
    solution = solve(_signal(precision, BEER, DUEL, (0.1, 0.9)))
    assert solution.converged.all()
    for table in solution.behaviour.values():
        assert np.isfinite(table.values).all()
    if precision >= 1e3:
        gains = regret(solution.diagram, solution.behaviour).gains
        assert gains["message"].values.max() < 2.0 / precision
        assert gains["reply"].values[0].max() < 2.0 / precision
        np.testing.assert_allclose(solution.behaviour["message"].values[:, 0], 1.0, atol=1e-9)
        np.testing.assert_allclose(solution.behaviour["reply"].values[1, 1], 1.0, atol=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("precision", [50.0, 1e4])
def test_random_games_at_high_precision_converge_or_say_so(seed: int, precision: float) -> None:
    diagram = random_diagram(seed, players=2, variables=4, worlds=3)
    steep = replace(diagram, precision={p: np.array([precision]) for p in diagram.players})
    game = DiagramGame(steep)
    result = logit(game)
    assert (result.residual <= 1e-8).all(), result.residual
    assert (result.converged == (result.residual <= 1e-10)).all()
    assert all(np.isfinite(choice).all() for choice in result.profile)
    behaviour = game.behaviour(result.profile)
    gains = regret(steep, behaviour).largest
    assert max(gain.max() for gain in gains.values()) <= 3.0 / precision


def test_chance_of_probability_zero_in_some_worlds() -> None:
    diagram = random_diagram(7, players=2, variables=5, worlds=4)
    name = diagram.chances[0].name
    values = diagram.tables[name].values.copy()
    values[..., 0, 1] += values[..., 1, 1]
    values[..., 1, 1] = 0.0
    solution = solve(replace(diagram, tables={**diagram.tables, name: Table(diagram.tables[name].axes, values)}))
    assert solution.converged.all()
    assert all(np.isfinite(t.values).all() for t in solution.behaviour.values())


def test_a_decision_with_a_single_option() -> None:
    diagram = random_diagram(2, players=2, variables=4)
    first = diagram.decisions[0]
    only = {first.name: Table((first.name,), np.eye(len(first.states))[0][:, None])}
    solution = solve(replace(diagram, allowed=only))
    assert solution.converged.all()
    assert (solution.behaviour[first.name].values[..., 0, :] == 1.0).all()
    lone = Diagram((Decision("d", ("x",), "a"),), {}, (), {"a": np.ones(1)})
    assert solve(lone).behaviour["d"].values.tolist() == [[1.0]]


def test_seven_players_at_once() -> None:
    rng = np.random.default_rng(0)
    names = tuple(f"d{i}" for i in range(7))
    decisions = tuple(Decision(n, ("x", "y"), f"p{i}") for i, n in enumerate(names))
    utilities = tuple(Utility("u", f"p{i}", Table(names, rng.normal(size=(*(2,) * 7, 3)))) for i in range(7))
    diagram = Diagram(decisions, {}, utilities, {f"p{i}": np.full(1, 2.0) for i in range(7)}, 3)
    solution = solve(diagram)
    assert solution.converged.all()


def test_ties_everywhere_are_even_at_any_precision() -> None:
    flat = np.zeros((2, 2, 2))
    solution = solve(_signal(1e6, flat, flat))
    for table in solution.behaviour.values():
        np.testing.assert_allclose(table.values, 0.5)


def test_no_decision_and_no_utility() -> None:
    chance = Chance("c", ("x", "y"))
    table = Table(("c",), np.full((2, 1), 0.5))
    solution = solve(Diagram((chance,), {"c": table}, (), {}))
    assert solution.converged.all() and not solution.behaviour


def test_dominated_options_vanish_with_precision() -> None:
    prison = np.array([[3.0, 0.0], [5.0, 1.0]])
    decisions = (Decision("row", ("c", "d"), "a"), Decision("column", ("c", "d"), "b"))
    utilities = (
        Utility("a", "a", Table(("row", "column"), prison[..., None])),
        Utility("b", "b", Table(("row", "column"), prison.T[..., None])),
    )
    precision = np.array([0.1, 1.0, 10.0, 100.0])
    diagram = Diagram(decisions, {}, utilities, {"a": precision, "b": precision}, 4)
    solution = solve(diagram)
    defect = solution.behaviour["row"].values[1]
    assert solution.converged.all()
    assert (np.diff(defect) > 0.0).all() and defect[-1] == pytest.approx(1.0)
