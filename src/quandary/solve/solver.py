"""Solving a diagram: prune what cannot matter, apply a concept, hand back a frozen Solution."""

from __future__ import annotations

from dataclasses import asdict

from quandary.base.problems import Problem, Refusal
from quandary.engine.playing.diagram_game import DiagramGame
from quandary.game.diagram import Diagram
from quandary.game.graphs.requisite import prune
from quandary.solve.concepts import concept_named
from quandary.solve.logit import LogitSettings
from quandary.solve.solution import Solution


def solve(
    diagram: Diagram,
    concept: str = "logit",
    *,
    settings: LogitSettings | None = None,
    job: int | None = None,
) -> Solution:
    """Return the solution of a diagram in all its worlds, which may be a part of a ``job`` of more worlds.

    Observations that cannot matter are pruned first; ``Solution.diagram`` is the diagram that was solved. Every solve
    starts from uniform play, also after an intervention (``docs/decisions/cold-solves.md`` says why). Raises
    ``Refusal``: Q450 unknown concept, Q451 exact choice in a circle of decisions, Q452 a circle where backward
    induction was asked for, Q453 a concept that cannot do with forgetting.
    """
    chosen = concept_named(concept)
    if diagram.agent_form_only and not chosen.forgetting:
        names = ", ".join(diagram.agent_form_only)
        message = f'at {names} the player has forgotten something it knew, which "{concept}" does not allow.'
        raise Refusal(Problem("Q453", message, hint='use the concept "logit", which solves the agent form'))
    settings = settings or LogitSettings()
    game = DiagramGame(prune(diagram).diagram, job=job)
    found = chosen.find(game, settings)
    return Solution(
        diagram=game.diagram,
        behaviour=game.behaviour(found.profile),
        concept=concept,
        residual=found.residual,
        converged=found.converged,
        in_play=game.in_play,
        settings={**asdict(settings), **found.notes},
        warnings=found.warnings,
    )
