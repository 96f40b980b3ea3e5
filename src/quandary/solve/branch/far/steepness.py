"""Any game at other precisions, and the size of its payoffs by which precisions are measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from quandary.base.arrays import Array
from quandary.game.protocol import DecisionPoint, Game, LeafForm
from quandary.game.wrapped import Wrapped


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
        form = self.game.leaves()
        if form is None:
            return None
        rows = [
            np.full(sets * options, float(point.precision[0]))
            for point, (_, sets, options) in zip(self.points, form.shapes, strict=True)
        ]
        return replace(form, precision=np.concatenate(rows))

    @property
    def unwatched(self) -> Steep:
        """Return the game at these precisions, with nobody asking whether to go on."""
        return Steep(self.game.unwatched, self.precision)

    def in_worlds(self, index: NDArray[np.intp]) -> Steep:
        """Return the game in the named worlds at these precisions."""
        precision = {p: v if v.shape[0] == 1 else v[index] for p, v in self.precision.items()}
        return Steep(self.game.in_worlds(index), precision)


def payoff_ranges(game: Game) -> dict[str, Array]:
    """Return for each player the largest payoff less the smallest in every world, ``(W,)``; see ``game.protocol``."""
    found = game.payoff_ranges().items()
    return {p: np.broadcast_to(np.asarray(v, dtype=np.float64), (game.worlds,)) for p, v in found}
