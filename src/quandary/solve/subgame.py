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
from quandary.solve.choice import uniform

LOT = 1 << 15
"""So many numbers are compared at a time."""

ROUNDING = 1e-12
"""Options that fall short of the best by less than this share of the set's largest value are as good."""


def subgame(game: Game) -> Profile:
    """Return the exact equilibrium, ties split evenly. Raises ``Refusal`` (Q452) if decisions rely on each other."""
    agenda = agenda_of(game)
    if agenda.carriers:
        names = ", ".join(game.points[p].name for p in agenda.carriers)
        message = f"decisions rely on each other in a circle that passes {names}: backward induction cannot start."
        raise Refusal(Problem("Q452", message, hint='use the concept "logit"'))
    profile = [uniform(p, game.worlds) for p in game.points]
    play = game.play(profile)
    for number in (*agenda.pass_, *agenda.after):
        _choose_best(play.values(number), game.points[number].allowed, profile[number])
        play.set(number, profile[number])
    return profile


def _choose_best(values: Array, allowed: Mask, out: Array) -> None:
    """Write to ``out`` an even choice among the best allowed options (``choice.best``), ``(sets, options, W)``.

    A lot of sets at a time and option by option, so that what is worked on stays in the cache.
    """
    options, worlds = values.shape[1:]
    lot = max(1, LOT // (options * worlds))
    everything = bool(allowed.all())
    for first in range(0, len(values), lot):
        some = slice(first, first + lot)
        highest = values[some] if everything else np.where(allowed[some, :, None], values[some], -np.inf)
        lowest = values[some] if everything else np.where(allowed[some, :, None], values[some], np.inf)
        chosen = out[some]
        level, least = highest[:, 0].copy(), lowest[:, 0].copy()
        for option in range(1, options):
            np.maximum(level, highest[:, option], out=level)
            np.minimum(least, lowest[:, option], out=least)
        level -= ROUNDING * np.maximum(np.abs(level), np.abs(least))
        count = np.zeros_like(level)
        for option in range(options):
            np.greater_equal(highest[:, option], level, out=chosen[:, option])
            count += chosen[:, option]
        if count.max(initial=1.0) > 1.0:
            chosen /= count[:, None]
