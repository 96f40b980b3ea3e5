"""``E(actor)`` and ``E(actor.stake)``: the expected payoff of an actor, the expected worth of one stake."""

from __future__ import annotations

from quandary.ask.inquiry import Inquiry
from quandary.ask.situation import Situation
from quandary.ask.worths import keeper
from quandary.game.table import Array


def expectation(inquiry: Inquiry, situation: Situation) -> Array:
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
