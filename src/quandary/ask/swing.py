"""``swing(actor.stake)``: how many points of payoff hang on a stake at most."""

from __future__ import annotations

from quandary.ask.inquiry import Inquiry
from quandary.ask.situation import Situation
from quandary.ask.weight import weight
from quandary.ask.worths import spread
from quandary.game.table import Array


def swing(inquiry: Inquiry, situation: Situation) -> Array:
    """Return the normalised weight (see ``weight``) times the stake's highest minus its lowest worth.

    Highest and lowest are taken over every combination the worth's rules name, likely or not. A stake that counts in
    points as it stands has weight one.
    """
    assert inquiry.actor is not None
    assert inquiry.stake is not None
    return weight(inquiry, situation) * spread(situation.compiled, (inquiry.actor, inquiry.stake))
