"""``P(x | b)``: the probability of a condition, given conditions, the evidence and interventions."""

from __future__ import annotations

from quandary.ask.inquiry import Inquiry
from quandary.ask.situation import Situation, ratio
from quandary.game.table import Array


def probability(inquiry: Inquiry, situation: Situation) -> Array:
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
