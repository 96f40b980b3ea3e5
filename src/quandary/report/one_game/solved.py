"""What solving one game hands to the report: the equilibria with names, and how they were found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from quandary.onegame.components import Component
from quandary.onegame.judging.judged import EquilibriumStatement

NamedRules = Mapping[str, Mapping[str, Mapping[str, float | None]]]
"""Player, information set, action: its probability; ``None`` where the concept leaves the set undetermined."""


NamedBeliefs = Mapping[str, Mapping[str, Mapping[str, float]]]
"""Player, information set, history that leads to a node: its probability given that the set is reached."""

NamedTrembles = Mapping[str, Mapping[str, Mapping[str, tuple[float, float]]]]
"""Player, information set, action that is never taken: its order and weight, as in weight x eps ^ order."""


@dataclass(frozen=True, eq=False)
class NamedSignal:
    """What a sender's behaviour tells an observer of a chance move.

    ``types`` are chance's actions that the sender tells apart; ``posteriors``: where the observer moves, or after which
    move play ends without it, each type's probability.
    """

    sender: str
    observer: str
    types: tuple[tuple[str, ...], ...]
    kind: str
    prior: tuple[float, ...]
    posteriors: tuple[tuple[str, tuple[float, ...]], ...]


@dataclass(frozen=True, eq=False)
class NamedStatements:
    """What is said of one equilibrium beside its numbers (``judging.judged.Judged``), in the game's own names."""

    subgame_perfect: EquilibriumStatement
    sequential: EquilibriumStatement
    logit_limit: EquilibriumStatement
    trembling_hand: EquilibriumStatement
    signals: tuple[NamedSignal, ...] = ()
    beliefs: NamedBeliefs = field(default_factory=dict)
    trembles: NamedTrembles = field(default_factory=dict)
    filled: NamedRules = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """Return one word for what is signalled, several with their senders where they differ, or nothing."""
        kinds = {signal.kind for signal in self.signals}
        if len(kinds) <= 1:
            return "".join(kinds)
        return ", ".join(sorted({f"{signal.sender} {signal.kind}" for signal in self.signals}))


@dataclass(frozen=True, eq=False)
class NamedEquilibrium:
    """One equilibrium in the game's own names. ``precision`` is set on points of a traced branch only, ``said`` where
    the concept lists or selects Nash equilibria. ``mixes_with`` holds the places of listed equilibria, counted from 0,
    every mixture with which is an equilibrium too."""

    behaviour: NamedRules
    values: Mapping[str, float]
    regret: float | None
    residual: float
    precision: float | None = None
    correlation: Mapping[tuple[str, ...], float] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
    mixes_with: tuple[int, ...] = ()
    said: NamedStatements | None = None


@dataclass(frozen=True, eq=False)
class NamedPoint:
    """Where a search stood that came to no equilibrium of its concept: a quantal response equilibrium at each player's
    ``precision`` (``None``: exact choice), which answers another question than the one asked."""

    point: NamedEquilibrium
    precision: Mapping[str, float | None]


@dataclass(frozen=True)
class GameSize:
    """How large the solved game is, as the report says it; ``kind`` is tree, diagram or strategic form."""

    kind: str
    players: int
    chance_moves: int
    information_sets: int


@dataclass(frozen=True, eq=False)
class SolvedGame:
    """A game solved in one world.

    ``complete``: the search came to its end; ``all_listed``: every equilibrium of the kind is among ``equilibria``.
    ``regret_is`` says what ``regret`` measures, ``world`` which world it was, drawn with ``seed`` where it was
    drawn. ``stopped`` is empty, or why the search ended early; ``limit`` the seconds that it was given.
    ``degenerate``, ``components`` and ``reached`` are those of ``onegame.equilibria.Equilibria``; ``asked`` is the
    precision that was asked for, if one was. ``unsaid`` says why there are no statements, ``statements_stopped``
    why not all were reached, ``limit_missing`` why there is no logit limit to compare with; ``next_steps`` what
    would settle a search that did not come to its end.
    """

    file: str
    title: str
    world: str
    seed: int | None
    size: GameSize
    concept: str
    summary: str
    equilibria: tuple[NamedEquilibrium, ...]
    complete: bool
    searched: str
    limits: tuple[str, ...]
    regret_is: str
    seconds: float
    stopped: str = ""
    limit: float | None = None
    degenerate: tuple[str, ...] | None = None
    components: tuple[Component, ...] = ()
    reached: NamedPoint | None = None
    asked: float | None = None
    unsaid: str = ""
    statements_stopped: str = ""
    limit_missing: EquilibriumStatement | None = None
    all_listed: bool = False
    next_steps: tuple[str, ...] = ()
