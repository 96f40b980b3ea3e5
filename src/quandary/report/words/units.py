"""In which unit a query's number is: a share, points of a payoff, or a plain number; read off its syntax."""

from __future__ import annotations

from quandary.language.heads import Unit, head_of
from quandary.language.syntax import Arithmetic, Ask, Call, Compare, Expression, Negate, Number
from quandary.report.words.wording import (
    is_certain,
    likelihood,
    number,
    percent,
    percent_interval,
    signed,
    signed_points,
)


def unit_of(query: Expression) -> Unit:
    """Return the unit of a query's answer."""
    if isinstance(query, Ask):
        return head_of(query).unit
    if isinstance(query, Compare):
        return _of_difference(query.left, query.right)
    if isinstance(query, Arithmetic):
        if query.op in "+-":
            return _of_difference(query.left, query.right)
        return Unit.NUMBER
    if isinstance(query, Negate):
        return _signed(unit_of(query.operand))
    if isinstance(query, Call) and query.args:
        return _signed(unit_of(query.args[0]))
    if isinstance(query, Number) and query.percent:
        return Unit.SHARE
    return Unit.NUMBER


def _of_difference(left: Expression, right: Expression) -> Unit:
    sides = {unit_of(side) for side in (left, right) if not isinstance(side, Number)}
    if sides == {Unit.POINTS}:
        return Unit.POINTS
    if sides and sides <= {Unit.SHARE, Unit.DIFFERENCE}:
        return Unit.DIFFERENCE
    return Unit.NUMBER


def _signed(unit: Unit) -> Unit:
    return Unit.DIFFERENCE if unit is Unit.SHARE else unit


def said(value: float | None, unit: Unit) -> str:
    """Return a value with its unit."""
    if unit is Unit.SHARE:
        return percent(value)
    if unit is Unit.DIFFERENCE:
        return signed_points(value)
    if unit is Unit.POINTS:
        return f"{number(value)} points"
    return number(value)


def likely(value: float, query: Expression) -> str:
    """Return the answer to a query with its unit, after its word of likelihood where it is a probability.

    A share that is 0 or 1 (of ``best``, say) counts the worlds drawn: others may have it, so no word says how likely.
    """
    unit = unit_of(query)
    told = said(value, unit)
    sure = value == 0 or is_certain(value)
    if unit is not Unit.SHARE or (sure and isinstance(query, Ask) and not head_of(query).of_chances):
        return told
    return f"{likelihood(value)}, {told}"


def said_interval(low: float | None, high: float | None, unit: Unit) -> str:
    """Return an interval with its unit said once."""
    if low is None or high is None:
        return "–"
    if unit is Unit.SHARE:
        return percent_interval(low, high)
    if unit is Unit.DIFFERENCE:
        return f"{signed(low)} to {signed(high)}"
    return f"{number(low)} to {number(high)}"
