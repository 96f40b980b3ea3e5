"""A world's answer does not depend on the worlds that it is solved beside."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.laws.diagrams import random_diagram
from tests.solve.games import matrix

from quandary.engine import DiagramGame
from quandary.engine.playing import diagram_game
from quandary.game import StrategicGame, prune
from quandary.solve.logit import logit


@pytest.mark.parametrize("seed", [2, 3, 4, 11, 12, 14, 18, 20])
def test_blocks_of_any_size_agree(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagram_game, "worthwhile", lambda game: False)
    diagram = random_diagram(seed, players=2, variables=6, worlds=60, spread=0.8, memory=seed % 3 > 0)
    game = DiagramGame(prune(diagram).diagram)
    together = logit(game)
    for first, last in ((0, 60), (0, 7), (20, 33), (59, 60)):
        part = logit(game.in_worlds(np.arange(first, last)))
        alone = last - first == 1  # one world is followed along its curve, to the same answer
        walked = ~together.traced[first:last] & (~part.traced | alone)
        assert walked.mean() > 0.5
        for whole, some, point in zip(together.profile, part.profile, game.points, strict=True):
            gap = (
                np.abs(whole[:, :, first:last] - some)
                * np.broadcast_to(point.in_play[:, None, :], (*point.allowed.shape, 60))[:, :, first:last]
            )
            assert gap[:, :, walked].max(initial=0.0) < 1e-12


def test_a_game_whose_branch_is_crossed_is_solved_at_several_precisions_together() -> None:
    """The battle of the sexes is the same with the players' names and actions exchanged; two curves part at 1.37."""
    form = matrix([[2, 0], [0, 1]], [[1, 0], [0, 2]])
    precisions = np.array([0.5, 1.0, 1.5, 2.0, 20.0])
    together = logit(StrategicGame(replace(form, precision=dict.fromkeys(form.players, precisions))))
    assert together.converged.all() and together.residual.max() <= 1e-10
    assert together.crossed is not None and together.crossed.tolist() == [False, False, True, True, True]
    for world, precision in enumerate(precisions):
        alone = logit(StrategicGame(replace(form, precision=dict.fromkeys(form.players, np.array([precision])))))
        for many, one in zip(together.profile, alone.profile, strict=True):
            np.testing.assert_allclose(many[..., world], one[..., 0], atol=1e-9)
        row, column = (choice[0, :, world] for choice in together.profile)
        np.testing.assert_allclose(row, column[::-1], atol=1e-9)
