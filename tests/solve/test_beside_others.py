"""A world's answer does not depend on the worlds that it is solved beside."""

from __future__ import annotations

import numpy as np
import pytest
from tests.laws.diagrams import random_diagram

from quandary.engine import diagram_game
from quandary.engine.diagram_game import DiagramGame
from quandary.game.requisite import prune
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
