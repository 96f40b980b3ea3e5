"""A small game of one world followed on the tree of what can happen in it: the histories of a diagram, or a tree
without the moves that chance never makes.

There the branch of the whole game has exact derivatives (``ascent``), which a diagram does not offer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from quandary.base.arrays import Array
from quandary.game.protocol import DecisionPoint, LeafForm, SetPlace
from quandary.solve.branch.far.approach import Rung
from quandary.solve.branch.far.steepness import Steep


@dataclass(frozen=True, eq=False)
class Histories:
    """``form``: the tree's leaves at the game's precisions. ``places``: what its sets are in the game itself.

    ``nothing``: log-odds of the game itself, ``(sets, options)`` per decision point, in which nothing is told apart.
    """

    form: LeafForm
    places: tuple[tuple[SetPlace, ...], ...]
    nothing: tuple[Array, ...]

    def rung(self, rung: Rung) -> Rung:
        """Return a point of the tree's branch as one of the game's; sets that cannot be reached choose as is usual."""
        odds = tuple(own.copy() for own in self.nothing)
        for places, found in zip(self.places, rung.odds, strict=True):
            for (point, row, options), own in zip(places, found, strict=True):
                odds[point][row, options] = own
        return Rung(rung.scale, odds)


def histories_of(game: Steep) -> Histories | None:
    """Return one world's histories; ``None`` where the tree is too large or is no other than the game."""
    found = game.plain.histories(game.precision)
    if found is None:
        return None
    return Histories(found.leaves, found.places, tuple(nothing_told(point) for point in game.points))


def nothing_told(point: DecisionPoint) -> Array:
    """Return the log-odds ``(sets, options)`` of one world's choice where all options are worth the same."""
    return np.where(point.allowed, 0.0, -np.inf) if point.usual is None else point.usual[..., 0]
