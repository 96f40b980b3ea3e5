"""A game that asks, at every step of whoever plays on it, whether to go on: so every solver can be stopped.

A solver knows nothing of a game but ``game.protocol``, and comes back to it for every value. A watched game therefore
stops any of them, in the midst of its work, by raising ``Stopped``. It offers no compiled passes, which ask nobody;
nothing else about the game is changed.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from quandary.base.arrays import Array
from quandary.base.stopping import Proceed, Stopped
from quandary.game.protocol import Game, LeafForm, Play, Profile
from quandary.game.wrapped import Wrapped
from quandary.solve.branch.trail import Trail

WHAT = "passes over the game"


class Watch:
    """Counts the passes of a solver, one for each world, and asks ``proceed`` at each step.

    There is no telling how many there will be.
    """

    def __init__(self, proceed: Proceed, trail: Trail | None = None) -> None:
        self.proceed = proceed
        self.trail = trail
        self.count = 0

    def step(self, worlds: int = 1) -> None:
        """Count one step in so many worlds. Raises ``Stopped`` where ``proceed`` says no."""
        self.count += worlds
        if not self.proceed(WHAT, self.count, 0):
            raise Stopped


class Watched(Wrapped):
    """A game with a watch; see the module."""

    def __init__(self, game: Game, watch: Watch) -> None:
        super().__init__(game)
        self._watch = watch

    @property
    def watch(self) -> Watch:
        """Return the watch."""
        return self._watch

    @property
    def trail(self) -> Trail | None:
        """Return the trail of points of the branch that is kept of a game of one world, if any is."""
        return self.watch.trail if self.worlds == 1 else None

    @property
    def unwatched(self) -> Game:
        """Return the game with nobody asking whether to go on."""
        return self.game.unwatched

    def leaves(self) -> LeafForm | None:
        """Return the game's leaves, if it offers them; who follows the branch on them asks the watch itself."""
        return self.game.leaves()

    def play(self, profile: Profile) -> Play:
        """Return a play that asks before every value."""
        self.watch.step(self.worlds)
        return _WatchedPlay(super().play(profile), self.watch, self.worlds)

    def values(self, profile: Profile, which: Sequence[int] | None = None) -> list[Array]:
        """Return the game's values."""
        self.watch.step(self.worlds)
        return super().values(profile, which)

    def reach(self, profile: Profile) -> list[Array]:
        """Return the game's reach."""
        self.watch.step(self.worlds)
        return super().reach(profile)

    def payoffs(self, profile: Profile) -> dict[str, Array]:
        """Return the game's payoffs."""
        self.watch.step(self.worlds)
        return super().payoffs(profile)

    def in_worlds(self, index: NDArray[np.intp]) -> Watched:
        """Return the game in the named worlds only, with the same watch."""
        return Watched(self.game.in_worlds(index), self.watch)


class _WatchedPlay:
    def __init__(self, play: Play, watch: Watch, worlds: int) -> None:
        self._play = play
        self._watch = watch
        self._worlds = worlds

    def set(self, point: int, choice: Array, logarithms: Array | None = None) -> None:
        self._play.set(point, choice, logarithms)

    def values(self, point: int) -> Array:
        self._watch.step(self._worlds)
        return self._play.values(point)
