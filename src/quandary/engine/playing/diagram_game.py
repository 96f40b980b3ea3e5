"""A diagram seen through the protocol that solvers know: decision points, values, reach."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from quandary.base.arrays import Array, Mask
from quandary.base.memory import NUMBER, SWEEPS, allowance
from quandary.base.problems import Refusal
from quandary.engine.inference import Inference
from quandary.engine.planning.plan import Plan
from quandary.engine.planning.table_sizes import checked, need_of_game
from quandary.engine.playing.diagram_play import DiagramPlay
from quandary.engine.playing.fused import FusedPass, fused_pass, possible_entries, worthwhile
from quandary.engine.playing.planned_diagram import PlannedDiagram
from quandary.engine.playing.window import DiagramWindow
from quandary.engine.playing.world_batches import DiagramBatches, worlds_in_a_batch
from quandary.engine.support import supports
from quandary.game.diagram import Behaviour, Decision, Diagram
from quandary.game.protocol import Agenda, DecisionPoint, HistoryForm, LogOdds, Play, Profile, SetPlace
from quandary.game.table import Table
from quandary.game.trees.layout import sets_by_point
from quandary.game.trees.leaf_form import NODES_AT_MOST, leaves_of_tree
from quandary.game.trees.unroll import idle, unroll
from quandary.game.usual import usual_logarithms

CACHE_BYTES = 72 << 20
"""Bytes that the tables of one sweep may take: fewer calls outweigh misses of the cache."""

PROFILES = 4
"""A solver holds so many whole profiles at most."""

MOST_LANES = 512
"""More worlds than this side by side save no more calls worth having."""


class DiagramGame(PlannedDiagram):
    """``game.protocol.Game`` for a diagram; one decision point per decision, its sets over ``decision.parents``.

    ``job`` is the number of worlds of the whole job, of which the diagram's may be a part.
    """

    def __init__(self, diagram: Diagram, *, in_play: Mapping[str, Table] | None = None, job: int | None = None) -> None:
        super().__init__(diagram, job)
        self.in_play = dict(in_play) if in_play is not None else supports(diagram, self.plan)

    @cached_property
    def points(self) -> Sequence[DecisionPoint]:
        """Return one decision point per decision, in order of time."""
        return tuple(self._point(*given) for given in zip(self.decisions, self._in_play, self.reached, strict=True))

    @cached_property
    def _in_play(self) -> tuple[Mask, ...]:
        return tuple(self._marks(decision) for decision in self.decisions)

    @cached_property
    def reached(self) -> tuple[Mask, ...]:
        """Return per decision which sets are in play in some world of the whole game, ``(sets,)``."""
        return tuple(np.logical_or.reduce(in_play, axis=1) for in_play in self._in_play)

    @cached_property
    def order(self) -> Sequence[int]:
        """Return the decisions, last first."""
        return tuple(range(len(self.decisions)))[::-1]

    @cached_property
    def reliance(self) -> Sequence[frozenset[int]]:
        """Return for each decision those whose policies its values are computed from."""
        return tuple(wanted.relies for wanted in self.wanted)

    @cached_property
    def grain(self) -> int:
        """Return the number of worlds whose tables fit the cache."""
        if self.compiled:
            return 1024
        return int(min(MOST_LANES, max(64, CACHE_BYTES // self.per_world), self.affordable))

    @cached_property
    def per_world(self) -> int:
        """Return the bytes that the tables of one sweep take in a world."""
        nodes = self.plan.book.nodes
        sizes = [nodes[n].size for n in self.plan.book.needed(self.roots) if nodes[n].inputs]
        return max(1, NUMBER * (sum(sizes) + sum(self.size(d) for d in self.decisions)))

    @cached_property
    def affordable(self) -> int:
        """Return in how many worlds at once the game may be worked on.

        A solver may hold as many sweeps as ``SWEEPS`` of that many worlds. Raises ``TooLarge`` where the memory allowed
        does not hold one of a single world.
        """
        need = checked(need_of_game(self.structure), self.structure, lambda other: need_of_game(other, Plan(other)))
        each = need.bytes + NUMBER * self._usual_size
        pair = 2 if 2 * each <= allowance().share else 1  # sums over one world alone may differ in the last bit
        return max(pair, allowance().share // (SWEEPS * max(1, each)))

    @cached_property
    def _usual_size(self) -> int:
        """Return how many numbers what is usual takes in a world, where it is spread over the sets in all worlds."""
        spread = {name for name, table in self.diagram.usual.items() if len(table.axes) > 1 and table.worlds > 1}
        return sum(self.size(d) for d in self.decisions if d.name in spread)

    @cached_property
    def at_once(self) -> int:
        """Return in how many worlds the game may be solved at once: what is held in all of them must fit.

        Held are the tables that no choice changes, a few whole profiles, and what is usual.
        """
        nodes = self.plan.book.nodes
        fixed = [nodes[n] for n in self.plan.book.needed(self.roots) if not nodes[n].inputs]
        held = sum(node.size for node in fixed if node.operands) + PROFILES * sum(self.size(d) for d in self.decisions)
        held += self._usual_size
        return max(1, allowance().share // (2 * NUMBER * max(1, held)))

    @cached_property
    def compiled(self) -> bool:
        """Return whether passes over this game, and over parts of it, run as compiled code."""
        return worthwhile(self)

    @cached_property
    def possible(self) -> dict[int, Mask]:
        """Return per input node which entries are not zero in every world."""
        return possible_entries(self)

    def window(self, index: NDArray[np.intp]) -> DiagramWindow | None:
        """Return a window that shows the named worlds, ``None`` where compiled passes or exact choices are at work."""
        exact = any(np.isinf(p).any() for p in self.diagram.precision.values())
        return None if self.compiled or exact else DiagramWindow(self, index)

    @cached_property
    def batch_size(self) -> int:
        """Return how many worlds backward induction takes at a time, so that their tables fit in little memory."""
        return worlds_in_a_batch(self)

    def batches(self, profile: Profile) -> DiagramBatches:
        """Return the game in batches of as many worlds as the profile's, in whose arrays they are worked on."""
        return DiagramBatches(self, profile)

    def fused(self, agenda: Agenda, odds: LogOdds) -> FusedPass | None:
        """Return the pass from the carriers' log-odds to themselves as compiled code, ``None`` where tables serve."""
        return fused_pass(self, agenda, odds)

    def histories(self, precision: Mapping[str, Array]) -> HistoryForm | None:
        """Return what can happen in the diagram, decision by decision, where that is little."""
        try:
            grown = unroll(self.diagram, without=idle(self.diagram), limit=NODES_AT_MOST)
        except Refusal:
            return None
        form = leaves_of_tree(grown.tree, precision)
        if form is None:
            return None
        number = {decision.name: k for k, decision in enumerate(self.decisions)}
        places: dict[int, SetPlace] = {}
        for which, (name, states, options) in enumerate(grown.origin):
            if name in number:
                shape = [self.diagram.cardinality(parent) for parent in self.decisions[number[name]].parents]
                row = int(np.ravel_multi_index(states, shape)) if shape else 0
                places[which] = (number[name], row, list(options))
        members = sets_by_point(grown.tree).values()
        return HistoryForm(form, tuple(tuple(places[which] for which in own) for own in members))

    def forgetful(self) -> tuple[str, ...]:
        """Return the names of the decisions at which a player has forgotten what it knew or did."""
        return self.diagram.agent_form_only

    def payoff_ranges(self) -> dict[str, Array]:
        """Return for each player the sum of its payoffs' ranges, which no range exceeds."""
        found = {player: np.zeros(1) for player in self.diagram.players}
        for utility in self.diagram.utilities:
            values = utility.table.values
            found[utility.player] = found[utility.player] + np.ptp(values.reshape(-1, values.shape[-1]), axis=0)
        return found

    def _marks(self, decision: Decision) -> Mask:
        """Return which of the decision's sets are in play, ``(sets, W or 1)``."""
        values = self.in_play[decision.name].values
        shape = tuple(self.structure.cardinality[a] for a in decision.parents)
        return np.broadcast_to(values, (*shape, values.shape[-1])).reshape(self.sets(decision), -1) > 0.0

    def _point(self, decision: Decision, in_play: Mask, reached: Mask) -> DecisionPoint:
        sets, options = self.sets(decision), len(decision.states)
        allowed = np.ones((sets, options), dtype=np.bool_)
        if decision.name in self.diagram.allowed:
            axes = (*decision.parents, decision.name)
            shape = tuple(self.structure.cardinality[a] for a in axes)
            table = self.diagram.allowed[decision.name].over(axes)[..., 0]
            allowed = np.broadcast_to(table > 0.0, shape).reshape(sets, options)
        precision, usual = self.diagram.precision[decision.player], usual_logarithms(self.diagram, decision)
        bound = np.inf
        if not self.compiled:
            precise, largest = np.broadcast_arrays(precision, self._largest[decision.player])
            at_most = np.multiply(precise, largest, out=np.zeros(largest.shape), where=largest > 0.0)  # not inf times 0
            bound = float(at_most.max(initial=0.0))
            if usual is not None:
                bound -= float(usual.min(initial=0.0, where=np.isfinite(usual)))
        return DecisionPoint(decision.name, decision.player, allowed, in_play, reached, precision, bound, usual)

    @cached_property
    def _largest(self) -> Mapping[str, Array]:
        """Return the most that each player's payoff can be in size, per world."""
        total: dict[str, Array] = {player: np.zeros(1) for player in self.diagram.players}
        for utility in self.diagram.utilities:
            values = utility.table.values
            most = np.abs(values.reshape(-1, values.shape[-1])).max(axis=0, initial=0.0)
            total[utility.player] = total[utility.player] + most
        return total

    def play(self, profile: Profile) -> Play:
        """Return a play that keeps what a change does not touch."""
        return DiagramPlay(self, profile)

    def values(self, profile: Profile, which: Sequence[int] | None = None) -> list[Array]:
        """Return the expected payoff of each option at each set, up to a constant per set."""
        play = DiagramPlay(self, profile)
        chosen = range(len(self.decisions)) if which is None else which
        return [play.values(point).copy() for point in chosen]

    def reach(self, profile: Profile) -> list[Array]:
        """Return the probability of each information set."""
        inference, behaviour = Inference(self.diagram), self.behaviour(profile)
        reached = []
        for decision in self.decisions:
            table = inference.joint(behaviour, decision.parents).values
            reached.append(np.broadcast_to(table.reshape(self.sets(decision), -1), (self.sets(decision), self.worlds)))
        return reached

    def payoffs(self, profile: Profile) -> dict[str, Array]:
        """Return each player's expected payoff."""
        inference, behaviour = Inference(self.diagram), self.behaviour(profile)
        return {
            player: np.broadcast_to(inference.payoff(behaviour, player), (self.worlds,))
            for player in self.diagram.players
        }

    def in_worlds(self, index: NDArray[np.intp]) -> DiagramGame:
        """Return the game in the named worlds (a world may be named more than once)."""
        diagram, some = self.diagram, self._run_of(index)
        smaller = replace(
            diagram,
            tables={name: table.take_worlds(some) for name, table in diagram.tables.items()},
            utilities=tuple(replace(u, table=u.table.take_worlds(some)) for u in diagram.utilities),
            precision={p: v if v.shape[0] == 1 else v[some] for p, v in diagram.precision.items()},
            usual={name: table.take_worlds(some) for name, table in diagram.usual.items()},
            worlds=len(index),
        )
        game = DiagramGame(smaller, in_play={n: t.take_worlds(some) for n, t in self.in_play.items()})
        game.wanted = self.wanted
        game.reliance = self.reliance
        game.grain = self.grain
        game.affordable = self.affordable
        game.compiled = self.compiled
        game.reached = self.reached
        if self.compiled:
            game.possible = self.possible
        else:
            game._largest = {p: v if len(v) == 1 else v[index] for p, v in self._largest.items()}
        return game

    def _run_of(self, index: NDArray[np.intp]) -> NDArray[np.intp] | slice:
        """Return worlds that follow each other as a slice where passes are compiled: they copy what they need."""
        if self.compiled and len(index) and (np.diff(index) == 1).all():
            return slice(int(index[0]), int(index[-1]) + 1)
        return index

    def by_tables(self, index: NDArray[np.intp]) -> DiagramGame:
        """Return the game in the named worlds, its passes worked out by tables."""
        game = DiagramGame(self.in_worlds(index).diagram)
        game.compiled = False
        game.reached = self.reached
        return game

    def profile(self, behaviour: Behaviour) -> Profile:
        """Return a behaviour as a profile; a table may lack parents on which the choice does not depend."""
        profile = []
        for decision in self.decisions:
            axes = (*decision.parents, decision.name)
            shape = tuple(self.structure.cardinality[a] for a in axes)
            values = np.broadcast_to(behaviour[decision.name].over(axes), (*shape, self.worlds))
            profile.append(values.reshape(self.sets(decision), len(decision.states), self.worlds).copy())
        return profile

    def behaviour(self, profile: Profile) -> Behaviour:
        """Return a profile as a behaviour."""
        tables = {}
        for decision, values in zip(self.decisions, profile, strict=True):
            axes = (*decision.parents, decision.name)
            shape = tuple(self.structure.cardinality[a] for a in axes)
            tables[decision.name] = Table(axes, values.reshape(*shape, values.shape[-1]))
        return tables
