"""A diagram with its plan: what a play, a window, batches and compiled passes of a diagram game work on."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from quandary.base.arrays import Array, Mask
from quandary.engine.evaluating.evaluation import Evaluation
from quandary.engine.expressions import Input
from quandary.engine.planning.plan import Plan, plan_for
from quandary.engine.planning.structure import Structure, structure_of
from quandary.engine.support import barred_of
from quandary.game.diagram import Decision, Diagram
from quandary.game.protocol import Game


@dataclass(frozen=True)
class WantedValues:
    """What one decision's values are computed from: its node, and the policies that the node depends on."""

    node: int | None
    relies: frozenset[int]


class PlannedDiagram(Game):
    """The part of a diagram's game that does not know how it is played; ``DiagramGame`` adds the rest.

    ``job`` is the number of worlds of the whole job, of which the diagram's may be a part.
    """

    def __init__(self, diagram: Diagram, job: int | None = None) -> None:
        self.diagram = diagram
        self.job = job or diagram.worlds
        self.structure: Structure = structure_of(diagram)
        self.plan: Plan = plan_for(self.structure)
        self.decisions: tuple[Decision, ...] = diagram.decisions

    @property
    def worlds(self) -> int:
        """Return W."""
        return self.diagram.worlds

    @property
    @abstractmethod
    def compiled(self) -> bool:
        """Return whether passes over this game, and over parts of it, run as compiled code."""

    @property
    @abstractmethod
    def possible(self) -> dict[int, Mask]:
        """Return per input node which entries are not zero in every world."""

    @abstractmethod
    def in_worlds(self, index: NDArray[np.intp]) -> PlannedDiagram:
        """Return the game in the named worlds (a world may be named more than once)."""

    @abstractmethod
    def by_tables(self, index: NDArray[np.intp]) -> PlannedDiagram:
        """Return the game in the named worlds, its passes worked out by tables."""

    @cached_property
    def roots(self) -> list[int]:
        """Return the nodes of all decisions' values."""
        return [w.node for w in self.wanted if w.node is not None]

    @cached_property
    def constants(self) -> Evaluation:
        """Return the evaluation of what does not depend on any choice."""
        tables: Mapping[Input, Array] = {
            **{Input("chance", name): table.values for name, table in self.diagram.tables.items()},
            **{Input("utility", i): u.table.values for i, u in enumerate(self.diagram.utilities)},
            **{Input("usual", name): table.values for name, table in self.diagram.usual.items()},
        }
        return Evaluation(self.plan.book, tables)

    @cached_property
    def usual_nodes(self) -> Mapping[str, int]:
        """Return the nodes of what is usual, by decision."""
        return {name: self.plan.usual(name, table.axes) for name, table in self.diagram.usual.items()}

    def evaluation(self, policies: Mapping[Input, Array]) -> Evaluation:
        """Return the evaluation of everything in all worlds under these policies (kept, not copied)."""
        return Evaluation(self.plan.book, {**self.constants.tables, **policies}, lambda: barred_of(self.diagram))

    def possible_joint(self, number: int) -> Mask:
        """Return where a joint probability is not zero by chance or by what is barred; one column if all agree."""
        if number not in self._joints:
            even = {Input("policy", d.name): np.ones((1,) * (len(d.parents) + 2)) for d in self.decisions}
            mask = self.evaluation(even).possible(number)
            first = mask[..., :1]
            self._joints[number] = first.copy() if (mask == first).all() else mask
        return self._joints[number]

    @cached_property
    def _joints(self) -> dict[int, Mask]:
        return {}

    @cached_property
    def wanted(self) -> tuple[WantedValues, ...]:
        """Return for each decision what its values are computed from."""
        index = {d.name: i for i, d in enumerate(self.decisions)}
        own: dict[str, tuple[int, ...]] = {
            player: tuple(i for i, u in enumerate(self.diagram.utilities) if u.player == player)
            for player in self.diagram.players
        }
        found = []
        for decision in self.decisions:
            node = self.plan.action_values(decision.name, own[decision.player], complete=False)
            inputs = self.plan.book.nodes[node].inputs if node is not None else frozenset()
            found.append(WantedValues(node, frozenset(index[str(i.name)] for i in inputs)))
        return tuple(found)

    def size(self, decision: Decision) -> int:
        """Return the number of entries of the decision's policy."""
        return self.sets(decision) * len(decision.states)

    def sets(self, decision: Decision) -> int:
        """Return the number of the decision's information sets."""
        sets = 1
        for parent in decision.parents:
            sets *= self.structure.cardinality[parent]
        return sets
