"""The derivative that climbing rests on, worked out many columns at once, against one column at a time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from tests.laws.diagrams import signalling_diagram
from tests.tried import tried

from quandary.base import Array
from quandary.engine import DiagramGame
from quandary.game import Agenda, Diagram, prune
from quandary.solve import NUDGE, Rung, Slopes, Steep, Sweep, agenda_of, payoff_ranges
from quandary.solve.branch import slopes as module
from quandary.solve.branch.far import climb as climbing
from quandary.solve.branch.far.routes import _traced
from quandary.solve.branch.slopes import _choice
from quandary.solve.sequential import _precisions


def _steep(diagram: Diagram) -> tuple[Steep, Agenda]:
    """Return a game that climbs, and all of its points that rely on each other."""
    game = DiagramGame(prune(diagram).diagram)
    agenda = agenda_of(game)
    return Steep(game, _precisions(game, payoff_ranges(game))), Agenda((*agenda.carriers, *agenda.pass_), (), ())


def _state(game: Steep, agenda: Agenda, rung: Rung) -> Array:
    parts = [np.zeros((0, 1))]
    for point, own in zip(agenda.carriers, Sweep(game, agenda).coordinates, strict=True):
        odds = rung.odds[point]
        parts.append((odds[own.sets, own.options] - odds[own.sets, own.first])[:, None] / rung.scale)
    return np.concatenate(parts)


def _column_by_column(game: Steep, agenda: Agenda, state: Array, scale: Array, nudge: float) -> Array:
    sweep, columns = Sweep(game, agenda), []
    here = sweep(state, scale).copy()
    for row in range(len(state)):
        there = state.copy()
        there[row] += nudge
        columns.append((sweep(there, scale) - here) / nudge)
    return np.concatenate(columns, axis=1)


def _circular(count: int) -> Iterator[tuple[Steep, Agenda]]:
    """Yield random games in which decisions rely on each other, every second one with ties."""
    for seed in range(count):
        diagram = signalling_diagram(seed, 3 + seed % 2, payoffs=3 * (seed % 2))
        game, agenda = _steep(diagram)
        if agenda.carriers:
            yield game, agenda


@pytest.fixture
def few_lanes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LANES", 4)


@pytest.mark.slow
@pytest.mark.usefixtures("few_lanes")
def test_many_columns_at_once_are_those_taken_one_by_one() -> None:
    certain, believed = 0, 0
    for game, agenda in _circular(tried(16)):
        for rung in _traced(game)[0].rungs[::6]:
            state, scale, nudge = _state(game, agenda, rung), np.array([rung.scale]), NUDGE / rung.scale
            image, slopes = Slopes(game, agenda).at(state, scale, nudge)
            expected = _column_by_column(game, agenda, state, scale, nudge)
            np.testing.assert_allclose(image, Sweep(game, agenda)(state, scale), rtol=1e-12, atol=1e-12)
            blur = 1e-12 * np.abs(image).max() / nudge
            np.testing.assert_allclose(slopes, expected, rtol=1e-6, atol=blur)
            for point, own in zip(agenda.carriers, Sweep(game, agenda).coordinates, strict=True):
                never = _choice((point, own), state, scale, nudge, np.ones(len(state))).certain
                certain += len(never)
                believed += int((np.abs(expected[:, never]).max(axis=0, initial=0.0) > 100.0 * blur).sum())
    assert certain > 100, "far up most choices are certain"
    assert believed > 0, "beliefs rest on some of them"


@pytest.mark.slow
@pytest.mark.usefixtures("few_lanes")
def test_sparse_equations_lead_up_the_same_branch(monkeypatch: pytest.MonkeyPatch) -> None:
    for game, _ in _circular(tried(12)):
        with monkeypatch.context() as plain:
            plain.setattr(module, "LANES", 10_000)
            dense = _traced(game)[0].rungs
        with monkeypatch.context() as large:
            large.setattr(climbing, "DENSE_AT_MOST", 0)
            sparse = _traced(game)[0].rungs
        assert [rung.scale for rung in dense] == [rung.scale for rung in sparse]
        for one, other in zip(dense, sparse, strict=True):
            for mine, theirs in zip(one.odds, other.odds, strict=True):
                np.testing.assert_allclose(np.exp(mine), np.exp(theirs), atol=1e-5)
