"""The one thing a solver knows of a game, be it a diagram or a tree: its decision points and their values.

A *decision point* groups information sets that share owner and number of options, so that one array holds
them: all information sets of one decision of a diagram, or one information set (or more) of a tree. A
*profile* is a list with one array ``(sets, options, W)`` per decision point.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from quandary.game.table import Array, Mask

Profile = list[Array]


@dataclass(frozen=True, eq=False)
class DecisionPoint:
    """Information sets of one owner with the same options.

    ``allowed`` has shape ``(sets, options)``. ``in_play`` has shape ``(sets, W or 1)``: whether a
    full-support behaviour reaches the set. ``precision`` has shape ``(W,)`` or ``(1,)``.
    """

    name: str
    player: str
    allowed: Mask
    in_play: Mask
    precision: Array


class Game(Protocol):
    """What every solver runs on."""

    @property
    def points(self) -> Sequence[DecisionPoint]:
        """Return the decision points; profiles list their arrays in this order."""
        ...

    @property
    def worlds(self) -> int:
        """Return W, the number of worlds solved at once."""
        ...

    @property
    def order(self) -> Sequence[int]:
        """Return indices of points in a good order of updating (last movers first)."""
        ...

    def values(self, profile: Profile, which: Sequence[int] | None = None) -> list[Array]:
        """Return the expected payoff to the owner of each option at each set, given the set is reached.

        One array ``(sets, options, W)`` per point in ``which`` (all by default), owner's later moves as in
        ``profile``.
        """
        ...

    def reach(self, profile: Profile) -> list[Array]:
        """Return the probability that each information set is reached, ``(sets, W)`` per point."""
        ...

    def payoffs(self, profile: Profile) -> dict[str, Array]:
        """Return each player's expected payoff, ``(W,)``."""
        ...

    def in_worlds(self, index: NDArray[np.intp]) -> Game:
        """Return the same game in the named worlds only, so that converged worlds can leave the batch."""
        ...
