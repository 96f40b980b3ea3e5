"""The least and the most that the ranges of a case allow an answer to be: at least this wide.

Drawn worlds seldom reach where several numbers are at an end of their range at once. So worlds are searched anywhere in
the central 99.9 % of every number, for the least and for the most apart: from the drawn worlds nearest to it, crossed
and pushed towards it as in the search for counter-examples. What is found can be; more may be.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from quandary.ask.claims.construction.by_construction import Seen, children_of, evaluated
from quandary.ask.games.gathered import GatheredAnswers
from quandary.ask.query.combining import comparison_of, gap, is_truth, number
from quandary.ask.query.queries import Query
from quandary.ask.study import Study
from quandary.base.arrays import Array
from quandary.language.syntax import Compare

ROUNDS = 4
EACH = 125
"""Worlds of a round, in either direction: a thousand in all."""


@dataclass(frozen=True)
class AnswerBounds:
    """The least and the most that an answer was found to be, of a comparison its left less its right side.

    ``searched`` counts the worlds looked at beyond those drawn.
    """

    low: float
    high: float
    searched: int


def answer_bounds(study: Study, query: Query) -> AnswerBounds | None:
    """Return the least and the most that the ranges allow, of a query that the study has been asked.

    ``None`` for what is neither a number nor one comparison, or has no value in any world that counts; where some drawn
    worlds could not be solved, since a search would go where most cannot; and where it is interrupted.
    """
    comparison = comparison_of(query.expression)
    if query.parts or (is_truth(query.expression) and comparison is None):
        return None
    if comparison is not None:
        query = replace(query, expression=comparison)
    draws = study.draws(query)[0]
    known = np.where(draws.weights > 0, draws.values, np.nan)
    if np.isnan(known).all() or study.run.unconverged:
        return None
    generator = np.random.default_rng([study.seed, 19_990_401])
    try:
        ends = [_searched(study, query, (known, sign), generator) for sign in (1.0, -1.0)]
    except KeyboardInterrupt:
        study.search_interrupted = True
        return None
    return AnswerBounds(ends[0], -ends[1], 2 * ROUNDS * EACH)


def _searched(study: Study, query: Query, start: tuple[Array, float], generator: np.random.Generator) -> float:
    """Return the least value found times the sign, from the values in the drawn worlds."""
    known, sign = start
    seen = Seen(study.uniforms, np.empty((0, len(study.model.names))), sign * known)
    for turn in range(ROUNDS if len(seen) else 0):
        points = children_of(seen, EACH, turn, generator)
        seen = seen.with_more(points, sign * _values(evaluated(study, (query,), points), query))
    return seen.nearest


def _values(found: GatheredAnswers, query: Query) -> Array:
    """Return a query's value in each world, NaN where it has none or what was seen cannot be."""
    solved = found.in_every_game(query.all_inquiries)
    if isinstance(query.expression, Compare):
        values = gap(query.expression, lambda ask: found.values[query.inquiries[ask]])
    else:
        values = number(query.expression, lambda ask: found.values[query.inquiries[ask]])
    return np.where(solved, np.broadcast_to(values, solved.shape), np.nan)
