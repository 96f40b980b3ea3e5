"""One reading judged: what the worlds say of something that is true or false in each of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import inf
from typing import Literal

import numpy as np

from quandary.ask.answer import Answer
from quandary.ask.claims.sizes import compared, joins_comparisons, size_of, weights_needed
from quandary.ask.claims.verdicts import ENOUGH, edge_of, few_count, few_count_for, verdict_of
from quandary.ask.inquiry import other_form
from quandary.ask.query.carrier import carrier_of
from quandary.ask.query.combining import comparison_of, slack
from quandary.ask.query.queries import Query, prepare
from quandary.ask.results import (
    ByConstruction,
    ByConstructionStatus,
    Carrier,
    OtherForm,
    TestResult,
    Verdict,
)
from quandary.ask.study import Study
from quandary.base.arrays import Array, Mask
from quandary.case.model import Case
from quandary.language.syntax import Expression, calls_in
from quandary.quantities.shares import share_of
from quandary.quantities.summary import effective_number
from quandary.quantities.worlds import MOST_TIMES, more_worlds

NOT_SEARCHED = ByConstruction(ByConstructionStatus.NOT_SEARCHED)

HALF = 0.5
"""The weighted share of worlds without a value above which a reading is not testable."""

CARRIED = (Verdict.LEANS_TRUE, Verdict.TOSS_UP, Verdict.LEANS_FALSE)
"""Verdicts of which is told what separates the worlds."""


@dataclass(frozen=True)
class Reading:
    """Something that is true or false, ready to be judged: as written, in the other form of ``do``, without evidence.

    ``other`` is ``None`` without a ``do``. ``weights`` are the weights of stakes that its size is told with, ``None``
    where that is not asked for.
    """

    name: str
    query: Query
    other: Query | None
    bare: Query
    weights: tuple[Query, ...] | None = ()

    @property
    def queries(self) -> tuple[Query, ...]:
        """Return the queries that judging it needs, the one without evidence apart."""
        return (self.query, *(() if self.other is None else (self.other,)), *(self.weights or ()))


def reading_of(
    case: Case,
    expression: Expression,
    text: str | None = None,
    *,
    name: str = "",
    evidence: bool = True,
    until: date | None = None,
    forms: bool = True,
) -> Reading:
    """Return a query that is true or false ready to be judged, with the evidence up to a day (``None``: all).

    Without ``forms`` it is judged by itself, and neither its size nor its other form is told. Raises ``CaseError`` with
    every fault in it.
    """
    query = prepare(case, expression, text, evidence=evidence, until=until)
    bare = prepare(case, expression, text, evidence=False)
    if not forms:
        return Reading(name, query, None, bare, None)
    turned = other_form(expression)
    other = None if turned is None else prepare(case, turned, evidence=evidence, until=until)
    weights = tuple(prepare(case, ask, evidence=evidence, until=until) for ask in weights_needed(case, query))
    return Reading(name, query, other, bare, weights)


def judged(study: Study, reading: Reading, construction: ByConstruction = NOT_SEARCHED) -> TestResult:
    """Return what the worlds say of a reading that the study has been asked, or was refused.

    ``construction`` says whether it could come out otherwise at all.
    """
    refused = study.refusal(reading.query)
    if refused is not None:
        return _refused(study, reading, refused.message)
    answer = study.answer(reading.query)
    draws, truth, left_out = study.draws(reading.query)
    assert truth is not None
    undefined = np.isnan(truth) & ~left_out & (draws.weights > 0)
    reason = _why_not(answer, draws.weights, undefined)
    share = None if reason else share_of(truth, draws.weights, study.design.block())
    proved = construction.status is ByConstructionStatus.PROVED
    few, few_edge = few_count_for(answer) if share is not None and not proved else (False, False)
    verdict = verdict_of(None if share is None else share.share)
    return TestResult(
        name=reading.name,
        query=reading.query.text,
        verdict=verdict,
        share=share,
        answer=answer,
        edge=None if share is None or proved else edge_of(share),
        few_worlds=few,
        few_edge=few_edge,
        effective_worlds=answer.effective_worlds,
        undefined=tuple(np.flatnonzero(undefined).tolist()),
        effect=_effect(study, reading.query, answer),
        size=None if share is None or reading.weights is None else size_of(study, reading.query, reading.weights),
        aside=study.set_aside(reading.query),
        other=None if share is None else _other(study, reading.other),
        by_construction=construction,
        carrier=_carrier(study, reading.query, draws.weights) if verdict in CARRIED else None,
        reason=reason,
        joins=joins_comparisons(reading.query.expression),
    )


def answer_or_refusal(study: Study, query: Query) -> Answer:
    """Return the answer to a query that the study has been asked, or why it was refused, with no value in any world."""
    refused = study.refusal(query)
    return study.answer(query) if refused is None else _unanswered(study, query.text, refused.message)


def _unanswered(study: Study, text: str, why: str) -> Answer:
    nothing = np.full(study.worlds, np.nan)
    return Answer(text, None, None, None, None, None, 0, 0.0, 0, nothing, np.zeros(study.worlds), why_undefined=why)


def _refused(study: Study, reading: Reading, why: str) -> TestResult:
    answer = _unanswered(study, reading.query.text, why)
    aside = study.set_aside(reading.query)
    return TestResult(reading.name, reading.query.text, Verdict.NOT_TESTABLE, None, answer, aside=aside, reason=why)


def _why_not(answer: Answer, weights: Array, undefined: Mask) -> str | None:
    """Return why a reading is not testable: it has no value in any world that counts, or in over half their weight."""
    without = _without_value(weights, undefined)
    if without <= HALF:
        return None
    where = "every world" if without == 1 else "over half of the worlds"
    return f"undefined in {where}{f': {answer.why_undefined}' if answer.why_undefined else ''}"


def _without_value(weights: Array, undefined: Mask) -> float:
    """Return the weighted share of worlds without a value; all of them where none weighs."""
    total = float(weights.sum())
    return float(weights[undefined].sum()) / total if total > 0 else 1.0


def _other(study: Study, query: Query | None) -> OtherForm | None:
    """Return the verdict on the other form of ``do``; ``None`` without one, or where that is refused."""
    if query is None or study.refusal(query) is not None:
        return None
    answer = study.answer(query)
    draws, truth, left_out = study.draws(query)
    assert truth is not None
    undefined = np.isnan(truth) & ~left_out & (draws.weights > 0)
    share = None
    if _why_not(answer, draws.weights, undefined) is None:
        share = share_of(truth, draws.weights, study.design.block())
    foreseen = any(ask.foresees for ask in calls_in(query.expression))
    verdict = verdict_of(None if share is None else share.share)
    edge = None if share is None else edge_of(share)
    form: Literal["do", "do_foreseen"] = "do_foreseen" if foreseen else "do"
    few = few_count_for(answer) if share is not None else (False, False)
    return OtherForm(form, verdict, share, _effect(study, query, answer), edge, *few, study.set_aside(query))


def _effect(study: Study, query: Query, answer: Answer) -> Answer | None:
    """Return the difference that a single comparison is about (``compared``), of which ``size_of`` tells the mean."""
    comparison = comparison_of(query.expression)
    if comparison is None:
        return None
    left, right = compared(comparison) or (comparison.left, comparison.right)
    about = replace(comparison, left=left, right=right)
    return answer if about == query.expression else study.answer(replace(query, expression=about))


def _carrier(study: Study, query: Query, weights: Array) -> Carrier | None:
    margin = slack(query.expression, lambda ask: study.found.values[query.inquiries[ask]])
    return carrier_of(study.ranked, margin, weights)


def counted_worlds(study: Study, query: Query) -> float | None:
    """Return how many effective worlds a truth's share rests on, ``None`` where it is not testable."""
    weights = _counted_weights(study, query)
    return None if weights is None else effective_number(weights)


