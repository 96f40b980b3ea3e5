"""The one thing a solver knows of a game, be it a diagram or a tree: its decision points and their values.

A *decision point* groups information sets that share owner and number of options, so that one array holds
them: all information sets of one decision of a diagram, or one information set (or more) of a tree. A
*profile* is a list with one array ``(sets, options, W)`` per decision point.

What only some games can do, or do faster, is a member of the protocol too, with what a game answers that cannot:
mostly ``None``. A game says that it is one by deriving from ``Game``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from quandary.base.arrays import Array, Mask

Profile = list[Array]

UNLIMITED = 1 << 30
"""More worlds at once than anybody asks for."""

LogOdds = Sequence[tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]]
"""Per carrier the sets, options and first options that its part of a state stands for."""


@dataclass(frozen=True, eq=False)
class DecisionPoint:
    """Information sets of one owner with the same options.

    ``allowed`` has shape ``(sets, options)``. ``in_play`` has shape ``(sets, W or 1)``: whether a
    full-support behaviour reaches the set; ``reached`` ``(sets,)``: whether it does in some world of the whole game, of
    whose worlds these may be a few. ``precision`` has shape ``(W,)`` or ``(1,)``. ``bound``, where a game
    knows one, is a number that no option's value times precision exceeds in size in any world, ``usual`` included: it
    spares the care that huge numbers need. ``usual`` ``(sets, options, W or 1)`` are logarithms: how the choice divides
    where all options are worth the same, against the likeliest of the set, ``-inf`` for what is barred (``None``:
    evenly).
    """

    name: str
    player: str
    allowed: Mask
    in_play: Mask
    reached: Mask
    precision: Array
    bound: float = float("inf")
    usual: Array | None = None


@dataclass(frozen=True)
class Agenda:
    """``carriers`` are iterated upon; ``pass_`` lists the others that the carriers rely on, each after those it
    relies on; ``after`` are the points that no carrier relies on, in the order to be settled once at the end."""

    carriers: tuple[int, ...]
    pass_: tuple[int, ...]
    after: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class LeafForm:
    """A game of one world as its leaves. Rows are the players' moves, information set by information set, in the order
    of a profile.

    ``paths`` ``(leaves, rows)`` is one where the move is on the way to the leaf; ``gains`` ``(rows, leaves)`` what the
    move's owner gets there, zero elsewhere. ``chance`` ``(leaves,)``: logarithm of chance's part in the leaf's
    probability. ``starts``: first row of each set; ``set_of``: the set of each row; ``precision``: its owner's.
    ``shapes``: first row, number of sets and of options of each decision point. ``certain``: every set is one node, so
    that nobody ever doubts where it is. ``usual`` ``(rows,)``: logarithms, as at a decision point; ``None``: all even.
    """

    paths: Array
    gains: Array
    chance: Array
    starts: NDArray[np.intp]
    set_of: NDArray[np.intp]
    precision: Array
    shapes: tuple[tuple[int, int, int], ...]
    certain: bool
    usual: Array | None = None


SetPlace = tuple[int, int, list[int]]
"""Where an information set stands in a game: its decision point, its row, the options that it has."""


@dataclass(frozen=True, eq=False)
class HistoryForm:
    """The leaves of the tree of what can happen in a game; ``places``: what its sets are in the game itself."""

    leaves: LeafForm
    places: tuple[tuple[SetPlace, ...], ...]


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

    def fused(self, agenda: Agenda, odds: LogOdds) -> Fused | None:
        """Return the pass from the carriers' log-odds to themselves in one, ``None`` where plays have to do."""
        return None


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
    """Worlds of a game that follow each other, one batch after another in the same arrays, for backward induction."""

    def show(self, first: int) -> slice:
        """Put the batch that begins with this world in place, the last one back to a whole batch; return its worlds."""
        ...

    def values(self, point: int) -> Array:
        """Return the point's action values ``(sets, options, W)``; valid until the next change."""
        ...

    def settle(self, point: int, choice: Array, best: Array) -> None:
        """Go on with a choice that gets ``best`` ``(sets, W)`` of the point's values, the same array in each batch."""
        ...


