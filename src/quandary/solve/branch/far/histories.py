"""A small game of one world followed on the tree of what can happen in it: the histories of a diagram, or a tree
without the moves that chance never makes.

There the branch of the whole game has exact derivatives (``ascent``), which a diagram does not offer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from quandary.base.arrays import Array
from quandary.base.problems import Refusal
from quandary.engine.playing.diagram_game import DiagramGame
from quandary.game.trees.layout import sets_by_point
from quandary.game.trees.leaf_form import NODES_AT_MOST, LeafForm, leaves_of_tree
from quandary.game.trees.tree import Tree, possible
from quandary.game.trees.tree_game import TreeGame
from quandary.game.trees.unroll import idle, unroll
from quandary.solve.branch.far.approach import Rung
from quandary.solve.branch.far.steepness import Steep, plain

Place = tuple[int, int, list[int]]
"""Where an information set stands in the game itself: its decision point, its row, the options that it has."""


@dataclass(frozen=True, eq=False)
class Histories:
    """``form``: the tree's leaves at the game's precisions. ``places``: of its sets, point by point.

    ``nothing``: log-odds of the game itself, ``(sets, options)`` per decision point, in which nothing is told apart.
    """

    form: LeafForm
    places: tuple[tuple[Place, ...], ...]
    nothing: tuple[Array, ...]

    def rung(self, rung: Rung) -> Rung:
        """Return a point of the tree's branch as one of the game's; sets that cannot be reached choose evenly."""
        odds = tuple(own.copy() for own in self.nothing)
        for places, found in zip(self.places, rung.odds, strict=True):
            for (point, row, options), own in zip(places, found, strict=True):
                odds[point][row, options] = own
        return Rung(rung.scale, odds)


def histories_of(game: Steep) -> Histories | None:
    """Return one world's histories; ``None`` where the tree is too large or is no other than the game."""
    inner = plain(game)
    if isinstance(inner, DiagramGame):
        grown = _unrolled(inner)
        if grown is None:
            return None
        tree, places = grown
    elif isinstance(inner, TreeGame) and inner.tree.worlds == 1 and not inner.paid_at_all().all():
        tree = possible(inner.tree)
        places = {
            which: (k, row, list(range(len(tree.sets[which].actions))))
            for k, sets in enumerate(inner.sets_of)
            for row, which in enumerate(sets.tolist())
        }
    else:
        return None
    form = leaves_of_tree(tree, game.precision)
    if form is None:
        return None
    nothing = tuple(np.where(point.allowed, 0.0, -np.inf) for point in game.points)
    members = sets_by_point(tree).values()
    return Histories(form, tuple(tuple(places[which] for which in own) for own in members), nothing)


def _unrolled(game: DiagramGame) -> tuple[Tree, dict[int, Place]] | None:
    diagram = game.diagram
    try:
        grown = unroll(diagram, without=idle(diagram), limit=NODES_AT_MOST)
    except Refusal:
        return None
    number = {decision.name: k for k, decision in enumerate(game.decisions)}
    places: dict[int, Place] = {}
    for which, (name, states, options) in enumerate(grown.origin):
        if name in number:
            shape = [diagram.cardinality(parent) for parent in game.decisions[number[name]].parents]
            row = int(np.ravel_multi_index(states, shape)) if shape else 0
            places[which] = (number[name], row, list(options))
    return grown.tree, places
