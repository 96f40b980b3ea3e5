"""``best(actor.decision = option | ...)``: how often the option is the one that pays its actor best."""

from __future__ import annotations

import numpy as np

from quandary.ask.choices import choice_at, payoff_values
from quandary.ask.inquiry import Inquiry
from quandary.ask.situation import Situation
from quandary.game.table import Array

TIE = 1e-9
"""Points of payoff below which two options count as equally good."""


def best(inquiry: Inquiry, situation: Situation) -> Array:
    """Return the probability, over information sets given the conditions, that no allowed option pays more."""
    assert inquiry.decision is not None
    assert inquiry.option is not None
    choice = choice_at(inquiry, situation, situation.given(inquiry))
    values = payoff_values(inquiry, situation, choice)
    option = situation.played.diagram.variable(inquiry.decision).states.index(inquiry.option)
    wins = (values[:, option] >= values.max(axis=1) - TIE) & choice.allowed[:, option, None]
    return choice.averaged(wins.astype(np.float64))
