"""What each query measures in a game that is played, by its head: probabilities, payoffs, what a decision is like.

Every function takes an inquiry and a situation and returns one number in each world, ``(W,)``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from quandary.ask.games.situation import GameSituation, ratio
from quandary.ask.games.worths import keeper, spread, weight_table
from quandary.ask.inquiry import Conditions, Inquiry
from quandary.ask.query.choices import choice_at, near_best, payoff_values, settled_payoff, where_it_arises
from quandary.ask.query.counterfactual.nested import nested
from quandary.ask.query.counterfactual.would import highest, lowest, would
from quandary.base.arrays import Array
from quandary.language import heads

Measure = Callable[[Inquiry, GameSituation], Array]


def probability(inquiry: Inquiry, situation: GameSituation) -> Array:
    """Return P(target | given) in each world, undefined where P(given) is zero.

    One contraction over the target's variables gives both the numerator and the denominator.
    """
    assert inquiry.target is not None
    target = situation.counted(inquiry.target)
    joint = situation.joint(target.table.axes, situation.given(inquiry), target.steps)
    cells = joint.values * (target.table.values > 0)
    part = situation.in_worlds(cells.reshape(-1, joint.worlds).sum(axis=0))
    whole = situation.in_worlds(joint.values.reshape(-1, joint.worlds).sum(axis=0))
    return ratio(part, whole)


def expectation(inquiry: Inquiry, situation: GameSituation) -> Array:
    """Return the expectation given the conditions.

    An actor's payoff is the sum of its stakes, each weighted. A single stake is shown by its worth alone, on its own
    scale of 0 to 100: its weight would only shrink the number.
    """
    assert inquiry.actor is not None
    if inquiry.stake is None:
        tables = [utility.table for utility in situation.payoffs(inquiry.actor)]
    else:
        own = situation.payoffs(keeper(inquiry.actor))
        tables = [utility.table for utility in own if utility.name == inquiry.stake]
    return situation.expected(tables, situation.given(inquiry))


def weight(inquiry: Inquiry, situation: GameSituation) -> Array:
    """Return the stake's normalised weight, expected over the actor's private types given the conditions."""
    assert inquiry.actor is not None
    assert inquiry.stake is not None
    table = weight_table(situation.compiled, (inquiry.actor, inquiry.stake))
    return situation.expected([table], situation.given(inquiry))


def swing(inquiry: Inquiry, situation: GameSituation) -> Array:
    """Return the normalised weight (see ``weight``) times the stake's highest minus its lowest worth.

    Highest and lowest are taken over every combination the worth's rules name, likely or not. A stake that counts in
    points as it stands has weight one.
    """
    assert inquiry.actor is not None
    assert inquiry.stake is not None
    return weight(inquiry, situation) * spread(situation.compiled, (inquiry.actor, inquiry.stake))


TIE = 1e-9
"""Points of payoff below which two options count as equally good."""


def best(inquiry: Inquiry, situation: GameSituation) -> Array:
    """Return the probability, over information sets given the conditions, that no allowed option pays more."""
    assert inquiry.decision is not None
    assert inquiry.option is not None
    choice = choice_at(inquiry, situation, situation.given(inquiry))
    values = payoff_values(inquiry, situation, choice)
    option = situation.played.diagram.variable(inquiry.decision).states.index(inquiry.option)
    wins = (values[:, option] >= values.max(axis=1) - TIE) & choice.allowed[:, option, None]
    return choice.averaged(wins.astype(np.float64))


def margin(inquiry: Inquiry, situation: GameSituation) -> Array:
    """Return best minus second best payoff at each information set, averaged by P(h | conditions).

    Sets that leave only one option have no second best and take no part; undefined where all are such.
    """
    choice = choice_at(inquiry, situation, situation.given(inquiry))
    values = payoff_values(inquiry, situation, choice)
    ordered = np.sort(values, axis=1)
    contested = choice.allowed.sum(axis=1) > 1
    gap = np.zeros(ordered[:, -1].shape)
    if ordered.shape[1] > 1:
        gap[contested] = ordered[contested, -1] - ordered[contested, -2]
    return choice.averaged(gap, contested)


def drop(inquiry: Inquiry, situation: GameSituation) -> Array:
    """Return E[best value | reference] minus E[best value | condition], in points of payoff.

    The best value at an information set is the highest expected payoff of an allowed option, all the actor's stakes
    together. Both conditions stand beside the evidence.
    """
    reference = situation.given(replace(inquiry, given=inquiry.against))
    condition = situation.given(inquiry)
    return best_value(inquiry, situation, reference) - best_value(inquiry, situation, condition)


def best_value(inquiry: Inquiry, situation: GameSituation, given: Conditions) -> Array:
    """Return the highest expected payoff at each information set, averaged by P(h | conditions), ``(W,)``.

    Stakes that the decision can no longer change add their expectation given the conditions.
    """
    given = where_it_arises(inquiry, situation, given)
    choice = choice_at(inquiry, situation, given)
    values = payoff_values(inquiry, situation, choice)
    return choice.averaged(values.max(axis=1)) + settled_payoff(inquiry, situation, given)


def both(inquiry: Inquiry, situation: GameSituation) -> Array:
    """Return the probability of information sets at which some option is near best for every named stake.

    Near best means within the situation's ``near`` share of the stake's range (see ``choices.near_best``).
    """
    choice = choice_at(inquiry, situation, situation.given(inquiry))
    return choice.averaged(near_best(inquiry, situation, choice).astype(np.float64))


def clash(inquiry: Inquiry, situation: GameSituation) -> Array:
    """Return the probability of information sets at which no option is near best for every named stake."""
    return 1.0 - both(inquiry, situation)


MEASURES: dict[str, Measure] = {
    heads.P.name: probability,
    heads.E.name: expectation,
    heads.WEIGHT.name: weight,
    heads.SWING.name: swing,
    heads.BEST.name: best,
    heads.MARGIN.name: margin,
    heads.DROP.name: drop,
    heads.CLASH.name: clash,
    heads.BOTH.name: both,
    heads.WOULD.name: would,
    heads.LOWEST.name: lowest,
    heads.HIGHEST.name: highest,
    heads.NESTED.name: nested,
}
"""What a query measures, by the name of its head."""
