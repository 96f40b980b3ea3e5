"""The value of studying an assumption, for the analyst: how much of an answer's doubt goes, what a choice gains.

*Doubt*: knowing an assumption X leaves an answer Y with the expected variance (1 - S) Var(Y), S its first-order index
(``influence.py``).

*A choice*: where a decision and a payoff are named, the adviser picks the option v with the highest expected payoff
Y_v. The expected value of partial perfect information is E[max_v E[Y_v | X]] - max_v E[Y_v] (Raiffa & Schlaifer 1961;
from given data as Strong & Oakley 2013, *Medical Decision Making* 33). It is read off the worlds drawn: options are
picked, class by class of X, on all blocks of the design but one and scored on that one, so that picking by luck is
not counted as gain. The estimate is therefore low rather than high, and around zero where X does not matter.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from quandary.ask.query.queries import Query
from quandary.ask.study import Study
from quandary.ask.turning.flips import sample_of
from quandary.base.arrays import Array
from quandary.compile.numbers import UncertainNumber
from quandary.language.syntax import Expression
from quandary.quantities.influence import (
    Classes,
    Columns,
    Index,
    Sample,
    class_count,
    classes_of,
    first_order,
    leading,
)
from quandary.quantities.summary import size_of


@dataclass(frozen=True, eq=False)
class Studied:
    """One assumption, were it known exactly.

    ``share`` of the answer's variance would go in expectation, its standard deviation fall to ``deviation``.
    """

    number: UncertainNumber
    share: Index
    deviation: float


@dataclass(frozen=True, eq=False)
class Studying:
    """What studying each assumption would do to the doubt about an answer, the most useful first.

    ``mean`` and ``deviation`` are the answer's now, over worlds; ``aside`` is the evidence that the query sets aside.
    """

    query: str
    mean: float
    deviation: float
    numbers: tuple[Studied, ...]
    effective_worlds: float
    aside: tuple[Expression, ...] = ()


@dataclass(frozen=True)
class ExpectedGain:
    """An expected gain in the payoff's units, with its standard error over blocks."""

    value: float
    error: float


def studying(study: Study, query: Query) -> Studying:
    """Return what studying each assumption would do to an answer; Q521 where too few worlds are left."""
    sample, kept = sample_of(study, query)
    found = first_order(Columns(study.uniforms, kept), sample)
    numbers = {number.name: number for number in study.model.quantities}
    mean = float(np.average(sample.values, weights=sample.weights))
    centred = sample.values - mean
    size = size_of(centred)
    variance = float(np.average((centred / size) ** 2, weights=sample.weights))
    rows = tuple(
        Studied(numbers[name], found[name], size * float(np.sqrt(variance * max(1.0 - found[name].value, 0.0))))
        for name in leading(found)
    )
    deviation = size * float(np.sqrt(variance))
    return Studying(query.text, mean, deviation, rows, sample.effective, study.set_aside(query))


def perfect_information(values: Array, sample: Sample) -> ExpectedGain:
    """Return E[max_v Y_v] - max_v E[Y_v] for values ``(options, W)``; the second option picked on other blocks."""
    sums, mass = _sums(np.zeros(values.shape[1], dtype=np.intp), 1, values, sample)
    perfect = np.bincount(sample.block, sample.weights * values.max(axis=0), len(mass)).astype(np.float64)
    return _gain(perfect, sums[:, 0], _picked(sums)[0], mass)


def partial_information(column: Array, values: Array, sample: Sample) -> ExpectedGain:
    """Return E[max_v E[Y_v | X]] - max_v E[Y_v] for values ``(options, W)`` and one number's draws ``(W,)``."""
    count = class_count(sample)
    sums, mass = _sums(classes_of(column, sample.weights, count), count, values, sample)
    picked = _picked(sums)
    scored = np.take_along_axis(sums, picked[None], axis=0)[0].sum(axis=0)
    whole = sums.sum(axis=1)
    return _gain(scored, whole, _picked(whole[:, None, :])[0], mass)


def _sums(classes: Classes, count: int, values: Array, sample: Sample) -> tuple[Array, Array]:
    """Return weight times value summed, ``(options, classes, blocks)``, and the weight of each block."""
    groups = int(sample.block.max()) + 1
    cells = classes * groups + sample.block
    sums = [np.bincount(cells, sample.weights * row, count * groups).astype(np.float64) for row in values]
    mass = np.bincount(sample.block, sample.weights, groups).astype(np.float64)
    return np.stack(sums).reshape(len(values), count, groups), mass


def _picked(sums: Array) -> Classes:
    """Return the option with the highest sum on all blocks but each, ``(classes, blocks)``."""
    return np.asarray((sums.sum(axis=2, keepdims=True) - sums).argmax(axis=0))


def _gain(scored: Array, whole: Array, best: Classes, mass: Array) -> ExpectedGain:
    """Return the mean over blocks of a score less that of the option that was best without knowing."""
    counted = mass > 0
    without = np.take_along_axis(whole, best[None], axis=0)[0]
    gains = (scored - without)[counted] / mass[counted]
    share = mass[counted] / mass[counted].sum()
    value = float((share * gains).sum())
    error = float(np.sqrt((share**2 * (gains - value) ** 2).sum() * len(gains) / max(len(gains) - 1, 1)))
    return ExpectedGain(value, error)
