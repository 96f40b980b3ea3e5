"""Solving a diagram: prune, choose the concept, hand back a frozen Solution."""

from __future__ import annotations

from dataclasses import asdict

from quandary.engine.diagram_game import DiagramGame
from quandary.game.diagram import Behaviour, Diagram
from quandary.game.requisite import prune
from quandary.solve.logit import LogitSettings, logit
from quandary.solve.solution import Solution


def solve(
    diagram: Diagram,
    concept: str = "logit",
    *,
    start: Behaviour | None = None,
    settings: LogitSettings | None = None,
) -> Solution:
    """Return the solution of a diagram in all its worlds; observations that cannot matter are pruned first."""
    settings = settings or LogitSettings()
    game = DiagramGame(prune(diagram).diagram)
    result = logit(game, settings)
    return Solution(
        diagram=game.diagram,
        behaviour=game.behaviour(result.profile),
        concept=concept,
        residual=result.residual,
        converged=result.converged,
        in_play=game.in_play,
        settings=asdict(settings),
    )
