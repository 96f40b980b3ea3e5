"""``both(actor.decision: stakes | ...)`` and ``clash``: can one option serve every stake?"""

from __future__ import annotations

import numpy as np

from quandary.ask.choices import choice_at, near_best
from quandary.ask.inquiry import Inquiry
from quandary.ask.situation import Situation
from quandary.game.table import Array


def both(inquiry: Inquiry, situation: Situation) -> Array:
    """Return the probability of information sets at which some option is near best for every named stake.

    Near best means within the situation's ``near`` share of the stake's range (see ``choices.near_best``).
    """
    choice = choice_at(inquiry, situation, situation.given(inquiry))
    return choice.averaged(near_best(inquiry, situation, choice).astype(np.float64))


def clash(inquiry: Inquiry, situation: Situation) -> Array:
    """Return the probability of information sets at which no option is near best for every named stake."""
    return 1.0 - both(inquiry, situation)
