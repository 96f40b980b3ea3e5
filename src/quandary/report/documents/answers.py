"""Answers: how they are spread over worlds, and what ``quandary ask`` returns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import ClassVar

from quandary.ask.answer import Answer
from quandary.ask.outside import OutsideComparison, OutsideFigure, PooledForecast
from quandary.ask.results import Run
from quandary.language.printing import written
from quandary.report.documents.document import ResultDocument, document, key


@document
class SpreadDocument:
    """How an answer is spread over the worlds, in its own unit: probabilities from 0 to 1, payoffs in points."""

    mean: float | None = key("the weighted mean over worlds, which is the forecast; null where no world has an answer")
    median: float | None = key("half of the worlds, by weight, lie below")
    low: float | None = key("5 % of the worlds, by weight, lie below")
    high: float | None = key("95 % of the worlds, by weight, lie below")


@document
class ErrorSpreadDocument(SpreadDocument):
    """A spread with the error of its mean, all in the answer's own unit."""

    mc_error: float | None = key("Monte Carlo standard error of the mean, over blocks of worlds")


@document
class AnswerDocument(ErrorSpreadDocument):
    """An answer and how many worlds it rests on; of a comparison, the numbers are its left minus its right side."""

    worlds: int = key("how many worlds were solved")
    effective_worlds: float = key("how many equally weighted worlds the evidence leaves them worth")
    undefined: int = key("in how many worlds the query has no value")
    undefined_because: str | None = key("why it has none there, in words")
    holds_in: float | None = key(
        "of a comparison: the weighted share of worlds, 0 to 1, in which it holds", left_out=True
    )
    parts: Mapping[str, SpreadDocument] | None = key("of a query with parts: each part's answer", left_out=True)
    dropped: Sequence[str] = key("evidence set aside, as an intervention made it void")
    notes: Sequence[str] = key("what else is to be known about the answer, in words")


@document
class WorkDocument:
    """How far the work came."""

    complete: bool = key("whether all of it was done, or an interruption cut it short")
    not_converged: int = key("how many worlds could not be solved, which are in no answer")
    not_converged_worlds: Sequence[int] = key("their numbers, from 0")


@document
class AskDocument(ResultDocument):
    """The answer to one query."""

    SCHEMA: ClassVar[str] = "quandary.ask/1"
    query: str = key("the query, as it was read")
    answer: AnswerDocument = key("the answer", inline=True)
    not_converged: int | None = key("of a case: how many worlds could not be solved", left_out=True)
    not_converged_worlds: Sequence[int] | None = key("of a case: their numbers, from 0", left_out=True)
    complete: bool = key("whether all of the work was done, or an interruption cut it short")


@document
class OutsideFigureDocument:
    """One outside view: what became of a class of cases, or what somebody said."""

    id: str = key("the view's name")
    kind: str = key("`class` or `crowd`")
    name: str = key("the class of cases, or who said it")
    probability: float = key("its rate, or what was said, 0 to 1: the middle where a range was written")
    low: float | None = key("the lower end of the 90 % range; null where one number was written")
    high: float | None = key("its upper end")
    n: int | None = key("of a class: how many cases it has")
    on: date | None = key("the day it was said")
    how: str | None = key("how the figure was come by, in words")
    because: str | None = key("the reason given")
    source: str | None = key("the source's name in the case")
    same_as: str | None = key("the view that it counts as one with")


@document
class PoolPartDocument:
    """What one voice adds to a pool."""

    group: str = key("`inside`, `class` or `crowd`")
    name: str = key("the voice")
    probability: float = key("what it says, 0 to 1")
    weight: float = key("its share of the weight; all sum to one")


@document
class PooledForecastDocument:
    """A forecast of its own: the voices' mean in log-odds, by their weights."""

    event: str = key("the event, as written in the case")
    query: str = key("what the case was asked")
    as_of: date = key("the day it speaks from")
    probability: float = key("the pooled probability, 0 to 1")
    because: str | None = key("the reason given for the weights")
    parts: Sequence[PoolPartDocument] = key("the voices, the case itself first")


@document
class OutsideDocument:
    """One event from the inside and from the outside."""

    event: str = key("the event, as written in the case")
    inside: SpreadDocument = key("how likely it is by the case, 0 to 1")
    figures: Sequence[OutsideFigureDocument] = key("what others say, in the order of the case")
    left_out: Sequence[str] = key("views of a later day than the run's, by name")
    pool: PooledForecastDocument | None = key("the pool of all; null where there is none")
    why_no_pool: str | None = key("why there is none, in words")


def outside_document(found: OutsideComparison) -> OutsideDocument:
    """Return one event from both sides."""
    return OutsideDocument(
        event=written(found.event),
        inside=spread_document(found.inside),
        figures=[_figure(figure) for figure in found.figures],
        left_out=[view.name for view in found.left_out],
        pool=None if found.pool is None else pool_document(found.pool),
        why_no_pool=found.why_no_pool or None,
    )


def pool_document(pool: PooledForecast) -> PooledForecastDocument:
    """Return a pooled forecast."""
    parts = [PoolPartDocument(one.group, one.name, one.probability, one.weight) for one in pool.parts]
    return PooledForecastDocument(pool.event, pool.query, pool.as_of, pool.probability, pool.because, parts)


def _figure(figure: OutsideFigure) -> OutsideFigureDocument:
    view = figure.view
    return OutsideFigureDocument(
        view.id,
        view.kind,
        view.name,
        figure.probability,
        figure.low,
        figure.high,
        view.n,
        view.on,
        view.how,
        view.value.because,
        view.value.source,
        view.same_as,
    )


def spread_document(answer: Answer) -> SpreadDocument:
    """Return how an answer is spread over the worlds."""
    return SpreadDocument(answer.mean, answer.median, answer.low, answer.high)


def error_spread_document(answer: Answer) -> ErrorSpreadDocument:
    """Return how an answer is spread over the worlds, with the error of its mean."""
    return ErrorSpreadDocument(answer.mean, answer.median, answer.low, answer.high, answer.mc_error)


def answer_document(answer: Answer) -> AnswerDocument:
    """Return an answer without its query."""
    return AnswerDocument(
        mean=answer.mean,
        median=answer.median,
        low=answer.low,
        high=answer.high,
        mc_error=answer.mc_error,
        worlds=answer.worlds,
        effective_worlds=answer.effective_worlds,
        undefined=answer.undefined,
        undefined_because=answer.why_undefined or None,
        holds_in=answer.holds_in,
        parts={name: spread_document(part) for name, part in answer.parts.items()} or None,
        dropped=answer.dropped,
        notes=answer.notes,
    )


def work_document(lost: Sequence[int], *, complete: bool = True) -> WorkDocument:
    """Return how far the work came; ``lost`` are the worlds that did not converge."""
    return WorkDocument(complete, len(lost), lost)


def work_of_run(run: Run) -> WorkDocument:
    """Return how far a run came."""
    return work_document(run.unconverged, complete=run.complete)


def ask_document(answer: Answer, lost: Sequence[int] | None = None, *, complete: bool = True) -> AskDocument:
    """Return the answer to a query; ``lost`` are the worlds that did not converge (``None``: of a game file)."""
    many = None if lost is None else len(lost)
    return AskDocument(answer.query, answer_document(answer), many, lost, complete)
