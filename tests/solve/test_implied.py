"""Backward induction where what is seen shows what was done."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.formats.outside import at_hand

from quandary.base import Refusal
from quandary.engine import DiagramGame
from quandary.game import Diagram, Table
from quandary.onegame import read_game
from quandary.solve import regret, solve


def _used_car(folder: Path) -> Diagram:
    diagram = read_game(at_hand(folder / "maids" / "used_car_buyer.json"))
    assert isinstance(diagram, Diagram)
    return diagram


@pytest.mark.parametrize("concept", ["subgame", "sequential"])
def test_the_used_car_buyer_makes_31(textbook: Path, concept: str) -> None:
    """Howard (1962); the buyer sees the report only, which shows whether the test was made."""
    diagram = _used_car(textbook)
    solution = solve(diagram, concept)
    assert solution.converged.all()
    player = diagram.players[0]
    game = DiagramGame(solution.diagram)
    assert game.payoffs(game.profile(solution.behaviour))[player][0] == pytest.approx(31.0, abs=1e-9)
    assert regret(solution.diagram, solution.behaviour).largest[player][0] <= 1e-9
    assert solution.behaviour["A"].axes == ("R", "A"), "the rule is over what the buyer was given"
    assert solution.behaviour["T"].values[:, 0].max() == pytest.approx(1.0)
    if concept == "subgame":
        assert any("remembers T" in warning for warning in solution.warnings)


def test_several_worlds_at_once(textbook: Path) -> None:
    diagram = _used_car(textbook)
    utilities = tuple(
        replace(u, table=Table(u.table.axes, u.table.values * np.array([1.0, 2.0]))) for u in diagram.utilities
    )
    doubled = replace(diagram, utilities=utilities, worlds=2)
    solution = solve(doubled, "subgame")
    game = DiagramGame(solution.diagram)
    paid = game.payoffs(game.profile(solution.behaviour))[diagram.players[0]]
    np.testing.assert_allclose(paid, [31.0, 62.0], atol=1e-9)


def test_a_report_that_may_hide_the_test_implies_nothing(textbook: Path) -> None:
    diagram = _used_car(textbook)
    table = diagram.tables["R"]
    blurred = 0.99 * table.values + 0.01 / table.values.shape[table.axes.index("R")]
    with pytest.raises(Refusal) as refused:
        solve(replace(diagram, tables={**diagram.tables, "R": Table(table.axes, blurred)}), "subgame")
    assert refused.value.problem.code == "Q452"
