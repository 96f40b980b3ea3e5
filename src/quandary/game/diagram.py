"""The causal game: a multi-agent influence diagram whose numbers carry a worlds axis.

Koller & Milch (2003), *Games and Economic Behavior* 45; Hammond et al. (2023), *Artificial Intelligence* 320.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from quandary.base.arrays import Array
from quandary.game.table import Table


@dataclass(frozen=True)
class Chance:
    """A chance variable. Its table in ``Diagram.tables`` has axes ``(*parents, name)`` and sums to one over
    ``name``."""

    name: str
    states: tuple[str, ...]
    parents: tuple[str, ...] = ()


@dataclass(frozen=True)
class Decision:
    """A decision: ``parents`` is all that ``player`` knows when choosing (memory included), each an observed
    variable."""

    name: str
    states: tuple[str, ...]
    player: str
    parents: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Utility:
    """One named, additive part of a player's payoff: ``table`` over ``table.axes`` in payoff units
    (points)."""

    name: str
    player: str
    table: Table


@dataclass(frozen=True, eq=False)
class Diagram:
    """A causal game in W worlds.

    ``variables`` stand in an order of time (every parent before its child). ``tables`` holds one table per
    chance variable. ``allowed`` holds, for decisions with barred options only, a 0/1 table with axes ``(*some
    parents, name)`` and a last axis of 1: an option is allowed where it is 1 (a decision not named allows
    all). ``usual`` holds, for decisions whose options are not all as usual, a table with axes ``(*some parents, name)``
    of numbers above 0: how the choice divides where all options are worth the same, up to a factor for each combination
    of the parents, and only among what is allowed (a decision not named divides evenly).
    ``precision`` is each player's logit precision lambda, shape ``(W,)`` or ``(1,)``, ``inf`` for exact
    choice. ``agent_form_only`` names decisions whose player has truly forgotten something (imperfect recall).
    ``title`` is for people. ``blank`` marks, over a chance variable's parents and 1 where it is so, what a file leaves
    open because it cannot come about; a question that goes there has no answer.
    """

    variables: tuple[Chance | Decision, ...]
    tables: Mapping[str, Table]
    utilities: tuple[Utility, ...]
    precision: Mapping[str, Array]
    worlds: int = 1
    allowed: Mapping[str, Table] = field(default_factory=dict)
    agent_form_only: tuple[str, ...] = ()
    title: str = ""
    blank: Mapping[str, Table] = field(default_factory=dict)
    usual: Mapping[str, Table] = field(default_factory=dict)

    def variable(self, name: str) -> Chance | Decision:
        """Return the variable of that name, or raise ``KeyError``."""
        for variable in self.variables:
            if variable.name == name:
                return variable
        raise KeyError(name)

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """Return the decisions in order of time."""
        return tuple(v for v in self.variables if isinstance(v, Decision))

    @property
    def chances(self) -> tuple[Chance, ...]:
        """Return the chance variables in order of time."""
        return tuple(v for v in self.variables if isinstance(v, Chance))

    @property
    def players(self) -> tuple[str, ...]:
        """Return the players: those who decide, then those who only have utilities, each once."""
        names = [d.player for d in self.decisions] + [u.player for u in self.utilities]
        return tuple(dict.fromkeys(names))

    def cardinality(self, name: str) -> int:
        """Return how many states a variable has."""
        return len(self.variable(name).states)

    def in_worlds(self, where: slice) -> Diagram:
        """Return the diagram in some of its worlds."""
        return replace(
            self,
            tables={name: table.take_worlds(where) for name, table in self.tables.items()},
            utilities=tuple(replace(u, table=u.table.take_worlds(where)) for u in self.utilities),
            precision={player: v if len(v) == 1 else v[where] for player, v in self.precision.items()},
            usual={name: table.take_worlds(where) for name, table in self.usual.items()},
            worlds=len(range(*where.indices(self.worlds))),
        )


Behaviour = Mapping[str, Table]
"""For each decision a table with axes ``(*decision.parents, decision.name)`` that sums to one over the
last-named axis."""
