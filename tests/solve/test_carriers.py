"""One world followed along the curve of its carriers, against slow tracing and against the walk of many worlds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.laws.diagrams import random_diagram

from quandary.engine import DiagramGame
from quandary.engine.playing import diagram_game
from quandary.game import prune
from quandary.solve import LogitSettings, Pace, agenda_of, carried
from quandary.solve.branch.small import carriers as module
from quandary.solve.logit import logit

SLOW = LogitSettings(always_trace=True, pace=Pace(first=0.05, longest=0.3, reach=0.02, bend=0.995, most=20_000))


@pytest.fixture(autouse=True)
def _by_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagram_game, "worthwhile", lambda game: False)


def steep(seed: int, worlds: int, rationality: float) -> DiagramGame:
    diagram = prune(random_diagram(seed, players=2, variables=6, worlds=worlds, spread=0.8)).diagram
    precision = {player: np.full(1, rationality) for player in diagram.players}
    return DiagramGame(replace(diagram, precision=precision))


@pytest.mark.slow
@pytest.mark.parametrize("rationality", [1.0, 5.0, 20.0])
@pytest.mark.parametrize("seed", [2, 38, 40, 50, 87])
def test_it_ends_where_slow_tracing_ends(seed: int, rationality: float) -> None:
    game = steep(seed, 12, rationality)
    slow = logit(game, SLOW)
    assert slow.converged.all()
    followed = 0
    for world in range(game.worlds):
        one = game.in_worlds(np.array([world]))
        found = carried(one, agenda_of(one), 1e-10)
        if found is None:
            continue
        followed += 1
        profile, residual, _ = found
        assert residual <= 1e-10
        for own, whole in zip(profile, slow.profile, strict=True):
            assert own.shape == (*whole.shape[:2], 1)
            assert np.abs(own[..., 0] - whole[..., world]).max() < 1e-8
    assert followed >= 0.9 * game.worlds


def test_a_game_of_one_world_is_solved_that_way() -> None:
    game = steep(2, 12, 2.0)
    one = logit(game.in_worlds(np.array([1])))
    assert one.traced.all()
    assert one.converged.all()


def test_where_it_is_not_at_hand_the_walk_answers_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    game = steep(87, 1, 3.0)
    followed = logit(game)
    monkeypatch.setattr(module, "ROWS_AT_MOST", 0)
    walked = logit(game)
    assert followed.traced.all()
    assert not walked.traced.any()
    for ours, theirs in zip(followed.profile, walked.profile, strict=True):
        assert np.abs(ours - theirs).max() < 1e-9


def test_exact_choice_is_left_to_others() -> None:
    game = steep(2, 1, np.inf)
    assert carried(game, agenda_of(game), 1e-10) is None
