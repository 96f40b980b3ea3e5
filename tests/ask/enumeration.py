"""The slow, obvious reference: every play of a game with its probability, in one array over all variables."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from quandary.ask import Study
from quandary.base import Array
from quandary.case import indicator
from quandary.game import Chance, Diagram, Table, Utility, do
from quandary.language import parse_condition
from quandary.solve import solve


class Plays:
    """All plays of a diagram under given rules; conditions are texts."""

    def __init__(self, study: Study, diagram: Diagram, rules: Mapping[str, Table]) -> None:
        self.case = study.case
        self.diagram = diagram
        self.rules = rules
        self.names = tuple(v.name for v in diagram.variables)
        self.joint = self.product({})

    def product(self, instead: Mapping[str, Table]) -> Array:
        """Return the probability of every play, some variables following other tables."""
        joint = np.ones(1)
        for variable in self.diagram.variables:
            table = self.diagram.tables[variable.name] if isinstance(variable, Chance) else self.rules[variable.name]
            joint = joint * instead.get(variable.name, table).over(self.names)
        shape = tuple(self.diagram.cardinality(n) for n in self.names)
        return np.broadcast_to(joint, (*shape, self.diagram.worlds))

    def holds(self, *conditions: str) -> Array:
        mask = np.ones(1)
        for condition in conditions:
            mask = mask * indicator(self.case, parse_condition(condition)).over(self.names)
        return mask

    def total(self, array: Array) -> Array:
        return np.asarray(array.reshape(-1, self.diagram.worlds).sum(axis=0))

    def chance(self, *conditions: str) -> Array:
        return self.total(self.joint * self.holds(*conditions))

    def mean(self, tables: list[Table], *conditions: str) -> Array:
        joint = self.joint * self.holds(*conditions)
        return sum(self.total(joint * t.over(self.names)) for t in tables) / self.total(joint)

    def utilities(self, player: str) -> tuple[Utility, ...]:
        return tuple(u for u in self.diagram.utilities if u.player == player)

    def options(self, decision: str, tables: list[Table]) -> Array:
        """Return each option's expected total of the tables at every full information set, (*seen, options, W)."""
        item = self.diagram.variable(decision)
        kept = (*item.parents, decision)
        shape = [self.diagram.cardinality(n) for n in kept]
        even = Table(kept, np.full((*shape, 1), 1.0))
        joint = self.product({decision: even})
        axes = tuple(i for i, n in enumerate(self.names) if n not in kept)
        weights = joint.sum(axis=axes)
        total = sum((joint * t.over(self.names)).sum(axis=axes) for t in tables)
        with np.errstate(invalid="ignore", divide="ignore"):
            values = np.where(weights > 0, total / weights, np.nan)
        in_order = sorted(kept, key=self.names.index)
        return np.moveaxis(values, [in_order.index(n) for n in kept], range(len(kept)))

    def seen(self, decision: str, *conditions: str) -> Array:
        """Return P(information set | conditions) over the decision's full observations, (*seen, W)."""
        item = self.diagram.variable(decision)
        joint = self.joint * self.holds(*conditions)
        axes = tuple(i for i, n in enumerate(self.names) if n not in item.parents)
        mass = joint.sum(axis=axes)
        in_order = sorted(item.parents, key=self.names.index)
        mass = np.moveaxis(mass, [in_order.index(n) for n in item.parents], range(len(item.parents)))
        return np.asarray(mass / self.total(joint))


def compiled_diagram(study: Study) -> Diagram:
    return study.model.diagram(study.uniforms, study.worlds).diagram


def plays(study: Study, states: Mapping[str, str] | None = None) -> Plays:
    """Return the plays of the game after ``do``, solved from scratch and whole."""
    diagram = do(compiled_diagram(study), states or {})
    return Plays(study, diagram, solve(diagram).behaviour)


def plays_unseen(study: Study, states: Mapping[str, str]) -> Plays:
    """Return the plays after ``do_unseen``: everyone follows the rules of the original game."""
    diagram = compiled_diagram(study)
    return Plays(study, do(diagram, states), solve(diagram).behaviour)
