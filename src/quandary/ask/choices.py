"""What an actor faces at a decision: information sets, how likely each is, and what every option is worth there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from quandary.ask.inquiry import Inquiry
from quandary.ask.situation import Conditions, Situation, ratio
from quandary.ask.worths import keeper, spread
from quandary.game.diagram import Utility
from quandary.game.graph import graph_of, own_utilities, utility_node
from quandary.game.table import Array, Mask, Table


@dataclass(frozen=True, eq=False)
class Choice:
    """A decision's information sets in a block of worlds.

    ``likely`` (sets, W) is P(h | conditions), NaN where the conditions cannot be. ``allowed`` (sets, options)
    says which options there are. Information sets are those of the requisite observations: what else the
    actor sees changes no difference between options.
    """

    likely: Array
    allowed: Mask

    def averaged(self, values: Array, counts: Mask | None = None) -> Array:
        """Return the values (sets, W) averaged by P(h | conditions), over the sets that count only.

        NaN where none of those can be reached. A set that is never reached takes no part, whatever its value.
        """
        likely = self.likely if counts is None else np.where(counts[:, None], self.likely, 0.0)
        total = np.where(likely > 0, likely * np.where(likely > 0, values, 0.0), 0.0).sum(axis=0)
        whole = likely.sum(axis=0)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(np.where(whole > 0, total / whole, np.nan))


def choice_at(inquiry: Inquiry, situation: Situation, given: Conditions) -> Choice:
    """Return the information sets of the inquiry's decision and how likely each is given the conditions."""
    assert inquiry.decision is not None
    diagram = situation.played.diagram
    decision = diagram.variable(inquiry.decision)
    shape = tuple(diagram.cardinality(name) for name in decision.parents)
    joint = situation.joint(decision.parents, given)
    mass = joint.values.reshape(-1, joint.worlds)
    likely = ratio(mass, mass.sum(axis=0, keepdims=True))
    options = len(decision.states)
    allowed = np.ones((*shape, options), dtype=np.bool_)
    if decision.name in diagram.allowed:
        table = diagram.allowed[decision.name].over((*decision.parents, decision.name))
        allowed &= table[..., 0] > 0
    likely = np.broadcast_to(likely, (likely.shape[0], situation.worlds))
    return Choice(likely, allowed.reshape(-1, options))


def payoff_values(inquiry: Inquiry, situation: Situation) -> Array:
    """Return each option's expected payoff at each set, ``(sets, options, W)``, of stakes the decision can change."""
    return _values(inquiry, situation, _below(inquiry, situation))


def settled_payoff(inquiry: Inquiry, situation: Situation, given: Conditions) -> Array:
    """Return the actor's expected payoff, given the conditions, of the stakes that the decision cannot change."""
    below = {id(utility) for utility in _below(inquiry, situation)}
    assert inquiry.actor is not None
    others = [u.table for u in situation.payoffs(inquiry.actor) if id(u) not in below]
    return situation.expected(others, given) if others else np.zeros(situation.worlds)


def near_best(inquiry: Inquiry, situation: Situation, choice: Choice) -> Mask:
    """Return whether some option is near best for all the inquiry's stakes at once, ``(sets, W)``.

    Near best: the option's expected worth for the stake is at most ``situation.near`` times the stake's range
    (highest minus lowest worth) below that of the option best for it.
    """
    assert inquiry.actor is not None
    sets, options = choice.allowed.shape
    near = np.broadcast_to(choice.allowed[:, :, None], (sets, options, situation.worlds)).copy()
    for utility in situation.payoffs(keeper(inquiry.actor)):
        if utility.name in inquiry.stakes:
            values = np.where(choice.allowed[:, :, None], _values(inquiry, situation, (utility,)), -np.inf)
            room = situation.near * spread(situation.compiled, (inquiry.actor, utility.name))
            near &= values >= values.max(axis=1, keepdims=True) - room - 1e-9
    return np.asarray(near.any(axis=1))


def _below(inquiry: Inquiry, situation: Situation) -> tuple[Utility, ...]:
    assert inquiry.actor is not None
    assert inquiry.decision is not None
    diagram = situation.played.diagram
    decision = next(d for d in diagram.decisions if d.name == inquiry.decision)
    nodes = set(own_utilities(diagram, graph_of(diagram), decision))
    return tuple(u for u in situation.payoffs(inquiry.actor) if utility_node(u) in nodes)


def _values(inquiry: Inquiry, situation: Situation, utilities: tuple[Utility, ...]) -> Array:
    assert inquiry.decision is not None
    table: Table = situation.inference.action_values(situation.played.behaviour, inquiry.decision, utilities)
    options = table.values.shape[-2]
    return np.broadcast_to(
        table.values.reshape(-1, options, table.worlds), (table.values[..., 0, 0].size, options, situation.worlds)
    )
