"""What all inquiries found in all worlds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from quandary.ask.games.planned import PlannedGame
from quandary.ask.inquiry import ITSELF, Conditions, Game, Inquiry
from quandary.base.arrays import Array, Mask


@dataclass(frozen=True, eq=False)
class GameAnswers:
    """One game's answers in a batch: where it is solved, and by the place of each inquiry its values.

    ``within`` is the probability of an inquiry's own conditions, ``None`` without any; ``solved`` is where a game is
    that is solved anew for an inquiry alone, ``None`` without one. All ``(worlds of the batch,)``.
    """

    converged: Mask
    values: tuple[Array, ...]
    within: tuple[Array | None, ...]
    solved: tuple[Mask | None, ...]


@dataclass(frozen=True, eq=False)
class BatchAnswers:
    """The probability of each set of evidence in a batch's worlds, and each game's answers, in the job's order.

    ``seconds`` are by stage; ``bytes`` are what a world takes to be kept. ``found`` is what else was looked for.
    """

    evidence: tuple[Array, ...]
    games: tuple[GameAnswers, ...]
    seconds: Mapping[str, float]
    bytes: float
    found: Any = None


@dataclass(eq=False)
class GatheredAnswers:
    """What all inquiries found in all worlds.

    ``values`` and ``within`` hold ``(W,)`` arrays (``within`` only for inquiries with conditions of their own).
    ``known`` is P_w(e) in the case's own game for each set of conditions that queries are asked with, ``evidence`` that
    of everything seen. ``converged`` says per game in which worlds the solver got there, ``solved`` the same of
    an inquiry for which alone a game is solved anew (``solves_anew``). ``done`` is false in worlds that an
    interruption left out. ``seconds`` sums the time of all workers by stage.
    """

    worlds: int
    evidence: Array
    done: Mask
    known: dict[Conditions, Array] = field(default_factory=dict)
    values: dict[Inquiry, Array] = field(default_factory=dict)
    within: dict[Inquiry, Array] = field(default_factory=dict)
    converged: dict[Game, Mask] = field(default_factory=dict)
    solved: dict[Inquiry, Mask] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    interrupted: bool = False

    @classmethod
    def of(cls, worlds: int, games: Iterable[PlannedGame], evidence: Sequence[Conditions]) -> GatheredAnswers:
        """Return what is there before any world is done; the first set of conditions is everything seen."""
        known = {conditions: np.zeros(worlds) for conditions in evidence}
        found = cls(worlds, known[evidence[0]], np.zeros(worlds, dtype=np.bool_), known)
        for planned in games:
            found.converged[planned.game] = np.zeros(worlds, dtype=np.bool_)
            for inquiry in planned.inquiries:
                found.values[inquiry] = np.full(worlds, np.nan)
                if inquiry.given:
                    found.within[inquiry] = np.zeros(worlds)
        return found

    def add(self, where: slice, games: Iterable[PlannedGame], answers: BatchAnswers) -> None:
        """Put a batch's answers in their place, and note it as done."""
        for kept, chance in zip(self.known.values(), answers.evidence, strict=True):
            kept[where] = chance
        for planned, own in zip(games, answers.games, strict=True):
            self.converged[planned.game][where] = own.converged
            found = zip(planned.inquiries, own.values, own.within, own.solved, strict=True)
            for inquiry, values, within, solved in found:
                self.values[inquiry][where] = values
                if solved is not None:
                    self.solved.setdefault(inquiry, np.zeros(self.worlds, dtype=np.bool_))[where] = solved
                if within is not None:
                    self.within[inquiry][where] = within
        self.spend(answers.seconds)
        self.done[where] = True

    def in_every_game(self, inquiries: Iterable[Inquiry]) -> Mask:
        """Return the worlds, ``(W,)``, that are done and solved in the case's own game and in all that these ask of."""
        solved = self.done & self.converged[ITSELF]
        for inquiry in inquiries:
            solved = solved & self.converged[inquiry.game]
            if inquiry in self.solved:
                solved = solved & self.solved[inquiry]
        return solved

    @property
    def everywhere(self) -> Mask:
        """Return the worlds, ``(W,)``, that are solved in every game there is."""
        return np.asarray(np.logical_and.reduce([*self.converged.values(), *self.solved.values()]))

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
        {**first.known, **second.known},
        {**first.values, **second.values},
        {**first.within, **second.within},
        converged,
        {**first.solved, **second.solved},
        seconds,
        first.interrupted or second.interrupted,
    )


def _stages(*timed: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(stage for one in timed for stage in one))
