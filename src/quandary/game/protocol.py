"""The one thing a solver knows of a game, be it a diagram or a tree: its decision points and their values.

A *decision point* groups information sets that share owner and number of options, so that one array holds
them: all information sets of one decision of a diagram, or one information set (or more) of a tree. A
*profile* is a list with one array ``(sets, options, W)`` per decision point.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from quandary.base.arrays import Array, Mask

Profile = list[Array]


@dataclass(frozen=True, eq=False)
class DecisionPoint:
    """Information sets of one owner with the same options.

    ``allowed`` has shape ``(sets, options)``. ``in_play`` has shape ``(sets, W or 1)``: whether a
    full-support behaviour reaches the set; ``reached`` ``(sets,)``: whether it does in some world of the whole game, of
    whose worlds these may be a few. ``precision`` has shape ``(W,)`` or ``(1,)``. ``bound``, where a game
    knows one, is a number that no option's value times precision exceeds in size in any world: it spares the care
    that huge numbers need.
    """

    name: str
    player: str
    allowed: Mask
    in_play: Mask
    reached: Mask
    precision: Array
    bound: float = float("inf")


class Play(Protocol):
    """A profile that changes point by point, so that a game recomputes only what a change touches."""

    def set(self, point: int, choice: Array, logarithms: Array | None = None) -> None:
        """Replace one point's array ``(sets, options, W)``; the array is copied or kept as the game likes.

        ``logarithms`` comes with a choice some of whose probabilities are too small for a float; a game may use it
        for beliefs at sets that are hardly ever reached.
        """
        ...

    def values(self, point: int) -> Array:
        """Return what ``Game.values`` returns for that point; valid until the next call of ``set``."""
        ...


class Fused(Protocol):
    """A pass over all points at once, for games that offer ``fused``; ``None`` says that this pass needs tables.

    The state is that of ``solve.branch.sweep``: the carriers' log-odds at scale one.
    """

    def image(self, state: Array, scale: Array) -> Array | None:
        """Return the carriers' log-odds after everyone else has answered ``state`` at ``scale``."""
        ...

    def profile(self, state: Array, scale: Array) -> Profile | None:
        """Return the whole profile that answers ``state`` at ``scale``."""
        ...


class Playable(Protocol):
    """Some worlds of a game in which a profile can be changed point by point."""

    @property
    def points(self) -> Sequence[DecisionPoint]:
        """Return the decision points; profiles list their arrays in this order."""
        ...

    @property
    def worlds(self) -> int:
        """Return W, the number of worlds worked on at once."""
        ...

    def play(self, profile: Profile) -> Play:
        """Return a play that starts from the profile and may work in its arrays; ``WholePlay`` is the plain way."""
        ...


@runtime_checkable
class Window(Playable, Protocol):
    """Some worlds of a game side by side, in lanes; other worlds can take their places without anything made anew.

    The points' arrays that differ from world to world change in place. ``uneven`` says whether ``in_play`` is one.
    """

    @property
    def uneven(self) -> bool:
        """Return whether the sets in play differ from world to world."""
        ...

    def show(self, lanes: NDArray[np.intp] | slice, worlds: NDArray[np.intp] | slice) -> None:
        """Put the named worlds of the whole game into the lanes."""
        ...


class WorldBatches(Protocol):
    """Worlds of a game that follow each other, one lot after another in the same arrays, for backward induction."""

    def show(self, first: int) -> slice:
        """Put the lot that begins with this world in place, the last one back to a whole lot; return its worlds."""
        ...

    def values(self, point: int) -> Array:
        """Return the point's action values ``(sets, options, W)``; valid until the next change."""
        ...

    def settle(self, point: int, choice: Array, best: Array) -> None:
        """Go on with a choice that gets ``best`` ``(sets, W)`` of the point's values, the same array in each lot."""
        ...


class Game(Playable, Protocol):
    """What every solver runs on. A game may also offer ``window(index)`` (for ``solve.branch.walking.lanes``),
    ``lots(profile)`` (``solve.subgame``) and ``in_stages``: that every point relies only on those before it in
    ``order``."""

    @property
    def order(self) -> Sequence[int]:
        """Return indices of points in a good order of updating (last movers first)."""
        ...

    @property
    def reliance(self) -> Sequence[frozenset[int]]:
        """Return for each point the points whose choices its values may depend on (itself included if so)."""
        ...

    @property
    def grain(self) -> int:
        """Return how many worlds are best worked on at once, so that tables stay in the processor's cache."""
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


class WholePlay:
    """A play that asks the game anew for every value: right for any game, fast for none."""

    def __init__(self, game: Game, profile: Profile) -> None:
        self._game = game
        self._profile = list(profile)

    def set(self, point: int, choice: Array, logarithms: Array | None = None) -> None:
        """Replace one point's array; the logarithms are not used."""
        self._profile[point] = choice

    def values(self, point: int) -> Array:
        """Return the point's action values under the present profile."""
        return self._game.values(self._profile, [point])[0]
