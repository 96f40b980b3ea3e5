"""How far a reading is from coming out otherwise, on one scale whatever it compares."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce

import numpy as np

from quandary.ask.games.gathered import GatheredAnswers
from quandary.ask.query.combining import ValueOf, comparison_of, is_so_or_not, sides, slack
from quandary.ask.query.queries import Query
from quandary.base.arrays import Array
from quandary.language.heads import Unit
from quandary.language.syntax import And, Compare, Expression, Not, Or
from quandary.language.units import query_unit

SCALES: Mapping[Unit | None, float] = {Unit.SHARE: 1.0, Unit.POINTS: 100.0}
"""How long the scale of a unit is: probabilities and shares go from 0 to 1, worth from 0 to 100."""

HAIR = 1e-6
"""What margins count of a quantity that is 0 or 1 in a world: an option is best by any lead, so that none is shown."""


def margin_of(found: GatheredAnswers, query: Query) -> Array:
    """Return how far each world is from the edge of a reading, as a share of the scale; NaN where it has no answer.

    Positive where the reading holds, at most zero where it does not.
    """
    solved = found.in_every_game(query.all_inquiries)
    margin = _scaled(query.expression, lambda ask: found.values[query.inquiries[ask]])
    return np.where(solved, np.broadcast_to(margin, solved.shape), np.nan)


def nearest(query: Query, margin: Array) -> float | None:
    """Return the smallest of some margins in the query's own unit; ``None`` where it has no one scale."""
    comparison = comparison_of(query.expression)
    sized = comparison is not None and not is_so_or_not(comparison)
    scale = SCALES.get(query_unit(comparison)) if comparison is not None and sized else None
    known = margin[~np.isnan(margin)]
    return None if scale is None or not len(known) else float(known.min()) * scale


def _scaled(expression: Expression, value_of: ValueOf) -> Array:
    """Return ``slack`` with each comparison divided by its own scale; plain numbers by the larger of their sides."""
    match expression:
        case Compare():
            scale: float | Array | None = SCALES.get(query_unit(expression))
            if scale is None:
                left, right = sides(expression, value_of)
                scale = np.maximum(1.0, np.maximum(np.abs(left), np.abs(right)))
            shown = HAIR if is_so_or_not(expression) else 1.0
            return np.asarray(shown * slack(expression, value_of) / scale)
        case Not(operand):
            return -_scaled(operand, value_of)
        case And(operands):
            return reduce(np.minimum, [_scaled(o, value_of) for o in operands])
        case Or(operands):
            return reduce(np.maximum, [_scaled(o, value_of) for o in operands])
        case _:
            raise TypeError(f"{type(expression).__name__} is neither true nor false")
