"""Probabilities and expected payoffs of a diagram under a behaviour, in all worlds at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from quandary.base.arrays import Array
from quandary.base.memory import TooLarge
from quandary.engine.evaluating.evaluation import Evaluation
from quandary.engine.expressions import Input
from quandary.engine.planning.plan import plan_for
from quandary.engine.planning.structure import structure_of
from quandary.engine.support import barred_of
from quandary.game.diagram import Behaviour, Diagram, Utility
from quandary.game.reduction.deferred import Deferred
from quandary.game.table import Table


class Inference:
    """Answers about one diagram; plans are shared by all diagrams of the same structure.

    A behaviour's table may lack parents on which the choice does not depend. Questions under the same behaviour
    share their sub-contractions as long as that behaviour is the one last asked about.
    """

    def __init__(self, diagram: Diagram) -> None:
        self.diagram = diagram
        self.structure = structure_of(diagram)
        self.plan = plan_for(self.structure)
        tables = {Input("chance", name): table.values for name, table in diagram.tables.items()}
        tables |= {Input("utility", i): u.table.values for i, u in enumerate(diagram.utilities)}
        self._evaluation = Evaluation(self.plan.book, tables, lambda: barred_of(diagram), keeps_nothing=True)
        self._behaviour: Behaviour | None = None
        self._played: set[Input] = set()

    def joint(self, behaviour: Behaviour, keep: tuple[str, ...], factors: Sequence[Table] = ()) -> Table:
        """Return P(keep, factors): over the axes ``keep`` the probability, each state weighed by the factors.

        A factor is any table, for instance a 0/1 indicator of an event; without factors this is the marginal
        of ``keep``. Not normalised. The worlds axis has length W, or 1 where nothing varies. Where the memory allowed
        does not hold all worlds at once they are taken in batches; where it does not hold one, ``TooLarge`` (Q421) is
        raised.
        """
        try:
            return self._joint(behaviour, keep, factors)
        except TooLarge as fault:
            batches = self._batches(behaviour, fault)
        parts = [own.joint(rules, keep, [f.take_worlds(some) for f in factors]) for own, rules, some in batches]
        return _side_by_side(parts, self.diagram.worlds)

    def _joint(self, behaviour: Behaviour, keep: tuple[str, ...], factors: Sequence[Table]) -> Table:
        node = self.plan.joint(tuple(keep), tuple(f.axes for f in factors))
        if node is None:
            return Table((), np.ones(1))
        self._play(behaviour, node)
        for i, factor in enumerate(factors):
            source = Input("factor", i)
            if self._evaluation.tables.get(source) is not factor.values:
                self._evaluation.put(source, factor.values)
        values = self._evaluation.value(node)
        found = Table(keep, Table(self.plan.book.nodes[node].axes, values).over(tuple(keep)).copy())
        self._evaluation.shrink()
        return found

    def expected(self, behaviour: Behaviour, utility: Table, factors: Sequence[Table] = ()) -> Array:
        """Return E[utility x factors], ``(W,)`` or ``(1,)``; divide by the probability of the factors for a mean."""
        return self.joint(behaviour, (), (utility, *factors)).values

    def action_values(self, behaviour: Behaviour, decision: str, utilities: Sequence[Utility | str]) -> Table:
        """Return, over (*parents, decision), the expected sum of those utilities for each option given what is seen.

        ``utilities`` are the diagram's own, or names of the decision owner's. Later moves are as in ``behaviour``. An
        information set that is never reached has an arbitrary finite value. Memory is kept to as in ``joint``.
        """
        try:
            return self._action_values(behaviour, decision, utilities)
        except TooLarge as fault:
            batches = self._batches(behaviour, fault)
        chosen = self._indices(decision, utilities)
        parts = [
            own.action_values(rules, decision, [own.diagram.utilities[i] for i in chosen]) for own, rules, _ in batches
        ]
        return _side_by_side(parts, self.diagram.worlds)

    def _action_values(self, behaviour: Behaviour, decision: str, utilities: Sequence[Utility | str]) -> Table:
        node = self.plan.action_values(decision, self._indices(decision, utilities), complete=True)
        axes = (*self.structure.parents_of[decision], decision)
        shape = tuple(self.structure.cardinality[a] for a in axes)
        if node is None:
            return Table(axes, np.zeros((*shape, 1)))
        self._play(behaviour, node)
        values = Table(self.plan.book.nodes[node].axes, self._evaluation.value(node)).over(axes)
        found = Table(axes, np.broadcast_to(values, (*shape, values.shape[-1])).copy())
        self._evaluation.shrink()
        return found

    def _indices(self, decision: str, utilities: Sequence[Utility | str]) -> tuple[int, ...]:
        """Return which of the diagram's utilities are meant."""
        owner = self.structure.player_of[decision]
        return tuple(
            i
            for i, u in enumerate(self.diagram.utilities)
            if any(u is wanted or (u.player == owner and u.name == wanted) for wanted in utilities)
        )

    def payoff(self, behaviour: Behaviour, player: str) -> Array:
        """Return the player's expected total payoff, shape ``(W,)`` or ``(1,)``; memory is kept to as in ``joint``."""
        try:
            return self._payoff(behaviour, player)
        except TooLarge as fault:
            batches = self._batches(behaviour, fault)
        parts = [Table((), own.payoff(rules, player)) for own, rules, _ in batches]
        return _side_by_side(parts, self.diagram.worlds).values

    def _payoff(self, behaviour: Behaviour, player: str) -> Array:
        own = tuple(i for i, (owner, _) in enumerate(self.structure.utilities) if owner == player)
        nodes = self.plan.payoff(own)
        self._play(behaviour, *nodes)
        parts = [self._evaluation.value(n) for n in nodes]
        total: Array = np.sum(np.broadcast_arrays(*parts), axis=0) if parts else np.zeros(1)
        self._evaluation.shrink()
        return total

    def _batches(self, behaviour: Behaviour, fault: TooLarge) -> Iterator[tuple[Inference, Behaviour, slice]]:
        """Yield some worlds, then the others, and the behaviour in each; one world is not divided.

        No world of three is taken alone, as sums may then differ in the last bit: one of them is in both batches.
        """
        worlds = self.diagram.worlds
        if fault.worlds == 1 or worlds == 1:
            raise fault
        self._evaluation.forget()
        first = worlds - worlds // 2
        for some in (slice(0, first), slice(1 if worlds == 3 else first, worlds)):
            yield Inference(self.diagram.in_worlds(some)), _rules_in(behaviour, some), some

    def _play(self, behaviour: Behaviour, *nodes: int) -> None:
        """Hand over the rules that the nodes are computed from."""
        if behaviour is not self._behaviour:
            self._behaviour = behaviour
            self._played.clear()
        book = self.plan.book
        for source in frozenset().union(*(book.nodes[node].inputs for node in nodes)) - self._played:
            if source.kind == "policy":
                name = str(source.name)
                axes = (*self.structure.parents_of[name], name)
                values = behaviour[name].over(axes)
                shape = tuple(self.structure.cardinality[a] for a in axes)
                self._evaluation.put(source, np.broadcast_to(values, (*shape, values.shape[-1])))
                self._played.add(source)


def _rules_in(behaviour: Behaviour, some: slice) -> Behaviour:
    return Deferred(behaviour, lambda name: behaviour[name].take_worlds(some))


def _side_by_side(parts: Sequence[Table], worlds: int) -> Table:
    """Return the tables of two batches of worlds as one; where the batches overlap, the first one's numbers stand."""
    counts = worlds - worlds // 2, 2 if worlds == 3 else worlds // 2
    whole = [np.broadcast_to(p.values, (*p.values.shape[:-1], n)) for p, n in zip(parts, counts, strict=True)]
    return Table(parts[0].axes, np.concatenate([whole[0], whole[1][..., sum(counts) - worlds :]], axis=-1))
