"""The box of a case: every uncertain number within its central 99.9 %, and what some answers can be inside it."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf

import numpy as np

from quandary.ask.inquiry import Inquiry
from quandary.ask.query.ordered import HIGH, LOW
from quandary.ask.study import Study
from quandary.case.model import Case, Sourced, Stake
from quandary.game.reduction.constants import at_states
from quandary.language.syntax import Call, Expression, Interval, Name, Number, PointsChange, ProbabilityWord
from quandary.language.vocabulary import DISTRIBUTIONS

Bounds = tuple[float, float]

ANYTHING: Bounds = (-inf, inf)


def worth_bounds(study: Study, inquiry: Inquiry) -> Bounds:
    """Return between which numbers an expected worth lies in every world of the box.

    An expectation lies between the lowest and the highest worth that the interventions leave possible. Each worth rises
    with the numbers it is made of (checked: plain ranges, no arithmetic), so its ends are at the ends of the box.
    """
    stake = _stake(study.case, inquiry)
    if stake is None or not _rises(study.case, stake):
        return ANYTHING
    ends = study.model.diagram({name: np.array([LOW, HIGH]) for name in study.model.names}, 2)
    known = {
        name: study.probe.diagram.variable(name).states.index(state)
        for name, state in (*inquiry.foreseen, *inquiry.unforeseen)
    }
    cells = at_states(ends.worths[stake.actor, stake.id], known).values
    return float(cells[..., 0].min()), float(cells[..., -1].max())


def weight_bounds(study: Study, inquiry: Inquiry) -> Bounds:
    """Return between which numbers a normalised weight lies in every world of the box.

    w / (w + others) is lowest with its own numbers at their lowest and the others' at their highest, and the other way
    round (checked: plain ranges, each used for one weight only).
    """
    stake = _stake(study.case, inquiry)
    if stake is None or not stake.weight:
        return (1.0, 1.0) if stake is not None else (0.0, 1.0)
    own = {rule.value.path for rule in stake.weight}
    rivals = [s for s in study.case.stakes if s.actor == stake.actor and s.weight]
    amounts = [rule.value for rival in rivals for rule in rival.weight]
    if not all(_is_plain(amount) for amount in amounts):
        return (0.0, 1.0)
    uniforms = {name: np.array([LOW, HIGH] if name in own else [HIGH, LOW]) for name in study.model.names}
    cells = study.model.diagram(uniforms, 2).weights[stake.actor, stake.id].values
    return float(cells[..., 0].min()), float(cells[..., -1].max())


def swing_bounds(study: Study, inquiry: Inquiry) -> Bounds:
    """Return between which numbers a swing lies in every world of the box: weight times a span of worth."""
    low, high = worth_bounds(study, inquiry)
    return 0.0, weight_bounds(study, inquiry)[1] * (high - low)


def _stake(case: Case, inquiry: Inquiry) -> Stake | None:
    return next((s for s in case.stakes if (s.actor, s.id) == (inquiry.actor, inquiry.stake)), None)


def _rises(case: Case, stake: Stake) -> bool:
    amounts = [rule.value.quantity for rule in (*stake.worth, *stake.effects)]
    return all(_is_rising(case.assumptions, amount, 0) for amount in amounts)


def _is_plain(amount: Sourced) -> bool:
    return isinstance(amount.quantity, Number | Interval | ProbabilityWord)


def _is_rising(assumptions: Mapping[str, object], quantity: Expression, depth: int) -> bool:
    match quantity:
        case Number() | Interval() | ProbabilityWord():
            return True
        case PointsChange(amount):
            return _is_rising(assumptions, amount, depth)
        case Call(name, args):
            return name in DISTRIBUTIONS and all(isinstance(arg, Number) for arg in args)
        case Name():
            return depth < 10 and _named_rises(assumptions, quantity.text, depth)
        case _:
            return False


def _named_rises(assumptions: Mapping[str, object], name: str, depth: int) -> bool:
    value = getattr(assumptions.get(name), "value", None)
    return isinstance(value, Sourced) and _is_rising(assumptions, value.quantity, depth + 1)
