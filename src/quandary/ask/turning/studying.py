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

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from quandary.ask.query.queries import Query, prepare
from quandary.ask.study import Study
from quandary.ask.turning.flips import sample_of, too_few
from quandary.base.arrays import Array
from quandary.base.problems import Refusal
from quandary.case.model import DecisionEvent
from quandary.compile.numbers import UncertainNumber
from quandary.language import heads
from quandary.language.printing import written
from quandary.language.syntax import (
    And,
    Arithmetic,
    Ask,
    Call,
    Compare,
    Expression,
    Name,
    Negate,
    Not,
    Or,
    SetVariable,
)
from quandary.quantities.influence import (
    SURE,
    Classes,
    Columns,
    Index,
    Sample,
    class_count,
    classes_of,
    first_order,
    leading,
)
from quandary.quantities.summary import size_of, weighted_mean

LEAST_CHOICE = 400
"""Effective worlds below which nothing is said about a choice."""


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

    ``mean`` and ``deviation`` are the answer's now, over worlds.
    """

    query: str
    mean: float
    deviation: float
    numbers: tuple[Studied, ...]
    effective_worlds: float


@dataclass(frozen=True)
class ExpectedGain:
    """An expected gain in the payoff's units, with its standard error over blocks."""

    value: float
    error: float


@dataclass(frozen=True, eq=False)
class Advice:
    """The adviser's choice at a decision and what knowing more would add to it.

    ``means`` are the expected payoffs of the options as things are known; ``best`` is the highest. ``everything`` is
    the gain of knowing every assumption, ``numbers`` that of each alone, the largest first: those above zero beyond
    doubt.
    """

    decision: str
    payoff: str
    means: Mapping[str, float]
    best: str
    everything: ExpectedGain
    numbers: tuple[tuple[UncertainNumber, ExpectedGain], ...]
    effective_worlds: float


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
    return Studying(query.text, mean, size * float(np.sqrt(variance)), rows, sample.effective)


def advice(study: Study, decision: DecisionEvent, payoff: Expression | None = None) -> Advice:
    """Return the best option for a payoff (the owner's own, where none is given) and what knowing more would add.

    Each option is set by ``do``. Raises ``Refusal`` (Q566) where too few worlds are left, ``CaseError`` for a payoff
    that cannot be asked.
    """
    asked = heads.E.of(Name((decision.by,))) if payoff is None else payoff
    prepare(study.case, asked)  # its faults are those of what was written
    queries = [prepare(study.case, with_do(asked, decision.id, option)) for option in decision.options]
    study.need(queries)
    answers = [study.draws(query) for query in queries]
    values = np.stack([draws.values if holds is None else holds for draws, holds, _ in answers])
    weights = np.where(np.logical_or.reduce([out for _, _, out in answers]), 0.0, answers[0][0].weights)
    kept = ~np.isnan(values).any(axis=0) & (weights > 0)
    sample = Sample(values[0, kept], weights[kept], study.design.group()[kept])
    if not kept.any() or sample.effective < LEAST_CHOICE:
        count = sample.effective if kept.any() else 0.0
        raise Refusal(too_few("Q566", study, count, LEAST_CHOICE, "say what knowing more would add"))
    values = values[:, kept]
    means = [weighted_mean(row, sample.weights) or 0.0 for row in values]
    columns = Columns(study.uniforms, kept)
    found = {name: partial_information(column, values, sample) for name, column in columns.items()}
    numbers = [(n, found[n.name]) for n in study.model.quantities if found[n.name].value > SURE * found[n.name].error]
    numbers.sort(key=lambda row: -row[1].value)
    return Advice(
        decision=f"{decision.by}.{decision.id}",
        payoff=written(asked),
        means=dict(zip(decision.options, means, strict=True)),
        best=decision.options[int(np.argmax(means))],
        everything=perfect_information(values, sample),
        numbers=tuple(numbers),
        effective_worlds=sample.effective,
    )


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


def with_do(expression: Expression, decision: str, option: str) -> Expression:
    """Return a query with the decision set to the option in each of its calls."""

    def all_of(parts: Sequence[Expression]) -> tuple[Expression, ...]:
        return tuple(with_do(part, decision, option) for part in parts)

    match expression:
        case Ask():
            return replace(expression, do=(*expression.do, SetVariable(Name((decision,)), option)))
        case Arithmetic(_, left, right) | Compare(_, left, right):
            first, second = all_of((left, right))
            return replace(expression, left=first, right=second)
        case Negate(operand) | Not(operand):
            return replace(expression, operand=with_do(operand, decision, option))
        case And(operands) | Or(operands):
            return replace(expression, operands=all_of(operands))
        case Call(_, args):
            return replace(expression, args=all_of(args))
        case _:
            return expression
