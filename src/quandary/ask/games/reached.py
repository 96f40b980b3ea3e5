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

import numpy as np

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

    def found(self, opened: Diagram, unforeseen: Settings, possible: Possible) -> frozenset[str]:
        """Return the decisions that have such sets in other worlds of the same case."""
        if not self.needed or not unforeseen:
            return frozenset()
        if all(name in possible and np.array_equal(mask, possible[name]) for name, mask in self.possible.items()):
            return self.reached
        return newly_reached(opened, unforeseen, self.needed)


NO_SETS = SoughtSets()
"""No sets are looked for."""


def newly_reached(opened: Diagram, unforeseen: Settings, needed: frozenset[str]) -> frozenset[str]:
    """Return the decisions with newly reached sets that bear on the ``needed`` variables.

    ``opened`` is the game before, with requisite observations only; where no odds are zero and nothing is barred every
    set is reached.
    """
    if all((table.values > 0).all() for table in (*opened.tables.values(), *opened.allowed.values())):
        return frozenset()
    settled = settle_constants(do(opened, dict(unforeseen)))
    marks = _marks(opened, settled, unforeseen)
    found = {name for name, where in marks.items() if where.values.any()}
    graph, relied = graph_of(settled), reliances(settled)
    among = {name: tuple(set(relied[name]) & found) for name in found}
    return frozenset(closure(graph.ancestors(needed & set(graph.parents)) & found, among))


def opened_anew(opened: Diagram, unforeseen: Settings, behaviour: Behaviour, reached: frozenset[str]) -> NewlyReached:
    """Return the game in which only the newly reached sets of the ``reached`` decisions are open."""
    settled = settle_constants(do(opened, dict(unforeseen)))
    known = constants_of(settled)
    marks = _marks(opened, settled, unforeseen)
    where = {name: marks[name] for name in reached}
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
    there = where.over(tuple(parents))[..., None, None, :]
    same = np.eye(options)[..., None]
    values = there * same + (1.0 - there) * rule.values[..., None, :, :]
    return Table((*parents, chooser, name), values)


def _marks(opened: Diagram, settled: Diagram, unforeseen: Settings) -> dict[str, Table]:
    """Return 1 at the newly reached sets of every decision below the intervention, 0 elsewhere.

    World by world, or in one where no world differs.
    """
    below = graph_of(opened).descendants([name for name, _ in unforeseen])
    known = constants_of(settled)
    before, now = _Reach(_outline(opened)), _Reach(_outline(settled))
    found = {}
    for decision in settled.decisions:
        if decision.name in below and decision.name not in known:
            seen = tuple(name for name in opened.variable(decision.name).parents)
            was = at_states(before.of(seen), {name: state for name, state in known.items() if name in seen})
            there = (now.of(decision.parents).over(decision.parents) > 0) & ~(was.over(decision.parents) > 0)
            found[decision.name] = Table(decision.parents, there.astype(np.float64))
    return found


def _outline(diagram: Diagram) -> Diagram:
    """Return the diagram with 1 for all that is possible; in one world, where none makes other things possible."""
    tables = {name: table.values > 0 for name, table in diagram.tables.items()}
    alike = all((values == values[..., :1]).all() for values in tables.values())
    kept = slice(0, 1) if alike else slice(None)
    outlined = {name: Table(diagram.tables[name].axes, v[..., kept].astype(np.float64)) for name, v in tables.items()}
    return replace(diagram, tables=outlined, utilities=(), worlds=1 if alike else diagram.worlds)


class _Reach:
    """How likely a game's information sets are if every option is played alike: not 0 where some behaviour leads."""

    def __init__(self, diagram: Diagram) -> None:
        self._inference = Inference(diagram)
        self._even = {decision.name: evenly(diagram, decision) for decision in diagram.decisions}

    def of(self, names: tuple[str, ...]) -> Table:
        return self._inference.joint(self._even, names)


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
