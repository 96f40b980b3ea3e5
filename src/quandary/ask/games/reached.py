"""Information sets that arise only after an intervention nobody foresaw, and what is chosen there.

A rule says what is chosen at the sets that its game can reach. An intervention may lead to others: N are the sets that
no behaviour of the game reaches, whatever it mixes, and that some behaviour of the changed game does (all that is set
at once together). Only sets in N are solved: the game has the changed tables, every other row of every rule stays as it
is, as chance, and the branch of ``solve`` starts at uniform play at the sets in N alone. Beliefs there follow from the
changed tables: that x was set says nothing of whoever else would have set it. A set already reached keeps its rule.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from quandary.base.arrays import Mask
from quandary.engine.inference import Inference
from quandary.game.diagram import Behaviour, Chance, Decision, Diagram
from quandary.game.graphs.graph import closure, graph_of
from quandary.game.graphs.relevance import reliances
from quandary.game.interventions import do
from quandary.game.reduction.constants import at_states, constants_of, rule_at_states, settle_constants
from quandary.game.table import Table
from quandary.language.names import Settings

ANEW = " anew"
"""Added to a decision's name: who chooses at its newly reached sets."""


@dataclass(frozen=True, eq=False)
class NewlyReached:
    """The game solved where sets are newly reached.

    ``settled`` is the changed game, what is certain in it settled, and ``diagram`` the same with every rule standing as
    chance but at newly reached sets, which ``where`` marks by 1, elsewhere 0. ``rules`` are the rules that stand.
    """

    settled: Diagram
    diagram: Diagram
    where: Mapping[str, Table]
    rules: Behaviour

    def behaviour(self, chosen: Behaviour) -> Behaviour:
        """Return every decision's rule: as ``chosen`` at newly reached sets, as it was elsewhere."""
        found = dict(self.rules)
        for name, where in self.where.items():
            rule, own = self.rules[name], chosen[name + ANEW]
            anew = Table((*own.axes[:-1], name), own.values)
            there = where.over(rule.axes[:-1])[..., None, :]
            found[name] = Table(rule.axes, there * anew.over(rule.axes) + (1.0 - there) * rule.values)
        return found


Possible = Mapping[str, Mask]
"""Where each table of a game is not zero: in one world, where that is so in all alike."""


def possible_in(diagram: Diagram) -> Possible:
    """Return what is possible in a game."""
    marks = {name: table.values > 0 for name, table in (*diagram.tables.items(), *diagram.allowed.items())}
    return {name: mask[..., :1] if (mask == mask[..., :1]).all() else mask for name, mask in marks.items()}


@dataclass(frozen=True, eq=False)
class SoughtSets:
    """Newly reached sets that bear on the ``needed`` variables: those ``reached`` where ``possible`` is so."""

    needed: frozenset[str] = frozenset()
    reached: frozenset[str] = frozenset()
    possible: Possible = field(default_factory=dict)

    def found(self, changed: ChangedGame, possible: Possible) -> frozenset[str]:
        """Return the decisions that have such sets in other worlds of the same case."""
        if not self.needed or not changed.unforeseen:
            return frozenset()
        if all(name in possible and np.array_equal(mask, possible[name]) for name, mask in self.possible.items()):
            return self.reached
        return newly_reached(changed, self.needed)


NO_SETS = SoughtSets()
"""No sets are looked for."""


