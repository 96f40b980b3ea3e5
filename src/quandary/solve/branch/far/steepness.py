"""Any game at other precisions, and the size of its payoffs by which precisions are measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from quandary.base.arrays import Array
from quandary.engine.playing.diagram_game import DiagramGame
from quandary.game.protocol import DecisionPoint, Game
from quandary.game.strategic import StrategicGame
from quandary.game.trees.leaf_form import LeafForm
from quandary.game.trees.tree_game import TreeGame
from quandary.game.wrapped import Wrapped
from quandary.solve.branch.watched import Watched


class Steep(Wrapped):
    """A game whose players have the precisions given, each ``(W,)`` or ``(1,)``; nothing else is changed."""

    def __init__(self, game: Game, precision: Mapping[str, Array]) -> None:
        super().__init__(game)
        self.precision = precision

    @cached_property
    def points(self) -> Sequence[DecisionPoint]:
        """Return the game's points at these precisions, without a bound, as the scale may exceed one."""
        return tuple(replace(p, precision=self.precision[p.player], bound=float("inf")) for p in self.game.points)

    def leaves(self) -> LeafForm | None:
        """Return the game as its leaves at these precisions where the game itself can be had so, else ``None``."""
        offer = getattr(self.game, "leaves", None)
        form: LeafForm | None = offer() if offer is not None else None
        if form is None:
            return None
        rows = [
            np.full(sets * options, float(point.precision[0]))
            for point, (_, sets, options) in zip(self.points, form.shapes, strict=True)
        ]
        return replace(form, precision=np.concatenate(rows))

    def in_worlds(self, index: NDArray[np.intp]) -> Steep:
        """Return the game in the named worlds at these precisions."""
        precision = {p: v if v.shape[0] == 1 else v[index] for p, v in self.precision.items()}
        return Steep(self.game.in_worlds(index), precision)


def plain(game: Game) -> Game:
    """Return the game itself, without other precisions or a watch around it."""
    while isinstance(game, Steep | Watched):
        game = game.game
    return game


def unwatched(game: Game) -> Game:
    """Return the game at the same precisions, with nobody asking whether to go on."""
    if isinstance(game, Steep):
        return Steep(unwatched(game.game), game.precision)
    return unwatched(game.game) if isinstance(game, Watched) else game


def payoff_ranges(game: Game) -> dict[str, Array]:
    """Return for each player the largest payoff less the smallest, ``(W,)``; for a diagram an upper bound of it.

    What is paid where chance never leads does not count on a tree.
    """
    game = plain(game)
    if isinstance(game, TreeGame):
        paid = game.paid_at_all()
        most = np.where(paid, game.leaf_payoffs, -np.inf).max(axis=1)
        found = dict(zip(game.tree.players, most - np.where(paid, game.leaf_payoffs, np.inf).min(axis=1), strict=True))
    elif isinstance(game, StrategicGame):
        shape = (len(game.form.players), -1, game.form.payoffs.shape[-1])
        found = dict(zip(game.form.players, np.ptp(game.form.payoffs.reshape(shape), axis=1), strict=True))
    elif isinstance(game, DiagramGame):
        found = {player: np.zeros(1) for player in game.diagram.players}
        for utility in game.diagram.utilities:
            values = utility.table.values
            found[utility.player] = found[utility.player] + np.ptp(values.reshape(-1, values.shape[-1]), axis=0)
    else:
        raise TypeError(f"the payoffs of a {type(game).__name__} have no known range")
    return {p: np.broadcast_to(np.asarray(v, dtype=np.float64), (game.worlds,)) for p, v in found.items()}