class Watcher(Protocol):
    """Who looks on while a game is solved."""

    def step(self, worlds: int = 1) -> None:
        """Take note of one step in so many worlds. Raises ``Stopped`` where the work is to end."""
        ...


class TrailKeeper(Protocol):
    """Who keeps the points of the branch that a solver has come to."""

    def begin(self, method: str) -> None:
        """Forget what this method of following the branch came to: it sets out anew."""
        ...

    def note(self, method: str, point: TrailPoint) -> None:
        """Take note of a point that the method has accepted."""
        ...


class Game(Playable, Protocol):
    """What every solver runs on."""

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

    def payoff_ranges(self) -> dict[str, Array]:
        """Return for each player the largest payoff less the smallest, ``(W,)`` or ``(1,)``, or an upper bound of it.

        What is paid where chance never leads need not count.
        """
        ...

    def in_worlds(self, index: NDArray[np.intp]) -> Game:
        """Return the same game in the named worlds only, so that converged worlds can leave the batch."""
        ...

    # What a game says of itself.

    @property
    def in_stages(self) -> bool:
        """Return whether every point is known to rely only on those before it in ``order``."""
        return False

    @property
    def one_shot(self) -> bool:
        """Return whether the game is in strategic form: everybody moves once, and nobody sees anything."""
        return False

    def forgetful(self) -> tuple[str, ...]:
        """Return the names of the sets or decisions at which a player has forgotten what it knew or did."""
        return ()

    @property
    def sets_of(self) -> Sequence[NDArray[np.intp]]:
        """Return for each point the numbers by which its sets are listed: one after the other by default."""
        ends = np.cumsum([len(point.allowed) for point in self.points], dtype=np.intp)
        return [np.arange(end - len(p.allowed), end, dtype=np.intp) for p, end in zip(self.points, ends, strict=True)]

    # How many worlds may be worked on at once.

    @property
    def affordable(self) -> int:
        """Return in how many worlds at once the memory allowed lets the game be worked on."""
        return UNLIMITED

    @property
    def at_once(self) -> int:
        """Return in how many worlds the game may be solved at once: what is held in all of them must fit."""
        return self.worlds

    @property
    def batch_size(self) -> int:
        """Return how many worlds backward induction takes at a time: all, or as many as ``batches`` should hold."""
        return self.worlds

    # What a game offers beside values, ``None`` where it does not.

    def window(self, index: NDArray[np.intp]) -> Window | None:
        """Return a window that shows the named worlds."""
        return None

    def batches(self, profile: Profile) -> WorldBatches | None:
        """Return the game in batches of as many worlds as the profile's, in whose arrays they are worked on."""
        return None

    def leaves(self) -> LeafForm | None:
        """Return the game as its leaves where it has one world and is small."""
        return None

    def histories(self, precision: Mapping[str, Array]) -> HistoryForm | None:
        """Return the histories of a small game of one world at other precisions, where ``leaves`` say less."""
        return None

    # What stands around a game (``wrapped``).

    @property
    def plain(self) -> Game:
        """Return the game itself, without other precisions or a watch around it."""
        return self

    @property
    def unwatched(self) -> Game:
        """Return the game at the same precisions, with nobody asking whether to go on."""
        return self

    @property
    def watch(self) -> Watcher | None:
        """Return who watches the game."""
        return None

    @property
    def trail(self) -> TrailKeeper | None:
        """Return who keeps a trail of the game, which has one world."""
        return None


@dataclass(frozen=True, eq=False)
class TrailPoint:
    """A point of the branch of a game of one world: all precisions times ``scale``, the carriers' log-odds at scale one
    ``state`` ``(n, 1)``."""

    game: Game
    agenda: Agenda
    scale: float
    state: Array


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
