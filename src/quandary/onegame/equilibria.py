"""What a search for equilibria hands back: each equilibrium with its own check, and what was and was not searched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from quandary.base.arrays import Array
from quandary.onegame.components import Component

Rules = Mapping[int, Array]
"""One world's behaviour on a tree: for each information set (its index in ``Tree.sets``) the probability of each
action; NaN throughout where the concept leaves the set undetermined, because the player's own earlier moves rule it
out."""


@dataclass(frozen=True, eq=False)
class Equilibrium:
    """One equilibrium in one world.

    ``regret`` is the most that any player could gain by changing its whole strategy, in payoff units, computed apart
    from the solver (NaN where the concept is not about single strategies). ``residual`` is how far the solver's own
    equations are from being met, 0 for exact methods. ``correlation`` holds, for correlated equilibria only, the
    probability of each combination of strategies, by their names. ``one_choice`` says that ``regret`` counts a change
    of one choice at a set that is reached, the game being too large for whole strategies. ``mixes_with`` holds the
    places of others in the list every mixture with which is an equilibrium too.
    """

    rules: Rules
    values: Mapping[str, float]
    regret: float
    residual: float = 0.0
    correlation: Mapping[tuple[str, ...], float] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
    mixes_with: tuple[int, ...] = ()
    one_choice: bool = False


@dataclass(frozen=True, eq=False)
class Reached:
    """The point of the branch to which a search came that did not come to its end; it is no answer to what was asked.

    ``precision`` holds each player's there, in one over its payoffs: a quantal response equilibrium of these.
    """

    point: Equilibrium
    precision: Mapping[str, float]


@dataclass(frozen=True, eq=False)
class EquilibriaFound:
    """All equilibria that a search found.

    ``complete`` says whether every equilibrium of the kind ``searched`` describes is listed, ``finished`` whether the
    search came to its end, as it may with the one equilibrium that a concept selects (not given: the two are the same);
    ``limits`` says in words what was not searched. ``stopped`` is empty, or why the search ended early
    (``OUT_OF_TIME``, ``INTERRUPTED``).
    ``components`` says how the equilibria hang together where that is known. ``degenerate`` names the players of whom
    some mixture has more best answers than strategies; empty: the game is not degenerate; ``None``: not looked at.
    ``reached`` is where a search stood that came to no equilibrium of its concept.
    """

    concept: str
    found: tuple[Equilibrium, ...]
    complete: bool
    searched: str
    limits: tuple[str, ...] = ()
    stopped: str = ""
    components: tuple[Component, ...] = ()
    degenerate: tuple[str, ...] | None = None
    reached: Reached | None = None
    finished: bool | None = None

    @property
    def done(self) -> bool:
        """Return whether the work that was asked for came to its end."""
        return self.complete if self.finished is None else self.finished
