"""A game seen through another object: whatever that does not change is the game's own."""

from __future__ import annotations

from collections.abc import Sequence

from quandary.base.arrays import Array
from quandary.game.protocol import DecisionPoint, Game, Play, Profile


class Wrapped:
    """``game.protocol.Game`` handed on as it is; a subclass changes some of it and says what ``in_worlds`` gives."""

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
        return bool(getattr(self.game, "in_stages", False))

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
        return int(getattr(self.game, "affordable", 1 << 30))

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
