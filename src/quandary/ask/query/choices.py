"""What an actor faces at a decision: information sets, how likely each is, and what every option is worth there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quandary.ask.games.situation import GameSituation, ratio
from quandary.ask.games.worths import keeper, spread
from quandary.ask.inquiry import Conditions, Inquiry
from quandary.base.arrays import Array, Mask
from quandary.game.arising import may_not_arise
from quandary.game.diagram import Utility
from quandary.game.graphs.graph import graph_of, own_utilities, utility_node
from quandary.language.syntax import Name, arises


@dataclass(frozen=True, eq=False)
class Choice:
    """A decision's information sets that the conditions leave possible in some world.

    ``sets`` are their numbers among all of the decision's. ``likely`` (sets, W) is P(h | conditions), NaN where the
    conditions cannot be. ``allowed`` (sets, options) says which options there are. Information sets are those of the
    requisite observations: what else the actor sees changes no difference between options.
    """

    sets: NDArray[np.intp]
    likely: Array
    allowed: Mask

    def averaged(self, values: Array, counts: Mask | None = None) -> Array:
        """Return the values (sets, W) averaged by P(h | conditions), over the sets that count only.

        NaN where none of those can be reached. A set that is never reached takes no part, whatever its value.
        """
        likely = self.likely if counts is None else np.where(counts[:, None], self.likely, 0.0)
        total = (likely * np.where(likely > 0, values, 0.0)).sum(axis=0)
        return ratio(total, likely.sum(axis=0))


def where_it_arises(inquiry: Inquiry, situation: GameSituation, given: Conditions) -> Conditions:
    """Return the conditions, and that the inquiry's decision arises, where it may not: elsewhere nobody chooses."""
    assert inquiry.decision is not None
    if not may_not_arise(situation.played.opened.variable(inquiry.decision)):
        return given
    return tuple(dict.fromkeys((*given, arises(Name((inquiry.decision,))))))


def choice_at(inquiry: Inquiry, situation: GameSituation, given: Conditions) -> Choice:
    """Return the information sets of the inquiry's decision and how likely each is given the conditions.

    One that arises only sometimes is looked at where it does.
    """
    assert inquiry.decision is not None
    diagram = situation.played.diagram
    decision = diagram.variable(inquiry.decision)
    given = where_it_arises(inquiry, situation, given)
    joint = situation.joint(decision.parents, given)
    mass = joint.values.reshape(-1, joint.worlds)
    sets = np.flatnonzero((mass > 0).any(axis=1))
    mass = mass[sets]
    likely = ratio(mass, mass.sum(axis=0, keepdims=True))
    options = len(decision.states)
    shape = tuple(diagram.cardinality(name) for name in decision.parents)
    allowed = np.ones((*shape, options), dtype=np.bool_)
    if decision.name in diagram.allowed:
        table = diagram.allowed[decision.name].over((*decision.parents, decision.name))
        allowed &= table[..., 0] > 0
    likely = np.broadcast_to(likely, (len(sets), situation.worlds))
    return Choice(sets, likely, allowed.reshape(-1, options)[sets])


def payoff_values(inquiry: Inquiry, situation: GameSituation, choice: Choice) -> Array:
    """Return each option's expected payoff, ``(sets, options, W)``, of the stakes the decision can change.

    A barred option is worth minus infinity.
    """
    return _values(inquiry, situation, choice, _below(inquiry, situation))


def settled_payoff(inquiry: Inquiry, situation: GameSituation, given: Conditions) -> Array:
    """Return the actor's expected payoff, given the conditions, of the stakes that the decision cannot change.

    As the actor sees the game, who may see things wrongly.
    """
    assert inquiry.actor is not None
    seen = situation.seen_by(inquiry.actor)
    below = {id(utility) for utility in _below(inquiry, seen)}
    others = [u.table for u in seen.payoffs(inquiry.actor) if id(u) not in below]
    return seen.expected(others, given) if others else np.zeros(situation.worlds)


def near_best(inquiry: Inquiry, situation: GameSituation, choice: Choice) -> Mask:
    """Return whether some option is near best for all the inquiry's stakes at once, ``(sets, W)``.

    Near best: the option's expected worth for the stake is at most ``situation.near`` times the stake's range (highest
    minus lowest worth) below that of the option best for it. Stakes in a group count together, weighted as their actor
    weighs them; the group's range is that of the sum.
    """
    assert inquiry.actor is not None
    sets, options = choice.allowed.shape
    near = np.broadcast_to(choice.allowed[:, :, None], (sets, options, situation.worlds)).copy()
    for group in inquiry.stakes:
        owner = keeper(inquiry.actor) if len(group) == 1 else inquiry.actor
        utilities = tuple(u for u in situation.payoffs(owner) if u.name in group)
        values = _values(inquiry, situation, choice, utilities)
        room = situation.near * _range(inquiry.actor, group, situation)
        near &= values >= values.max(axis=1, keepdims=True) - room - 1e-9
    return np.asarray(near.any(axis=1))


def _range(actor: str, group: tuple[str, ...], situation: GameSituation) -> Array:
    """Return the highest minus the lowest that stakes come to together, over all combinations, ``(W,)`` or ``(1,)``."""
    keys = [(actor, stake) for stake in dict.fromkeys(group)]
    if len(keys) == 1:
        return spread(situation.compiled, keys[0])
    worths, weights = situation.compiled.worths, situation.compiled.weights
    tables = [table for key in keys for table in (worths[key], *(weights[key],) * (key in weights))]
    axes = tuple(dict.fromkeys(axis for table in tables for axis in table.axes))
    whole = np.zeros(1)
    for key in keys:
        own = worths[key].over(axes)
        whole = whole + (own * weights[key].over(axes) if key in weights else own)
    cells = whole.reshape(-1, whole.shape[-1])
    return np.asarray(cells.max(axis=0) - cells.min(axis=0))


def _below(inquiry: Inquiry, situation: GameSituation) -> tuple[Utility, ...]:
    assert inquiry.actor is not None
    diagram = situation.played.diagram
    decision = next(d for d in diagram.decisions if d.name == inquiry.decision)
    nodes = set(own_utilities(diagram, graph_of(diagram), decision))
    return tuple(u for u in situation.payoffs(inquiry.actor) if utility_node(u) in nodes)


def _values(inquiry: Inquiry, situation: GameSituation, choice: Choice, utilities: tuple[Utility, ...]) -> Array:
    assert inquiry.decision is not None
    values = situation.action_values(inquiry.decision, utilities)[choice.sets]
    values = np.broadcast_to(values, (*values.shape[:2], situation.worlds))
    return np.where(choice.allowed[:, :, None], values, -np.inf)
