"""How large the difference is that a comparison is about, and whether it is hardly any.

Two chances hardly differ where they are under one percentage point apart *and* their odds within x1.25: 0.2 and 0.6 %
are near in points, yet the one is three times the other. Two worths hardly differ where the actor who has them would
choose the better no more than x1.25 as often for it: exp(precision x points of its payoff) < 1.25.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import log

import numpy as np

from quandary.ask.inquiry import Inquiry
from quandary.ask.query.combining import comparison_of, is_so_or_not, number
from quandary.ask.query.queries import Query
from quandary.ask.results import Size, SizeUnit
from quandary.ask.study import Study
from quandary.base.arrays import Array, Mask
from quandary.case.model import Case
from quandary.language import heads
from quandary.language.heads import Unit
from quandary.language.syntax import And, Arithmetic, Ask, Call, Expression, Name, Not, Or, calls_in
from quandary.language.units import query_unit, share_bounds
from quandary.quantities.arithmetic import SOLVING, difference
from quandary.quantities.shares import share_of
from quandary.quantities.summary import weighted_mean

POINT = 0.01
"""One percentage point."""

ODDS = 1.25
"""Odds within this factor are hardly different."""

MOST = 0.5
"""The weighted share of worlds above which the difference is told to be hardly any."""

UNITS: Mapping[Unit | None, SizeUnit] = {Unit.SHARE: "percentage points", Unit.POINTS: "points of worth"}


def compared(expression: Expression) -> tuple[Expression, Expression] | None:
    """Return what one comparison sets beside each other, ``None`` for what is not one, or is so or not so in a world.

    A difference that is compared with a plain number is about its own two sides: ``abs(a - b) >= 1%`` about a and b.
    ``not`` of a comparison is about the same, the other way round.
    """
    comparison = comparison_of(expression)
    if comparison is None or is_so_or_not(comparison):
        return None
    left, right = comparison.left, comparison.right
    for told, plain in ((left, right), (right, left)):
        inner = _difference(told)
        if inner is not None and not any(True for _ in calls_in(plain)):
            return inner
    return left, right


def joins_comparisons(expression: Expression) -> bool:
    """Return whether an expression joins several by ``and`` or ``or``, so that no one difference is its size."""
    match expression:
        case Not(operand):
            return joins_comparisons(operand)
        case And() | Or():
            return True
        case _:
            return False


def _difference(expression: Expression) -> tuple[Expression, Expression] | None:
    match expression:
        case Call("abs", (inner,)):
            return _difference(inner)
        case Arithmetic("-", left, right) if all(any(True for _ in calls_in(side)) for side in (left, right)):
            return left, right
        case _:
            return None


def weights_needed(case: Case, query: Query) -> tuple[Ask, ...]:
    """Return the weights that the size of a difference is told with; a stake of points as they stand has none."""
    comparison = comparison_of(query.expression)
    if compared(query.expression) is None or comparison is None or query_unit(comparison) is not Unit.POINTS:
        return ()
    alone = {(inquiry.actor, inquiry.stake) for inquiry in query.inquiries.values() if _is_worth_alone(inquiry)}
    weighted = [stake for stake in case.stakes if stake.weight and (stake.actor, stake.id) in alone]
    return tuple(heads.WEIGHT.of(Name((stake.actor, stake.id))) for stake in weighted)


def size_of(study: Study, query: Query, weights: tuple[Query, ...] = ()) -> Size | None:
    """Return how large the difference of one comparison is; ``None`` for what is none, or has no value in any world.

    ``weights`` are the queries of ``weights_needed``, which the study has been asked.
    """
    sides = compared(query.expression)
    if sides is None:
        return None
    values = [number(side, lambda ask: study.found.values[query.inquiries[ask]]) for side in sides]
    draws, _, left_out = study.draws(query)
    apart = np.where(left_out, np.nan, difference(values[0], values[1]))
    mean = weighted_mean(apart, draws.weights)
    if mean is None:
        return None
    unit = query_unit(comparison_of(query.expression) or query.expression)
    if unit is Unit.SHARE and all(_is_chance(side) for side in sides):
        small = hardly_differ(values[0], values[1])
    elif unit is Unit.POINTS:
        small = _hardly_worth(study, query, weights, apart)
    else:
        small = np.zeros(study.worlds, dtype=np.bool_)
    part = share_of(np.where(np.isnan(apart), np.nan, small), draws.weights, study.design.block())
    assert part is not None
    return Size(mean, UNITS.get(unit), part.share, part.share > MOST, part.low <= MOST <= part.high)


def _is_chance(side: Expression) -> bool:
    """Return whether a side is a probability, or a plain number between 0 and 1 beside one, and no difference."""
    if not any(True for _ in calls_in(side)):
        return True
    bounds = share_bounds(side)
    return bounds is not None and bounds[0] >= 0 and bounds[1] <= 1


def hardly_differ(left: Array, right: Array) -> Mask:
    """Return where two chances hardly differ, as those do that are the same up to the solver's rounding."""
    with np.errstate(invalid="ignore"):
        same = np.abs(left - right) <= SOLVING
        rise, fall = left * (1 - right), right * (1 - left)
        return np.asarray(same | (np.abs(left - right) < POINT) & (rise <= ODDS * fall) & (fall <= ODDS * rise))


def _hardly_worth(study: Study, query: Query, weights: tuple[Query, ...], gap: Array) -> Mask:
    """Return where a difference of worth moves its actor's odds by less than x1.25; nowhere for several actors."""
    actors = {inquiry.actor for inquiry in query.inquiries.values()}
    (actor,) = actors if len(actors) == 1 else (None,)
    if actor is None:
        return np.zeros(study.worlds, dtype=np.bool_)
    share: Array = np.ones(1)
    if any(_is_worth_alone(inquiry) for inquiry in query.inquiries.values()) and weights:
        share = np.max([study.draws(weight)[0].values for weight in weights], axis=0)
    with np.errstate(invalid="ignore"):
        moved = study.model.precision(actor, study.uniforms) * share * np.abs(gap)
        return np.asarray((gap == 0) | (moved < log(ODDS)))


def _is_worth_alone(inquiry: Inquiry) -> bool:
    """Return whether an inquiry is told on the scale of one stake, without its weight."""
    return heads.E.name == inquiry.head and inquiry.stake is not None
