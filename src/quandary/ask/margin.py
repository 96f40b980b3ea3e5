"""``margin(actor.decision | ...)``: by how many points the best option beats the second best."""

from __future__ import annotations

import numpy as np

from quandary.ask.choices import choice_at, payoff_values
from quandary.ask.inquiry import Inquiry
from quandary.ask.situation import Situation
from quandary.game.table import Array


def margin(inquiry: Inquiry, situation: Situation) -> Array:
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
