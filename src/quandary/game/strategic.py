"""A game in strategic (normal) form in all worlds at once, as solvers see it (``protocol.Game``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from quandary.base.arrays import Array
from quandary.game.protocol import DecisionPoint, Game, LeafForm, Profile, WholePlay
from quandary.game.table import values_in
from quandary.game.trees.leaf_form import leaves_of_matrix


@dataclass(frozen=True, eq=False)
class StrategicForm:
    """``payoffs`` has shape ``(players, *numbers of strategies, W or 1)``; ``precision`` is 1 where not named."""

    players: tuple[str, ...]
    strategies: tuple[tuple[str, ...], ...]
    payoffs: Array
    title: str = ""
    precision: Mapping[str, Array] = field(default_factory=dict)


class StrategicGame(Game):
    """A strategic form as solvers see it: one information set per player.

    Its logit equilibrium is the strategic-form one (McKelvey & Palfrey 1995, *Games and Economic Behavior* 10), which
    differs from the agent form of a tree with the same strategies.
    """

    def __init__(self, form: StrategicForm) -> None:
        self.form = form
        self.precision = {p: form.precision.get(p, np.ones(1)) for p in form.players}
        lengths = [form.payoffs.shape[-1], *(p.shape[-1] for p in self.precision.values())]
        self._worlds = int(max(lengths))

    @property
    def worlds(self) -> int:
        """Return W."""
        return self._worlds

    @cached_property
    def points(self) -> tuple[DecisionPoint, ...]:
        """Return one point per player, with one information set."""
        return tuple(
            DecisionPoint(
                name=player,
                player=player,
                allowed=np.ones((1, len(strategies)), dtype=np.bool_),
                in_play=np.ones((1, 1), dtype=np.bool_),
                reached=np.ones(1, dtype=np.bool_),
                precision=self.precision[player],
            )
            for player, strategies in zip(self.form.players, self.form.strategies, strict=True)
        )

    @property
    def order(self) -> range:
        """Return the players as they stand; nobody moves last."""
        return range(len(self.form.players))

    @property
    def reliance(self) -> tuple[frozenset[int], ...]:
        """Return all others for each player."""
        everyone = frozenset(self.order)
        return tuple(everyone - {k} for k in self.order)

    @property
    def grain(self) -> int:
        """Return how many worlds keep one player's payoffs within about a megabyte."""
        return max(16, 2**17 * len(self.form.players) // max(1, self.form.payoffs[..., 0].size))

    @property
    def one_shot(self) -> bool:
        """Return that everybody moves once."""
        return True

    def payoff_ranges(self) -> dict[str, Array]:
        """Return each player's range over all combinations of strategies."""
        shape = (len(self.form.players), -1, self.form.payoffs.shape[-1])
        return dict(zip(self.form.players, np.ptp(self.form.payoffs.reshape(shape), axis=1), strict=True))

    def leaves(self) -> LeafForm | None:
        """Return the game as its leaves where it has one world and is small, else ``None``."""
        if self._worlds > 1 or self.form.payoffs.shape[-1] > 1:
            return None
        return leaves_of_matrix(self.form.payoffs[..., 0], [float(self.precision[p][0]) for p in self.form.players])

    def play(self, profile: Profile) -> WholePlay:
        """Return a play that starts from the profile."""
        return WholePlay(self, profile)

    def values(self, profile: Profile, which: Sequence[int] | None = None) -> list[Array]:
        """Return each strategy's expected payoff against the others' strategies, ``(1, strategies, W)`` per player."""
        chosen = self.order if which is None else which
        return [self._against(profile, k)[None] for k in chosen]

    def reach(self, profile: Profile) -> list[Array]:
        """Return one everywhere: every player moves."""
        return [np.ones((1, self.worlds)) for _ in profile]

    def payoffs(self, profile: Profile) -> dict[str, Array]:
        """Return each player's expected payoff, ``(W,)``."""
        return {
            name: (self._against(profile, k) * profile[k][0]).sum(axis=0) for k, name in enumerate(self.form.players)
        }

    def in_worlds(self, index: NDArray[np.intp]) -> StrategicGame:
        """Return the same game in the named worlds only."""
        precision = {p: values_in(v, index) for p, v in self.precision.items()}
        game = StrategicGame(replace(self.form, payoffs=values_in(self.form.payoffs, index), precision=precision))
        game._worlds = len(index)
        return game

    def _against(self, profile: Profile, player: int) -> Array:
        """Return the player's payoffs averaged over the others' strategies, ``(strategies, W)``."""
        averaged = self.form.payoffs[player]
        for other in reversed(self.order):
            if other != player:
                rule = profile[other][0]
                shape = [1] * averaged.ndim
                shape[other], shape[-1] = rule.shape
                averaged = (averaged * rule.reshape(shape)).sum(axis=other, keepdims=True)
        left = averaged.reshape(len(self.form.strategies[player]), -1)
        return np.ascontiguousarray(np.broadcast_to(left, (len(left), self.worlds)))
