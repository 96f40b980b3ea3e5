"""Swings: how far an answer moves between the low and the high worlds of each uncertain number.

Numbers are ordered by the rank correlation of their draws with the answer, or by how much of its variance they carry,
as ``flips`` orders them; both are read off the worlds already drawn.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from quandary.ask.answer import Answer
from quandary.ask.query.queries import Query
from quandary.ask.study import Study
from quandary.ask.turning.flips import sample_of
from quandary.base.problems import Refusal
from quandary.compile.numbers import UncertainNumber
from quandary.quantities.influence import Columns, first_order, in_order, leading, surely_above
from quandary.quantities.summary import weighted_mean, weighted_quantiles

MOST = 10
"""How many numbers are named."""

TAIL = 0.2
"""The share of worlds at either end."""
MOST_CARRYING = 3
"""How many numbers an answer is said to hang on."""

LEAST_CARRIED = 0.125
"""The part of an answer's variance that such a number surely carries: of less, other seeds name others first."""


@dataclass(frozen=True, eq=False)
class NumberSwing:
    """One uncertain number beside an answer.

    ``correlation`` is the weighted Spearman correlation of its draws with the answer, -1..1. ``low`` and ``high`` are
    the answer's mean in the fifth of worlds with the number's lowest and highest values (``None`` where none count);
    ``low_edge`` and ``high_edge`` the values at which those fifths begin.
    """

    number: UncertainNumber
    correlation: float
    low: float | None
    high: float | None
    low_edge: float | None
    high_edge: float | None


def swings(study: Study, answer: Answer, most: int = MOST) -> tuple[NumberSwing, ...]:
    """Return the numbers that go most with an answer, the largest absolute rank correlation first.

    Empty where the answer does not vary or too few worlds have one.
    """
    found = study.ranked.correlations(answer.draws, answer.weights)
    numbers = {number.name: number for number in study.model.quantities}
    ordered = sorted(found, key=lambda name: (-abs(found[name]), name))[:most]
    return tuple(_swing(study, answer, numbers[name], found[name]) for name in ordered)


def carrying_swings(study: Study, query: Query, most: int = MOST_CARRYING) -> tuple[NumberSwing, ...]:
    """Return the numbers that carry a good part of an answer's variance beyond doubt, the one that carries most first.

    Numbers of which noise leaves open which carries more stand in the order of the case. Empty where none surely
    carries so much alone, or where too few worlds count to say.
    """
    try:
        sample, kept = sample_of(study, query)
    except Refusal:
        return ()
    answer = study.answer(query)
    found = study.ranked.correlations(answer.draws, answer.weights)
    numbers = {number.name: number for number in study.model.quantities}
    carried = first_order(Columns(study.uniforms, kept), sample)
    sure = {name: carried[name] for name in leading(carried) if surely_above(carried[name], LEAST_CARRIED)}
    ordered = in_order(sure, [number.name for number in study.model.quantities])[:most]
    return tuple(_swing(study, answer, numbers[name], found[name]) for name in ordered)


def noise(answer: Answer) -> float:
    """Return the absolute rank correlation that chance alone exceeds in one of twenty numbers: 2 / sqrt(n_eff)."""
    return float(2.0 / np.sqrt(max(answer.effective_worlds, 4.0)))


def _swing(study: Study, answer: Answer, number: UncertainNumber, correlation: float) -> NumberSwing:
    low, low_edge = _at_an_end(study, answer, number, upper=False)
    high, high_edge = _at_an_end(study, answer, number, upper=True)
    return NumberSwing(number, correlation, low, high, low_edge, high_edge)


def _at_an_end(
    study: Study, answer: Answer, number: UncertainNumber, *, upper: bool
) -> tuple[float | None, float | None]:
    """Return the answer's mean in the fifth of worlds with the number's highest (or lowest) values, and its edge."""
    uniforms = study.uniforms[number.name]
    values, weights = answer.draws, answer.weights
    (edge,) = weighted_quantiles(uniforms, weights, [1 - TAIL if upper else TAIL])
    if edge is None:
        return None, None
    there = uniforms > edge if upper else uniforms < edge
    mean = weighted_mean(values[there], weights[there])
    return (None, None) if mean is None else (mean, float(number.estimate.quantile(np.array([edge]))[0]))
