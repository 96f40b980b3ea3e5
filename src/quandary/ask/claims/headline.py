"""The headline: the case's leading question, its answer, and the nearest "unless".

An *unless* is a number of the case beyond which the answer moves: among the few quantities whose draws go most with
the answer (rank correlation), those whose lowest or highest fifth of worlds moves the mean furthest towards the
other side of one half. It is read off the worlds already drawn; ``flips`` looks harder.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from quandary.ask.answer import Answer
from quandary.ask.query.combining import is_truth
from quandary.ask.query.queries import Query
from quandary.ask.study import Study
from quandary.case.model import Case
from quandary.compile.numbers import UncertainNumber
from quandary.language import heads
from quandary.language.syntax import Expression, Name
from quandary.quantities.summary import weighted_mean, weighted_quantiles

CANDIDATES = 5
"""How many quantities, most correlated first, are looked at."""

TAIL = 0.2
"""The share of worlds beyond the threshold."""

MOST_UNLESSES = 3
"""How many are named."""

LEAST_MOVE = 0.01
"""A move of the mean smaller than this is no unless."""


@dataclass(frozen=True, eq=False)
class Unless:
    """Beyond ``threshold`` (``above`` it or below), the mean answer is ``mean``; ``beyond`` is the share of worlds."""

    number: UncertainNumber
    above: bool
    threshold: float
    mean: float
    beyond: float = TAIL


@dataclass(frozen=True)
class LeadingQuestion:
    """What a case asks first: the analyst's question, or what is asked by its name (``named``), and the query."""

    title: str
    query: Expression
    named: bool = False

    @property
    def asks(self) -> str:
        """Return the title as an answer follows it."""
        return f"{self.title}:" if self.named else self.title


@dataclass(frozen=True, eq=False)
class Headline:
    """The leading question, its answer, and up to three unlesses, the nearest first."""

    leading: LeadingQuestion
    answer: Answer
    unlesses: tuple[Unless, ...]

    @property
    def asks(self) -> str:
        """Return the question as an answer follows it."""
        return self.leading.asks

    @property
    def query(self) -> Expression:
        """Return the question's query."""
        return self.leading.query

    @property
    def unless(self) -> Unless | None:
        """Return the nearest unless, where a quantity moves the answer at all."""
        return self.unlesses[0] if self.unlesses else None


def headline_query(case: Case) -> LeadingQuestion | None:
    """Return the case's leading question: its first question that is a plain number.

    Without one it is the first forecast, then the first event's probability; ``None`` where there is nothing to ask.
    """
    for question in case.questions:
        if heads.P.asks(question.query):
            if question.asks:
                return LeadingQuestion(question.asks, question.query)
            return _named(question.id, question.query)
    for forecast in case.forecasts:
        if not is_truth(forecast.query):
            return _named(forecast.id, forecast.query)
    for event in case.events.values():
        return _named(event.id, heads.P.of(Name((event.id,))))
    return None


def _named(name: str, query: Expression) -> LeadingQuestion:
    said = name.replace("_", " ").replace("-", " ")
    return LeadingQuestion(f"{said[:1].upper()}{said[1:]}", query, named=True)


def headline_of(study: Study, leading: LeadingQuestion, query: Query) -> Headline:
    """Return the headline of a query that the study has answered."""
    answer = study.answer(query)
    return Headline(leading, answer, _unlesses(study, answer))


def _unlesses(study: Study, answer: Answer) -> tuple[Unless, ...]:
    """Return the unlesses, one a quantity, the one that moves the answer furthest first."""
    if answer.mean is None:
        return ()
    values, weights = answer.draws, answer.weights
    found = study.ranked.correlations(values, weights)
    numbers = {number.name: number for number in study.model.quantities}
    leading = sorted(found, key=lambda name: (-abs(found[name]), name))[:CANDIDATES]
    moves = [beyond(study, answer, numbers[name], upper=upper) for name in leading for upper in (True, False)]
    towards = -1.0 if answer.mean > 0.5 else 1.0
    reached = [m for m in moves if m is not None and towards * (m.mean - answer.mean) > LEAST_MOVE]
    reached.sort(key=lambda m: -towards * m.mean)
    nearest = {move.number.name: move for move in reversed(reached)}
    return tuple(move for move in reached if nearest[move.number.name] is move)[:MOST_UNLESSES]


def beyond(study: Study, answer: Answer, number: UncertainNumber, *, upper: bool) -> Unless | None:
    """Return the answer's mean in the worlds with the number's highest (or lowest) fifth; ``None`` where none count."""
    uniforms = study.uniforms[number.name]
    values, weights = answer.draws, answer.weights
    (edge,) = weighted_quantiles(uniforms, weights, [1 - TAIL if upper else TAIL])
    if edge is None:
        return None
    there = uniforms > edge if upper else uniforms < edge
    mean = weighted_mean(values[there], weights[there])
    threshold = float(number.estimate.quantile(np.array([edge]))[0])
    return None if mean is None else Unless(number, upper, threshold, mean)
