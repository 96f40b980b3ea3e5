"""Backward induction where the relevance graph has no cycle: exact, one decision after another.

Koller & Milch (2003), *Games and Economic Behavior* 45, section 6: with perfect recall and an acyclic relevance graph,
optimising each decision after those it relies on gives an equilibrium in which every choice is optimal at every
information set. Ties are split evenly among all best options, or as is usual, which is where the logit branch ends: on
it options that tie differ by what later movers' mistakes cost, which fades faster than precision grows. Where the exact
choices of others leave a set unreached, beliefs there are the limit of equally rare mistakes by everyone, whatever is
usual (the game's own rule for choices of probability zero).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from quandary.base.arrays import Array
from quandary.base.problems import Problem, Refusal
from quandary.game.protocol import DecisionPoint, Game, Profile, WorldBatches
from quandary.solve.points.agenda import agenda_of
from quandary.solve.points.choice import usual_choice

ENTRIES = 1 << 15
"""So many numbers are compared at a time."""

ROUNDING = 1e-12
"""Options that fall short of the best by less than this share of the set's largest value are as good."""


def subgame(game: Game) -> Profile:
    """Return the exact equilibrium, ties split evenly or as is usual.

    Raises ``Refusal`` (Q452) if decisions rely on each other.
    """
    agenda = agenda_of(game)
    if agenda.carriers:
        names = ", ".join(game.points[p].name for p in agenda.carriers)
        message = f"decisions rely on each other in a circle that passes {names}: backward induction cannot start."
        raise Refusal(Problem("Q452", message, hint='use the concept "logit"'))
    order = (*agenda.pass_, *agenda.after)
    size = game.batch_size
    if size < game.worlds and (batches := game.batches([usual_choice(p, size) for p in game.points])) is not None:
        return _batch_by_batch(game, batches, size, order)
    profile = [usual_choice(p, game.worlds) for p in game.points]
    play = game.play(profile)
    for number in order:
        point = game.points[number]
        best = np.empty((len(point.allowed), game.worlds))
        _choose_best(play.values(number), point, profile[number], best, slice(None))
        play.set(number, profile[number])
    return profile


def _batch_by_batch(game: Game, batches: WorldBatches, size: int, order: Sequence[int]) -> Profile:
    """Return the same of a game of much memory, batch by batch of ``size`` worlds."""
    profile = [np.empty((*p.allowed.shape, game.worlds)) for p in game.points]
    best = [np.empty((len(p.allowed), size)) for p in game.points]
    for first in range(0, game.worlds, size):
        some = batches.show(first)
        for number in order:
            choice = profile[number][:, :, some]
            _choose_best(batches.values(number), game.points[number], choice, best[number], some)
            batches.settle(number, choice, best[number])
    return profile


def _choose_best(values: Array, point: DecisionPoint, out: Array, best: Array, shown: slice) -> None:
    """Write an even choice among the best allowed options to ``out`` ``(sets, options, W)``, their value to ``best``.

    Where the point says what is usual, in the worlds ``shown``, they divide so. Some sets at a time and option by
    option, so that what is worked on stays in the cache.
    """
    allowed, usual = point.allowed, point.usual
    if usual is not None and usual.shape[-1] > 1:
        usual = usual[..., shown]
    options, worlds = values.shape[1:]
    some_sets = max(1, ENTRIES // (options * worlds))
    everything = bool(allowed.all())
    room, chosen = np.empty((some_sets, worlds)), np.empty((some_sets, options, worlds), dtype=np.bool_)
    for first in range(0, len(values), some_sets):
        some = slice(first, first + some_sets)
        highest = values[some] if everything else np.where(allowed[some, :, None], values[some], -np.inf)
        lowest = values[some] if everything else np.where(allowed[some, :, None], values[some], np.inf)
        level, least, marks = best[some], room[: len(highest)], chosen[: len(highest)]
        np.copyto(level, highest[:, 0])
        np.copyto(least, lowest[:, 0])
        for option in range(1, options):
            np.maximum(level, highest[:, option], out=level)
            np.minimum(least, lowest[:, option], out=least)
        np.maximum(level, np.negative(least, out=least), out=least)  # the largest size of a value
        least *= ROUNDING
        np.greater_equal(highest, np.subtract(level, least, out=least)[:, None], out=marks)
        choice = out[some]
        choice[...] = marks
        if np.count_nonzero(marks) > marks[:, 0].size:
            if usual is not None:
                own = np.where(marks, usual[some], -np.inf)
                np.exp(own - own.max(axis=1, keepdims=True), out=choice)
            choice /= choice.sum(axis=1)[:, None] if usual is not None else marks.sum(axis=1)[:, None]
