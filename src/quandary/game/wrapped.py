"""A game seen through another object: whatever that does not change is the game's own."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from quandary.base.arrays import Array
from quandary.game.protocol import DecisionPoint, Game, Play, Profile, TrailKeeper, Watcher


class Wrapped(Game):
    """A game handed on as it is; a subclass changes some of it and says what ``in_worlds`` gives.

    It offers no compiled passes, windows or batches, which would go round it.
    """

    def __init__(self, game: Game) -> None:
        self.game = game

    @property
    def points(self) -> Sequence[DecisionPoint]:
        """Return the game's points."""
        return self.game.points

    @property
    def worlds(self) -> int:
        """Return W."""
        return self.game.worlds

    @property
    def order(self) -> Sequence[int]:
        """Return the game's order."""
        return self.game.order

    @property
    def in_stages(self) -> bool:
        """Return whether the game says that its order is one of stages."""
        return self.game.in_stages

    @property
    def one_shot(self) -> bool:
        """Return whether the game is in strategic form."""
        return self.game.one_shot

    def forgetful(self) -> tuple[str, ...]:
        """Return where the game's players have forgotten something."""
        return self.game.forgetful()

    @property
    def sets_of(self) -> Sequence[NDArray[np.intp]]:
        """Return the game's numbers of sets."""
        return self.game.sets_of

    @property
    def reliance(self) -> Sequence[frozenset[int]]:
        """Return the game's reliance."""
        return self.game.reliance

    @property
    def grain(self) -> int:
        """Return the game's grain."""
        return self.game.grain

    @property
    def affordable(self) -> int:
        """Return in how many worlds at once the game says that it may be worked on."""
        return self.game.affordable

    @property
    def plain(self) -> Game:
        """Return the game itself, with nothing around it."""
        return self.game.plain

    @property
    def watch(self) -> Watcher | None:
        """Return who watches the game."""
        return self.game.watch

    @property
    def trail(self) -> TrailKeeper | None:
        """Return who keeps the game's trail."""
        return self.game.trail

    def play(self, profile: Profile) -> Play:
        """Return a play of the game."""
        return self.game.play(profile)

    def values(self, profile: Profile, which: Sequence[int] | None = None) -> list[Array]:
        """Return the game's values."""
        return self.game.values(profile, which)

    def reach(self, profile: Profile) -> list[Array]:
        """Return the game's reach."""
        return self.game.reach(profile)

    def payoffs(self, profile: Profile) -> dict[str, Array]:
        """Return the game's payoffs."""
        return self.game.payoffs(profile)

    def payoff_ranges(self) -> dict[str, Array]:
        """Return the ranges of the game's payoffs."""
        return self.game.payoff_ranges()

    @abstractmethod
    def in_worlds(self, index: NDArray[np.intp]) -> Game:
        """Return the named worlds of the game with the same around them."""
