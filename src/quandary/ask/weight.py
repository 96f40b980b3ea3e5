"""``weight(actor.stake)``: how much of an actor's concern a stake takes, 0 to 1."""

from __future__ import annotations

from quandary.ask.inquiry import Inquiry
from quandary.ask.situation import Situation
from quandary.ask.worths import weight_table
from quandary.game.table import Array


def weight(inquiry: Inquiry, situation: Situation) -> Array:
    """Return the stake's normalised weight, expected over the actor's private types given the conditions."""
    assert inquiry.actor is not None
    assert inquiry.stake is not None
    table = weight_table(situation.compiled, (inquiry.actor, inquiry.stake))
    return situation.expected([table], situation.given(inquiry))
