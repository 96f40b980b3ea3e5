"""Backward induction where memory goes without saying: what is seen shows what was done before.

A result of a test shows that a test was made. A diagram that gives the later decision the result only says the same
game as one that gives it both, but its relevance graph has a circle, because separation in the graph knows no
certainties.
The fuller diagram is solved, and its rules are handed back over the observations that the player was given.
"""

from __future__ import annotations

import numpy as np

from quandary.base.arrays import Array
from quandary.engine.playing.diagram_game import DiagramGame
from quandary.game.diagram import Decision
from quandary.game.graphs.requisite import prune
from quandary.game.protocol import Profile
from quandary.game.recall import with_implied_memory
from quandary.solve.points.choice import usual_choice
from quandary.solve.subgame import subgame


def with_memory_implied(game: DiagramGame) -> tuple[Profile, tuple[str, ...]] | None:
    """Return the exact equilibrium and, in words, which memories were taken as implied; ``None`` where there are none.

    Raises ``Refusal`` (Q452) where decisions rely on each other in a circle all the same.
    """
    fuller = with_implied_memory(game.diagram)
    told = []
    for before, after in zip(game.diagram.decisions, fuller.decisions, strict=True):
        more = [name for name in after.parents if name not in before.parents]
        if more:
            told.append(f'"{before.name}" remembers {", ".join(more)}, which its observations imply')
    if not told:
        return None
    solved = DiagramGame(prune(fuller).diagram)
    behaviour = solved.behaviour(subgame(solved))
    profile = []
    for point, decision in zip(game.points, game.decisions, strict=True):
        there = solved.diagram.variable(decision.name)
        known = (*decision.parents, *(p for p in there.parents if p not in decision.parents))
        chosen = behaviour[decision.name].over((*known, decision.name))
        reached = solved.in_play[decision.name].over(known)
        profile.append(_without(game, decision, chosen, reached, usual_choice(point, game.worlds)))
    return profile, tuple(told)


def _without(game: DiagramGame, decision: Decision, chosen: Array, reached: Array, unreached: Array) -> Array:
    """Return a rule ``(sets, options, W)`` over the decision's own parents: what is implied has one state in play.

    ``unreached`` ``(sets, options, W)`` is chosen where none is.
    """
    own = len(decision.parents)
    weight = reached[..., None, :]
    extra = tuple(range(own, reached.ndim - 1))
    total = (weight * chosen).sum(axis=extra)
    count = (weight * np.ones_like(chosen)).sum(axis=extra)
    shape = (*(game.diagram.cardinality(p) for p in decision.parents), len(decision.states), game.worlds)
    flat = (-1, len(decision.states), game.worlds)
    total, count = (np.broadcast_to(a, shape).reshape(flat) for a in (total, count))
    return np.where(count > 0.0, total / np.where(count > 0.0, count, 1.0), unreached)
