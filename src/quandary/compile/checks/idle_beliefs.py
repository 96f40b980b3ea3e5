"""Beliefs on which nothing hangs that their actor chooses, by the graph of the game."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from quandary.base.places import Place
from quandary.base.problems import Problem, Severity
from quandary.compile.compiler import Model
from quandary.game.diagram import Diagram
from quandary.game.graphs.requisite import prune
from quandary.game.interventions import rules_that_may_change


def beliefs_that_change_nothing(model: Model) -> Iterator[Problem]:
    """Yield a warning for each belief that no rule of its actor can depend on, whatever the numbers are."""
    if not model.case.believes:
        return
    compiled = model.diagram({name: np.full(1, 0.5) for name in model.names}, 1)
    diagram = prune(compiled.diagram, constants=False).diagram
    for belief in model.case.believes.values():
        for own in belief.odds if not belief.worths else ():  # a worth may make others care for what is not so
            if not _moves(diagram, belief.actor, {own.variable}):
                yield _idle(belief.actor, f'"{own.variable}"', own.place)
        for worth in belief.worths:
            theirs = {decision.name for decision in diagram.decisions if decision.player == worth.actor}
            if not _moves(diagram, belief.actor, theirs):
                yield _idle(belief.actor, f'"{worth.actor}.{worth.stake}"', worth.place)


def _moves(diagram: Diagram, actor: str, changed: set[str]) -> bool:
    moved = rules_that_may_change(diagram, changed)
    return any(decision.player == actor and decision.name in moved for decision in diagram.decisions)


def _idle(actor: str, what: str, place: Place) -> Problem:
    message = f'nothing that "{actor}" chooses can hang on what it believes of {what}'
    hint = "the belief changes nothing: look for a missing stake or arc, or remove it"
    return Problem("Q324", message, place, hint, Severity.WARNING)
