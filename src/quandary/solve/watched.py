"""A game that asks, at every step of whoever plays on it, whether to go on: so every solver can be stopped.

A solver knows nothing of a game but ``game.protocol``, and comes back to it for every value. A watched game therefore
stops any of them, in the midst of its work, by raising ``Stopped``; nothing else about the game is changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quandary.game.protocol import DecisionPoint, Fused, Game, Play, Profile
from quandary.game.table import Array
from quandary.solve.equilibria import Proceed, Stopped

WHAT = "passes over the game"


class Watch:
    """Counts the steps of a solver and asks ``proceed`` at each; there is no telling how many there will be."""

    def __init__(self, proceed: Proceed) -> None:
        self.proceed = proceed
        self.count = 0

    def step(self) -> None:
        """Count one step. Raises ``Stopped`` where ``proceed`` says no."""
        self.count += 1
        if not self.proceed(WHAT, self.count, 0):
            raise Stopped


class Watched:
    """A game with a watch; see the module."""

    def __init__(self, game: Game, watch: Watch) -> None:
        self.game = game
        self.watch = watch

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
    def reliance(self) -> Sequence[frozenset[int]]:
        """Return the game's reliance."""
        return self.game.reliance

    @property
    def grain(self) -> int:
        """Return the game's grain."""
        return self.game.grain

    def play(self, profile: Profile) -> Play:
        """Return a play that asks before every value."""
        self.watch.step()
        return _WatchedPlay(self.game.play(profile), self.watch)

    def fused(self, *parts: Any) -> Fused | None:  # noqa: ANN401 - handed on as they are
        """Return the game's pass as compiled code, asking before every pass, where the game offers one."""
        offer = getattr(self.game, "fused", None)
        found: Fused | None = offer(*parts) if offer is not None else None
        return found if found is None else _WatchedPass(found, self.watch)

    def values(self, profile: Profile, which: Sequence[int] | None = None) -> list[Array]:
        """Return the game's values."""
        self.watch.step()
        return self.game.values(profile, which)

    def reach(self, profile: Profile) -> list[Array]:
        """Return the game's reach."""
        self.watch.step()
        return self.game.reach(profile)

    def payoffs(self, profile: Profile) -> dict[str, Array]:
        """Return the game's payoffs."""
        self.watch.step()
        return self.game.payoffs(profile)

    def in_worlds(self, index: NDArray[np.intp]) -> Watched:
        """Return the game in the named worlds only, with the same watch."""
        return Watched(self.game.in_worlds(index), self.watch)


class _WatchedPlay:
    def __init__(self, play: Play, watch: Watch) -> None:
        self._play = play
        self._watch = watch

    def set(self, point: int, choice: Array, logarithms: Array | None = None) -> None:
        self._play.set(point, choice, logarithms)

    def values(self, point: int) -> Array:
        self._watch.step()
        return self._play.values(point)


class _WatchedPass:
    def __init__(self, fused: Fused, watch: Watch) -> None:
        self._fused = fused
        self._watch = watch

    def image(self, state: Array, scale: Array) -> Array | None:
        self._watch.step()
        return self._fused.image(state, scale)

    def profile(self, state: Array, scale: Array) -> Profile | None:
        self._watch.step()
        return self._fused.profile(state, scale)
