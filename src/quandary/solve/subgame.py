"""Backward induction where the relevance graph has no cycle: exact, one decision after another.

Koller & Milch (2003), *Games and Economic Behavior* 45, section 6: with perfect recall and an acyclic relevance graph,
optimising each decision after those it relies on gives an equilibrium in which every choice is optimal at every
information set. Ties are split evenly among all best options. Where the exact choices of others leave a set
unreached, beliefs there are the limit of equally rare mistakes by everyone (the game's own rule for choices of
probability zero).
"""

from __future__ import annotations

import numpy as np

from quandary.game.protocol import Game, Profile
from quandary.game.table import Array, Mask
from quandary.problems import Problem, Refusal
from quandary.solve.agenda import agenda_of
from quandary.solve.choice import best, uniform


def subgame(game: Game) -> Profile:
    """Return the exact equilibrium, ties split evenly. Raises ``Refusal`` (Q452) if decisions rely on each other."""
    agenda = agenda_of(game)
    if agenda.carriers:
        names = ", ".join(game.points[p].name for p in agenda.carriers)
        message = f"decisions rely on each other in a circle that passes {names}: backward induction cannot start."
        raise Refusal(Problem("Q452", message, hint='use the concept "logit"'))
    profile = [uniform(p, game.worlds) for p in game.points]
    play = game.play([p.copy() for p in profile])
    for number in (*agenda.pass_, *agenda.after):
        profile[number] = _best_allowed(play.values(number), game.points[number].allowed[:, :, None])
        play.set(number, profile[number])
    return profile


def _best_allowed(values: Array, allowed: Mask) -> Array:
    chosen = best(np.where(allowed, values, -np.inf)) * allowed
    shared: Array = chosen / chosen.sum(axis=1, keepdims=True)
    return shared
