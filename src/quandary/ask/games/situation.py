"""A situation: one played game in a block of worlds, and what is known in it; every question is asked of one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from quandary.ask.games.playing import Played
from quandary.ask.inquiry import Basis, Conditions, Game, Inquiry
from quandary.base.arrays import Array, Mask
from quandary.compile.compiler import CompiledCase
from quandary.compile.counting import Counted, CountingStep
from quandary.engine.inference import Inference
from quandary.game.diagram import Behaviour, Decision, Utility
from quandary.game.reduction.constants import at_states, constants_of
from quandary.game.reduction.deferred import Deferred
from quandary.game.reduction.restriction import restricted, sliced
from quandary.game.table import Table
from quandary.game.usual import usual_rule
from quandary.language.syntax import Expression

NEAR = 0.05
"""Near best for a stake: within this share of the stake's range."""


class GameSituation:
    """One played game: probabilities of conditions in it, each computed once.

    ``unsolved`` names the worlds, ``(W,)``, in which a game solved anew for an inquiry alone did not come to its end.
    ``second_worlds`` are those of counterfactuals in which somebody chooses otherwise (``would.py``), each solved once.
    ``weights`` (W,) are what its worlds weigh beside the probability of the evidence; ``None``: all alike.
    """

    def __init__(
        self,
        played: Played,
        compiled: CompiledCase,
        counted: Callable[[Expression], Counted],
        standing: Callable[[Basis], Conditions],
        near: float = NEAR,
        *,
        weights: Array | None = None,
    ) -> None:
        self.played = played
        self.compiled = compiled
        self.counted = counted
        self.standing = standing
        self.near = near
        self.weights = weights
        self.worlds = compiled.diagram.worlds
        self.inference = Inference(played.diagram)
        self.unsolved: dict[Inquiry, Mask] = {}
        self.second_worlds: dict[tuple[Game, frozenset[str]], tuple[frozenset[str], Played]] = {}
        self._joints: dict[tuple[tuple[str, ...], Conditions], Table] = {}
        self._known: dict[tuple[tuple[tuple[str, int], ...], tuple[str, ...]], tuple[Inference, Behaviour]] = {}
        self._values: dict[tuple[str, tuple[str, ...]], Array] = {}
        self._blind: dict[tuple[str, ...], GameSituation] = {}
        self._seen: dict[str, GameSituation] = {}

    def in_worlds_of(self, where: slice) -> GameSituation:
        """Return the same situation in some of the worlds only."""
        weights = None if self.weights is None else self.weights[where]
        return GameSituation(
            self.played.in_worlds(where),
            self.compiled.in_worlds(where),
            self.counted,
            self.standing,
            self.near,
            weights=weights,
        )

    def following(self, rules: Behaviour) -> GameSituation:
        """Return the same situation with other rules at some decisions."""
        own = self.played.behaviour
        behaviour = Deferred(own, lambda name: (rules if name in rules else own)[name])
        played = replace(self.played, behaviour=behaviour)
        return GameSituation(played, self.compiled, self.counted, self.standing, self.near, weights=self.weights)

    def blind(self, decisions: tuple[str, ...]) -> GameSituation:
        """Return the situation in which these decisions divide as is usual, whatever their options are worth."""
        if not decisions:
            return self
        if decisions not in self._blind:
            diagram = self.played.diagram
            own = [item for item in diagram.variables if isinstance(item, Decision) and item.name in decisions]
            self._blind[decisions] = self.following({item.name: usual_rule(diagram, item) for item in own})
        return self._blind[decisions]

    def seen_by(self, actor: str) -> GameSituation:
        """Return the situation as an actor sees it: itself, where nobody sees anything wrongly."""
        if self.played.views is None:
            return self
        if actor not in self._seen:
            self._seen[actor] = GameSituation(
                self.played.views.seen_by(actor),
                self.compiled,
                self.counted,
                self.standing,
                self.near,
                weights=self.weights,
            )
        return self._seen[actor]

    def given(self, inquiry: Inquiry) -> Conditions:
        """Return what an inquiry takes as given: the evidence that stands in it, and its own conditions."""
        return tuple(dict.fromkeys((*self.standing(inquiry.basis), *inquiry.given)))

    def within(self, inquiry: Inquiry) -> Array:
        """Return the probability of the inquiry's own conditions given the evidence, 0 where that cannot be.

        The analyst's predictive weighs worlds with it.
        """
        whole = self.chance(self.standing(inquiry.basis))
        return np.nan_to_num(ratio(self.chance(self.given(inquiry)), whole), nan=0.0)

    def joint(self, keep: tuple[str, ...], conditions: Conditions, steps: tuple[CountingStep, ...] = ()) -> Table:
        """Return P(keep, conditions), not normalised; ``keep`` may name ``steps``.

        Conditions that name one state of one variable cut the tables to that state; the others are factors, those over
        many variables with steps of their own.
        """
        key = (keep, conditions)
        if key not in self._joints:
            self._joints[key] = self._contracted(keep, conditions, steps)
        return self._joints[key]

    def weighed(self, table: Table, keep: tuple[str, ...], conditions: Conditions) -> Table:
        """Return E[table x 1(conditions)] over ``keep``: divided by ``joint`` it is the table's mean given both."""
        return self._contracted(keep, conditions, (), table)

    def _contracted(
        self, keep: tuple[str, ...], conditions: Conditions, steps: tuple[CountingStep, ...], *weights: Table
    ) -> Table:
        """Return P(keep, conditions), each play weighed by some tables."""
        states, rest = self._states_of(conditions)
        inference, behaviour = self._where(states, (*steps, *(step for one in rest for step in one.steps)))
        free = tuple(name for name in keep if name not in states)
        factors = [sliced(table, states) for table in (*(one.table for one in rest), *weights)]
        found = inference.joint(behaviour, (*free, *states), factors).values
        cells = Table(free, found.reshape(*found.shape[: len(free)], found.shape[-1]))
        return self._spread(cells, keep, states)

    def _states_of(self, conditions: Conditions) -> tuple[dict[str, int], list[Counted]]:
        """Return the states that single conditions leave their variables, by number, and the other conditions."""
        states: dict[str, int] = {}
        rest: list[Counted] = []
        for condition in conditions:
            one = self.counted(condition)
            told = one.table
            if (
                not one.steps
                and len(told.axes) == 1
                and told.axes[0] not in states
                and np.count_nonzero(told.values) == 1
            ):
                states[told.axes[0]] = int(told.values[:, 0].argmax())
            else:
                rest.append(one)
        return states, rest

    def _where(self, states: Mapping[str, int], steps: Sequence[CountingStep]) -> tuple[Inference, Behaviour]:
        """Return the inference in which those states are known and those steps made, and the behaviour cut to it."""
        if not states and not steps:
            return self.inference, self.played.behaviour
        made = {step.variable.name: step for step in steps}
        key = (tuple(sorted(states.items())), tuple(made))
        if key not in self._known:
            diagram, behaviour = self.played.diagram, self.played.behaviour
            if states:
                diagram, behaviour = restricted(diagram, behaviour, states)
            if made:
                tables = {name: sliced(step.table, states) for name, step in made.items()}
                variables = (*diagram.variables, *(step.variable for step in made.values()))
                diagram = replace(diagram, variables=variables, tables={**diagram.tables, **tables})
            self._known[key] = Inference(diagram), behaviour
        return self._known[key]

    def _spread(self, cells: Table, keep: tuple[str, ...], states: Mapping[str, int]) -> Table:
        """Return the cells over all of ``keep``: zero in every state but the known one."""
        if cells.axes == keep:
            return cells
        shape = tuple(self.played.diagram.cardinality(name) for name in keep)
        index = tuple(slice(states[n], states[n] + 1) if n in states else slice(None) for n in keep)
        values = np.zeros((*shape, cells.worlds))
        values[index] = cells.over(keep)
        return Table(keep, values)

    def chance(self, conditions: Conditions) -> Array:
        """Return P(conditions), shape ``(W,)``."""
        if not conditions:
            return np.ones(self.worlds)
        for (_, known), table in self._joints.items():
            if known == conditions:
                return self.in_worlds(table.values.reshape(-1, table.worlds).sum(axis=0))
        return self.in_worlds(self.joint((), conditions).values)

    def expected(self, tables: Sequence[Table], conditions: Conditions) -> Array:
        """Return the sum of the tables' expectations given the conditions, ``(W,)``; NaN where those cannot be."""
        total = np.zeros(self.worlds)
        for table in tables:
            seen = self.joint(table.axes, conditions)
            total = total + (seen.values * table.over(seen.axes)).reshape(-1, self._span(seen, table)).sum(axis=0)
        return ratio(total, self.chance(conditions))

    def action_values(self, decision: str, utilities: tuple[Utility, ...]) -> Array:
        """Return each option's expected sum of the utilities at each information set, ``(sets, options, W or 1)``.

        As the owner of the decision sees it, who may see things wrongly.
        """
        key = (decision, tuple(f"{u.player}.{u.name}" for u in utilities))
        if key not in self._values:
            if self.played.views is None:
                table = self.inference.action_values(self.played.behaviour, decision, utilities)
            else:
                table = self._values_as_seen(decision, utilities)
            self._values[key] = table.values.reshape(-1, table.values.shape[-2], table.worlds)
        return self._values[key]

    def _values_as_seen(self, decision: str, utilities: tuple[Utility, ...]) -> Table:
        """Return the same table from the game as the decision's owner sees it, over what it knows in this one."""
        own = self.played.diagram.variable(decision)
        assert isinstance(own, Decision)
        seen = self.seen_by(own.player)
        names = {(u.player, u.name) for u in utilities}
        meant = [u for u in seen.played.diagram.utilities if (u.player, u.name) in names]
        table = seen.inference.action_values(seen.played.behaviour, decision, meant)
        found = at_states(table, {n: s for n, s in constants_of(self.played.diagram).items() if n != decision})
        axes = (*own.parents, decision)
        shape = (*(self.played.diagram.cardinality(name) for name in axes), found.worlds)
        return Table(axes, np.broadcast_to(found.over(axes), shape))

    def payoffs(self, player: str) -> tuple[Utility, ...]:
        """Return a player's utilities, constants settled."""
        return tuple(u for u in self.played.diagram.utilities if u.player == player)

    def in_worlds(self, values: Array) -> Array:
        """Return the values in every world, ``(W,)``."""
        return np.broadcast_to(values, (self.worlds,)).astype(np.float64)

    @staticmethod
    def _span(*tables: Table) -> int:
        return max(table.worlds for table in tables)


def ratio(part: Array, whole: Array) -> Array:
    """Return part / whole, NaN where the whole is zero: what cannot happen has no probability."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(whole > 0, part / whole, np.nan)
