"""A profile of a diagram game that changes decision by decision, so that only what a change touches is computed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import numpy as np

from quandary.base.arrays import Array
from quandary.engine.evaluating.evaluation import Evaluation
from quandary.engine.expressions import Input
from quandary.engine.playing.planned_diagram import PlannedDiagram
from quandary.game.protocol import Play, Profile
from quandary.game.table import Table


class EvaluatedWorlds(Protocol):
    """Worlds in which policies can be evaluated: a game's own, or those that a window shows."""

    @property
    def worlds(self) -> int:
        """Return their number."""
        ...

    def evaluation(self, policies: Mapping[Input, Array]) -> Evaluation:
        """Return the evaluation of everything under these policies (kept, not copied)."""
        ...


class DiagramPlay(Play):
    """A profile of a diagram game that changes decision by decision; it works in the profile's own arrays.

    The profile is one of the worlds that are ``shown``: the game's own, or those in a window.
    """

    def __init__(self, game: PlannedDiagram, profile: Profile, shown: EvaluatedWorlds | None = None) -> None:
        self._game = game
        shown = shown or game
        structure, worlds = game.structure, shown.worlds
        tables: dict[Input, Array] = {}
        self._policies: list[Array] = []
        self._inputs: list[Input] = []
        self._values: list[Array] = []
        self._seen: list[tuple[Array, Array, bool] | None] = [None] * len(game.decisions)
        for decision, wanted, array in zip(game.decisions, game.wanted, profile, strict=True):
            own = Input("policy", decision.name)
            axes = (*decision.parents, decision.name)
            shape = tuple(structure.cardinality[a] for a in axes)
            whole = array.flags.c_contiguous and array.shape[-1] == worlds
            policy = array if whole else np.array(np.broadcast_to(array, (*array.shape[:-1], worlds)))
            tables[own] = policy.reshape(*shape, worlds)
            self._policies.append(policy)
            self._inputs.append(own)
            self._values.append(np.zeros(policy.shape) if wanted.node is None else np.empty(policy.shape))
        self._evaluation = shown.evaluation(tables)

    def set(self, point: int, choice: Array, logarithms: Array | None = None) -> None:
        """Replace one decision's policy; the array given at the start may be changed in place and set again."""
        if choice is not self._policies[point]:
            np.copyto(self._policies[point], choice)
        source = self._inputs[point]
        if logarithms is not None:
            self._evaluation.logarithms[source] = logarithms.reshape(self._evaluation.tables[source].shape)
        else:
            self._evaluation.logarithms.pop(source, None)
        self._evaluation.touched(source)

    def show(self, tables: Mapping[Input, Array], worlds: slice) -> None:
        """Go on in other worlds of the whole game, whose tables of chance and payoffs are given."""
        self._evaluation.show({source: table[..., worlds] for source, table in tables.items() if table.shape[-1] > 1})

    def supply(self, node: int, values: Array) -> None:
        """Take a node's value, in the order of its axes, as given until a table below it changes."""
        shape = tuple(self._game.plan.book.cardinality[a] for a in self._game.plan.book.nodes[node].axes)
        self._evaluation.supply(node, values.reshape(*shape, values.shape[-1]))

    def values(self, point: int) -> Array:
        """Return the decision's action values; valid until the next change."""
        node = self._game.wanted[point].node
        if node is None:
            return self._values[point]
        array, known = self._evaluation.value(node), self._seen[point]
        if known is None or known[0] is not array:
            known = self._seen[point] = self._arranged(point, node, array)
        _, view, direct = known
        if direct:
            return view
        out = self._values[point]
        np.copyto(out.reshape(view.shape[:-1] + out.shape[-1:]), view)
        return out

    def _arranged(self, point: int, node: int, array: Array) -> tuple[Array, Array, bool]:
        """Return a node's array, a view of it as the decision's table, and whether that serves as it is."""
        decision, out = self._game.decisions[point], self._values[point]
        axes = (*decision.parents, decision.name)
        table = Table(self._game.plan.book.nodes[node].axes, array).over(axes)
        shape = tuple(self._game.structure.cardinality[a] for a in axes)
        direct = table.flags.c_contiguous and table.shape == (*shape, out.shape[-1])
        if direct:
            return array, table.reshape(out.shape), True
        return array, np.broadcast_to(table, (*shape, table.shape[-1])), False