@dataclass(frozen=True, eq=False)
class Reach:
    """What some behaviour leads to in a game, ``opened`` with requisite observations only; each is worked out once.

    Worlds in which the same things are possible lead to the same, so one of each such kind is looked at.
    """

    opened: Diagram

    def after(self, unforeseen: Settings) -> ChangedGame:
        """Return the game after what nobody foresaw."""
        return ChangedGame(self, unforeseen)

    @cached_property
    def everywhere(self) -> bool:
        """Return whether every set is reached, as no odds are zero and nothing is barred."""
        return all((table.values > 0).all() for table in (*self.opened.tables.values(), *self.opened.allowed.values()))

    @cached_property
    def kinds(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return a world of each kind, and which of them each world is of, ``(W,)``; one kind has ``(1,)``."""
        masks = [table.values > 0 for table in (*self.opened.tables.values(), *self.opened.allowed.values())]
        apart = [mask.reshape(-1, mask.shape[-1]) for mask in masks if (mask != mask[..., :1]).any()]
        if not apart:
            return np.zeros(1, dtype=np.intp), np.zeros(1, dtype=np.intp)
        packed = np.ascontiguousarray(np.packbits(np.concatenate(apart), axis=0).T)
        rows = packed.view(np.dtype((np.void, packed.shape[1]))).reshape(-1)
        _, first, kind = np.unique(rows, return_index=True, return_inverse=True)
        return first, kind.reshape(-1)

    @cached_property
    def _reached(self) -> _EvenPlay:
        return _EvenPlay(_outline(self.opened, self.kinds[0]))

    def of(self, names: tuple[str, ...]) -> Table:
        """Return how likely some variables' states are if every option is played alike, in a world of each kind."""
        return self._reached.of(names)


@dataclass(frozen=True, eq=False)
class ChangedGame:
    """A game after what nobody foresaw: ``settled`` with what is certain in it.

    ``marks`` is 1 at the newly reached sets of every decision below the intervention, 0 elsewhere, in a world of each
    kind.
    """

    before: Reach
    unforeseen: Settings

    @cached_property
    def opened(self) -> Diagram:
        """Return the game after it, as ``Reach.opened``."""
        return do(self.before.opened, dict(self.unforeseen))

    @cached_property
    def settled(self) -> Diagram:
        """Return the game after it with what is certain in it settled."""
        return settle_constants(self.opened)

    @cached_property
    def marks(self) -> dict[str, Table]:
        """Return where sets are newly reached."""
        below = graph_of(self.before.opened).descendants([name for name, _ in self.unforeseen])
        known = constants_of(self.settled)
        now = _EvenPlay(_outline(self.settled, self.before.kinds[0]))
        found = {}
        for decision in self.settled.decisions:
            if decision.name in below and decision.name not in known:
                seen = tuple(name for name in self.before.opened.variable(decision.name).parents)
                was = at_states(self.before.of(seen), {name: state for name, state in known.items() if name in seen})
                there = (now.of(decision.parents).over(decision.parents) > 0) & ~(was.over(decision.parents) > 0)
                found[decision.name] = Table(decision.parents, there.astype(np.float64))
        return found

    def where(self, name: str) -> Table:
        """Return a decision's marks world by world, or in one where no world differs."""
        return self.marks[name].take_worlds(self.before.kinds[1])


def newly_reached(changed: ChangedGame, needed: frozenset[str]) -> frozenset[str]:
    """Return the decisions with newly reached sets that bear on the ``needed`` variables."""
    if changed.before.everywhere:
        return frozenset()
    found = {name for name, where in changed.marks.items() if where.values.any()}
    graph, relied = graph_of(changed.settled), reliances(changed.settled)
    among = {name: tuple(set(relied[name]) & found) for name in found}
    return frozenset(closure(graph.ancestors(needed & set(graph.parents)) & found, among))


def opened_anew(changed: ChangedGame, behaviour: Behaviour, reached: frozenset[str]) -> NewlyReached:
    """Return the game in which only the newly reached sets of the ``reached`` decisions are open."""
    settled = changed.settled
    known = constants_of(settled)
    where = {name: changed.where(name) for name in reached}
    rules = {d.name: _over_all(rule_at_states(behaviour[d.name], known), d, settled) for d in settled.decisions}
    variables: list[Chance | Decision] = []
    tables = dict(settled.tables)
    allowed: dict[str, Table] = {}
    usual: dict[str, Table] = {}
    for variable in settled.variables:
        if not isinstance(variable, Decision):
            variables.append(variable)
            continue
        name, parents = variable.name, variable.parents
        tables[name] = rules[name]
        if name in reached:
            chooser = name + ANEW
            variables.append(replace(variable, name=chooser))
            tables[name] = _chosen_where(rules[name], where[name], chooser)
            parents = (*parents, chooser)
            for given, renamed in ((settled.allowed, allowed), (settled.usual, usual)):
                if name in given:
                    axes = tuple(chooser if axis == name else axis for axis in given[name].axes)
                    renamed[chooser] = Table(axes, given[name].values)
        variables.append(Chance(name, variable.states, parents))
    agent_form = tuple(name + ANEW for name in settled.agent_form_only if name in reached)
    diagram = replace(
        settled, variables=tuple(variables), tables=tables, allowed=allowed, usual=usual, agent_form_only=agent_form
    )
    return NewlyReached(settled, diagram, where, rules)


def _chosen_where(rule: Table, where: Table, chooser: str) -> Table:
    """Return the decision as chance: what the chooser chose at newly reached sets, its rule elsewhere."""
    *parents, name = rule.axes
    options = rule.values.shape[-2]
    there = where.over(tuple(parents))[..., None, None, :] > 0
    as_ruled = rule.values[..., None, :, :]
    worlds = max(rule.worlds, where.worlds)
    values = np.empty((*as_ruled.shape[:-3], options, options, worlds))  # the largest table there is: filled in place
    np.copyto(values, as_ruled)
    np.copyto(values, np.eye(options)[..., None], where=there)
    return Table((*parents, chooser, name), values)


def _outline(diagram: Diagram, worlds: NDArray[np.intp]) -> Diagram:
    """Return some worlds of the diagram with 1 for all that is possible."""
    tables = {name: table.take_worlds(worlds) for name, table in diagram.tables.items()}
    outlined = {name: Table(table.axes, (table.values > 0).astype(np.float64)) for name, table in tables.items()}
    allowed = {name: table.take_worlds(worlds) for name, table in diagram.allowed.items()}
    return replace(diagram, tables=outlined, allowed=allowed, utilities=(), worlds=len(worlds))


class _EvenPlay:
    """How likely a game's information sets are if every option is played alike: not 0 where some behaviour leads."""

    def __init__(self, diagram: Diagram) -> None:
        self._inference = Inference(diagram)
        self._even = {decision.name: evenly(diagram, decision) for decision in diagram.decisions}
        self._known: dict[tuple[str, ...], Table] = {}

    def of(self, names: tuple[str, ...]) -> Table:
        if names not in self._known:
            self._known[names] = self._inference.joint(self._even, names)
        return self._known[names]


def evenly(diagram: Diagram, decision: Decision) -> Table:
    """Return the rule that plays every allowed option alike."""
    shape = [diagram.cardinality(name) for name in (*decision.parents, decision.name)]
    allowed = np.ones((*shape, 1))
    if decision.name in diagram.allowed:
        allowed = allowed * diagram.allowed[decision.name].over((*decision.parents, decision.name))
    return Table((*decision.parents, decision.name), allowed / allowed.sum(axis=-2, keepdims=True))


def _over_all(rule: Table, decision: Decision, settled: Diagram) -> Table:
    """Return a rule over all that the decision sees in the settled game; it may leave some out."""
    axes = (*decision.parents, decision.name)
    shape = tuple(settled.cardinality(name) for name in axes)
    return Table(axes, np.broadcast_to(rule.over(axes), (*shape, rule.worlds)))
