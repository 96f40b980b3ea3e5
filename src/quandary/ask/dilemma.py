"""``drop(actor.decision | ...) against ...``: what a turn of events costs an actor who still chooses its best."""

from __future__ import annotations

from dataclasses import replace

from quandary.ask.choices import choice_at, payoff_values, settled_payoff
from quandary.ask.inquiry import Inquiry
from quandary.ask.situation import Conditions, Situation
from quandary.game.table import Array


def drop(inquiry: Inquiry, situation: Situation) -> Array:
    """Return E[best value | reference] minus E[best value | condition], in points of payoff.

    The best value at an information set is the highest expected payoff of an allowed option, all the actor's stakes
    together. Both conditions stand beside the evidence.
    """
    reference = situation.given(replace(inquiry, given=inquiry.against))
    condition = situation.given(inquiry)
    return best_value(inquiry, situation, reference) - best_value(inquiry, situation, condition)


def best_value(inquiry: Inquiry, situation: Situation, given: Conditions) -> Array:
    """Return the highest expected payoff at each information set, averaged by P(h | conditions), ``(W,)``.

    Stakes that the decision can no longer change add their expectation given the conditions.
    """
    choice = choice_at(inquiry, situation, given)
    values = payoff_values(inquiry, situation, choice)
    return choice.averaged(values.max(axis=1)) + settled_payoff(inquiry, situation, given)
