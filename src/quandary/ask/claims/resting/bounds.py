"""The least and the most that the ranges of a case allow an answer to be: at least this wide.

Drawn worlds seldom reach where several numbers are at an end of their range at once. So worlds are searched anywhere in
the central 99.9 % of every number, from the drawn worlds nearest to the least and to the most, crossed and pushed
towards it as in the search for counter-examples. What is found can be; more may be.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from quandary.ask.claims.construction.by_construction import Seen, children_of, evaluated, games_of
from quandary.ask.games.gathered import GatheredAnswers
from quandary.ask.query.combining import comparison_of, gap, is_truth, number
from quandary.ask.query.queries import Query
from quandary.ask.results import AnswerBounds
from quandary.ask.study import Study
from quandary.base.arrays import Array
from quandary.base.stopping import STOPS
from quandary.language.syntax import Compare

ROUNDS = 4

SEARCHED = 1_000
"""Worlds in all rounds together, half of them towards the least and half towards the most; several queries share them.
"""

LEAST_EACH = 20
"""Worlds of a round at least, for a query and in either direction."""


def answer_bounds(study: Study, query: Query) -> AnswerBounds | None:
    """Return the least and the most that the ranges allow, of a query that the study has been asked.

    ``None`` for what is neither a number nor one comparison, or has no value in any world that counts; where some drawn
    worlds could not be solved, since a search would go where most cannot; and where it is interrupted.
    """
    return bounds_of(study, [query])[0]


def bounds_of(study: Study, queries: Sequence[Query], searched: int = SEARCHED) -> tuple[AnswerBounds | None, ...]:
    """Return the bounds of several queries, as ``answer_bounds`` does, from about so many worlds for all.

    Each profits from the worlds of the others.
    """
    if study.run.unconverged:
        return (None,) * len(queries)
    plain = [_compared(query) for query in queries]
    asked = [query for query in dict.fromkeys(plain) if _has_bounds(study, query)]
    generator = np.random.default_rng([study.seed, 19_990_401])
    try:
        found = _searched(study, asked, searched, generator) if asked else {}
    except STOPS:
        study.search_interrupted = True
        found = {}
    return tuple(found.get(query) for query in plain)


def _compared(query: Query) -> Query:
    """Return a query of one comparison as that comparison, where ``not`` stands before it."""
    comparison = comparison_of(query.expression)
    return query if comparison is None else replace(query, expression=comparison)


def _has_bounds(study: Study, query: Query) -> bool:
    if query.parts or (is_truth(query.expression) and not isinstance(query.expression, Compare)):
        return False
    return study.refusal(query) is None and not np.isnan(_drawn(study, query)).all()


def _drawn(study: Study, query: Query) -> Array:
    draws = study.draws(query)[0]
    return np.where(draws.weights > 0, draws.values, np.nan)


def _searched(
    study: Study, queries: Sequence[Query], searched: int, generator: np.random.Generator
) -> dict[Query, AnswerBounds]:
    """Return what is found in all worlds: every query's least and most, each looked for from where it is nearest."""
    names = study.model.names
    points, order = np.empty((0, len(names))), study.order
    places = order.places(points)
    values = {query: _drawn(study, query) for query in queries}
    games = games_of(study, queries)
    each = max(LEAST_EACH, searched // (2 * ROUNDS * len(queries)))
    for turn in range(ROUNDS if names else 0):
        places = np.concatenate([places, order.places(points[len(places) :])])
        seen = (Seen(order, points, places, sign * own) for own in values.values() for sign in (1.0, -1.0))
        more = np.concatenate([children_of(one, each, turn, generator) for one in seen])
        gathered = evaluated(study, games, more)
        values = {query: np.concatenate([own, _values(gathered, query)]) for query, own in values.items()}
        points = np.concatenate([points, more])
    return {
        query: AnswerBounds(float(np.nanmin(own)), float(np.nanmax(own)), len(points)) for query, own in values.items()
    }


def _values(found: GatheredAnswers, query: Query) -> Array:
    """Return a query's value in each world, NaN where it has none or what was seen cannot be."""
    solved = found.in_every_game(query.all_inquiries)
    if isinstance(query.expression, Compare):
        values = gap(query.expression, lambda ask: found.values[query.inquiries[ask]])
    else:
        values = number(query.expression, lambda ask: found.values[query.inquiries[ask]])
    return np.where(solved, np.broadcast_to(values, solved.shape), np.nan)
