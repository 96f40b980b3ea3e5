"""What all inquiries found in all worlds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from quandary.ask.games.planned import Game
from quandary.ask.inquiry import Inquiry
from quandary.base.arrays import Array, Mask


@dataclass(eq=False)
class GatheredAnswers:
    """What all inquiries found in all worlds.

    ``values`` and ``within`` hold ``(W,)`` arrays (``within`` only for inquiries with conditions of their own).
    ``evidence`` is P_w(e) in the case's own game. ``converged`` says per game in which worlds the solver got there.
    ``done``
    is false in worlds that an interruption left out. ``seconds`` sums the time of all workers by stage.
    """

    worlds: int
    evidence: Array
    done: Mask
    values: dict[Inquiry, Array] = field(default_factory=dict)
    within: dict[Inquiry, Array] = field(default_factory=dict)
    converged: dict[Game, Mask] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    interrupted: bool = False

    def add(self, where: slice, seconds: Mapping[str, float]) -> None:
        """Note a batch as done."""
        self.done[where] = True
        self.spend(seconds)

    def spend(self, seconds: Mapping[str, float]) -> None:
        """Note time that was spent."""
        for stage, spent in seconds.items():
            self.seconds[stage] = self.seconds.get(stage, 0.0) + spent


def merged(first: GatheredAnswers, second: GatheredAnswers) -> GatheredAnswers:
    """Return two passes over the same worlds as one."""
    converged = dict(first.converged)
    for game, mask in second.converged.items():
        converged[game] = converged[game] & mask if game in converged else mask
    seconds = {
        stage: first.seconds.get(stage, 0.0) + second.seconds.get(stage, 0.0)
        for stage in _stages(first.seconds, second.seconds)
    }
    return GatheredAnswers(
        first.worlds,
        np.where(second.done, second.evidence, first.evidence),
        first.done & second.done,
        {**first.values, **second.values},
        {**first.within, **second.within},
        converged,
        seconds,
        first.interrupted or second.interrupted,
    )


def _stages(*timed: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(stage for one in timed for stage in one))