def _counted_weights(study: Study, query: Query) -> Array | None:
    """Return the weights of the worlds that a truth's share rests on (W,), ``None`` where it is not testable."""
    if study.refusal(query) is not None:
        return None
    draws, truth, left_out = study.draws(query)
    assert truth is not None
    without = _without_value(draws.weights, np.isnan(truth) & ~left_out)
    return None if without > HALF else np.where(np.isnan(truth), 0.0, draws.weights)


def enlarged(study: Study, readings: Sequence[Reading], queries: Sequence[Query]) -> Study:
    """Return the study, asked the queries, or one of more worlds where too few count for some reading.

    Where under 400 effective worlds count, more are drawn from the same seed, up to ten times those asked for: what
    comes back is what a study of so many worlds gives. Who asks for fewer than 400 in the first place gets them.
    ``queries`` are all that is to be answered, those of the readings included. Raises as ``Study.need`` does.
    """
    while True:
        study.need(queries)
        if study.asked_for < ENOUGH or not study.run.complete:
            return study
        found = (_counted_weights(study, query) for one in readings for query in (one.query, one.other) if query)
        weights = [one for one in found if one is not None]
        fewest = min(map(effective_number, weights), default=inf)
        if study.worlds == study.asked_for:
            counts = [few_count(one) for one in weights]
            study.asked_edge = any(edge for _, edge in counts) and not any(few and not edge for few, edge in counts)
        more = more_worlds(study.worlds, fewest, ENOUGH, study.asked_for * MOST_TIMES)
        if more is None:
            return study
        study = study.with_worlds(more)


def accepted(study: Study, queries: Iterable[Query]) -> list[Query]:
    """Return the queries that a study can be asked, without those that it refuses."""
    return [query for query in queries if study.refusal(query) is None]
