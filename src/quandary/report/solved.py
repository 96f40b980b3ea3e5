"""What solving one game hands to the report: the equilibria with names, and how they were found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from quandary.solve.components import Component

NamedRules = Mapping[str, Mapping[str, Mapping[str, float | None]]]
"""Player, information set, action: its probability; ``None`` where the concept leaves the set undetermined."""


@dataclass(frozen=True, eq=False)
class NamedEquilibrium:
    """One equilibrium in the game's own names. ``precision`` is set on points of a traced branch only."""

    behaviour: NamedRules
    values: Mapping[str, float]
    regret: float | None
    residual: float
    precision: float | None = None
    correlation: Mapping[tuple[str, ...], float] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


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
class Solved:
    """A game solved in one world.

    ``regret_is`` says what ``regret`` measures, ``world`` which world it was. ``stopped`` is empty, or why the search
    ended early; ``limit`` the seconds that it was given. ``degenerate``, ``components`` and ``reached`` are those of
    ``solve.equilibria.Equilibria``; ``asked`` is the precision that was asked for, if one was.
    """

    file: str
    title: str
    world: str
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
