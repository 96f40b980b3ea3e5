"""Answers: how they are spread over worlds, and what ``quandary ask`` returns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import ClassVar, Literal

import numpy as np

from quandary.ask.answer import Answer
from quandary.ask.outside import OutsideComparison, OutsideFigure, PooledForecast
from quandary.ask.results import (
    AnswerBounds,
    OtherForm,
    OverFillings,
    Run,
    Size,
    TestResult,
    Verdict,
)
from quandary.language.printing import written
from quandary.quantities.shares import Share
from quandary.report.documents.document import ResultDocument, document, key
from quandary.report.documents.fillings import FillingsDocument, fillings_document
from quandary.report.words.claims import NO_SIZE


@document
class SpreadDocument:
    """How an answer is spread over the worlds, in its own unit: probabilities from 0 to 1, payoffs in points of worth.

    Of what is so or not so in a world (``best``, ``both``, ``clash``) the mean is a share of worlds, and all else null.
    """

    mean: float | None = key("the weighted mean over worlds, which is the forecast; null where no world has an answer")
    median: float | None = key("half of the worlds, by weight, lie below")
    low: float | None = key("5 % of the worlds, by weight, lie below")
    high: float | None = key("95 % of the worlds, by weight, lie below")


@document
class BoundsDocument:
    """The least and the most that the ranges of the case allow an answer to be: it may be wider still."""

    low: float = key("the least found, in the query's unit; of a comparison its left less its right side")
    high: float = key("the most found")
    searched: int = key("how many worlds were looked at beyond those drawn")


def bounds_document(found: AnswerBounds | None) -> BoundsDocument | None:
    """Return what the ranges allow; ``None`` where that was not searched."""
    return None if found is None else BoundsDocument(found.low, found.high, found.searched)


@document
class ErrorSpreadDocument(SpreadDocument):
    """A spread with the error of its mean, all in the answer's own unit."""

    mc_error: float | None = key("Monte Carlo standard error of the mean, over blocks of worlds")


@document
class CountingDocument:
    """How likely a choice is, and what counting options would make it: were all worth the same."""

    chance: float = key("how likely the choice is, 0 to 1")
    counted: float = key("what counting options gives in the same worlds: what is usual, by default evenly, 0 to 1")
    near: bool = key(
        "whether they lie within .03 of each other, on average and in most worlds: the choice is near a coin flip"
    )
    edge: bool = key("whether other worlds may say otherwise of that")


@document
class ArisingDocument:
    """A choice that arises only sometimes: its probability is the product of these two."""

    decision: str = key("the decision")
    arises: float = key("how likely it is that the decision arises, 0 to 1")
    then: float | None = key("how likely the choice is where it does, 0 to 1; null where it never arises")


@document
class AnswerDocument(ErrorSpreadDocument):
    """An answer and how many worlds it rests on; of a comparison, the numbers are its left minus its right side."""

    worlds: int = key("how many worlds were solved")
    effective_worlds: float = key("how many equally weighted worlds the evidence leaves them worth")
    undefined: int = key("in how many worlds the query has no value")
    undefined_worlds: Sequence[int] = key("their numbers, from 0; without those that could not be solved")
    undefined_because: str | None = key("why it has none there, in words")
    holds_in: float | None = key(
        "of what is true or false and not judged here: the weighted share of worlds, 0 to 1, in which it holds",
        left_out=True,
    )
    parts: Mapping[str, SpreadDocument] | None = key("of a query with parts: each part's answer", left_out=True)
    set_aside: Sequence[str] = key("the evidence that the query's interventions set aside, as the case writes it")
    notes: Sequence[str] = key("what else is to be known about the answer, in words")
    counting: CountingDocument | None = key(
        "of how likely a choice is: what counting options would make it", left_out=True
    )
    arising: ArisingDocument | None = key(
        "of how likely a choice is at a decision that may not arise: how often it arises, and the choice then",
        left_out=True,
    )


EFFECT = (
    "the difference that one comparison is about, in the query's own unit: left minus right, of `not` the other way "
    "round, and of a difference that is compared with a number that difference itself; null for what is no comparison"
)


@document
class WorldShareDocument:
    """The weighted share of worlds in which something holds, 0 to 1."""

    value: float = key("the share")
    low: float = key("the lower end of its interval: the wider of two replicate errors and Wilson's at 99 in 100")
    high: float = key("its upper end")


@document
class SizeDocument:
    """How large the difference is that a comparison is about."""

    difference: float = key(
        "its weighted mean, in the unit named: the mean of `effect`, in percentage points a hundred times that"
    )
    unit: Literal["percentage points", "points of worth"] | None = key("its unit; null for plain numbers")
    small_in: float = key("the weighted share of worlds, 0 to 1, in which it is hardly any")
    hardly_any: bool = key("whether it is hardly any in most of them, whatever the verdict")
    edge: bool = key("whether other worlds may say otherwise of `hardly_any`: it is so in about half of them")


@document
class OtherFormDocument:
    """The same with every `do` as `do_foreseen`, and the reverse."""

    form: Literal["do", "do_foreseen"] = key("which form stands in it")
    set_aside: Sequence[str] = key("the evidence that its interventions set aside, as the case writes it")
    verdict: Verdict = key("its verdict")
    differs: bool = key("whether that is another one")
    share: WorldShareDocument | None = key("the share of worlds in which it holds; null where it is not testable")
    edge: Verdict | None = key("the verdict beyond a border that its share's interval reaches; null where it is clear")
    few_worlds: bool = key("whether fewer than 400 effective worlds count")
    few_edge: bool = key("whether as many other worlds may say otherwise of `few_worlds`")
    effect: SpreadDocument | None = key(EFFECT)


@document
class JudgementDocument:
    """What the worlds say of something that is true or false in each."""

    verdict: Verdict = key(
        "by the share: `holds` from .9 on, `leans_true` from .6, `toss_up` between .4 and .6, `leans_false` down to "
        "above .1, `fails` up to .1; `not_testable`. Of what hangs on numbers that nobody has put: `follows_proved` "
        "and `follows_searched` where none are against it, `contradicts` where none make it true, else `open`"
    )
    share: WorldShareDocument | None = key("the share of worlds in which it holds; null where it is not testable")
    edge: Verdict | None = key("the verdict beyond a border that the share's interval reaches; null where it is clear")
    few_worlds: bool = key("whether fewer than 400 effective worlds count and nothing is proved: `holds` is qualified")
    few_edge: bool = key("whether as many other worlds may say otherwise of `few_worlds`")
    not_testable: str | None = key("why it is not testable, in words")
    size: SizeDocument | None = key("how large the difference is that one comparison, or `not` of one, is about")
    no_size: str | None = key("why no one difference is its size, in words: it joins several statements")
    other_form: OtherFormDocument | None = key("the same with the other form of `do`; null without one")


@document
class LeftOutCheckDocument:
    """A check that weighs no world."""

    id: str = key("the check's name in the case")
    why: str = key("why it weighs none, in words")


@document
class AnchoredDocument:
    """What worlds are weighted by beside the evidence."""

    checks: Sequence[str] = key("the checks that weigh them, by their names in the case")
    discrepancy: float = key("the factor on the odds by which the case may miss each")
    left_out: Sequence[LeftOutCheckDocument] = key("checks that weigh no world")
    plausible: int = key("how many worlds miss none by more than three deviations")
    effective_worlds: float = key("how many equally weighted worlds are left")
    effective_before: float = key("how many the evidence alone leaves")


@document
class WorkDocument:
    """How far the work came."""

    complete: bool = key("whether all of it was done, or an interruption cut it short")
    not_converged: int = key("how many worlds could not be solved, which are in no answer")
    not_converged_worlds: Sequence[int] = key("their numbers, from 0")
    anchored: AnchoredDocument | None = key("by which checks worlds are weighted, where they are", left_out=True)


@document
class AskDocument(ResultDocument):
    """The answer to one query."""

    SCHEMA: ClassVar[str] = "quandary.ask/2"
    query: str = key("the query, as it was read")
    answer: AnswerDocument = key("the answer", inline=True)
    judgement: JudgementDocument | None = key("of what is true or false: its verdict", inline=True, left_out=True)
    not_converged: int | None = key("of a case: how many worlds could not be solved", left_out=True)
    not_converged_worlds: Sequence[int] | None = key("of a case: their numbers, from 0", left_out=True)
    complete: bool = key("whether all of the work was done, or an interruption cut it short")
    anchored: AnchoredDocument | None = key("by which checks worlds are weighted, where they are", left_out=True)
    fillings: FillingsDocument | None = key(
        "where the answer hangs on numbers that nobody has put: what it is over them; the answer is null then",
        left_out=True,
    )


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


def spread_document(answer: Answer, over: OverFillings | None = None) -> SpreadDocument:
    """Return how an answer is spread over the worlds; ``over`` fillings of unknown numbers it has no spread."""
    if over is not None:
        return SpreadDocument(None, None, None, None)
    return SpreadDocument(answer.mean, answer.median, answer.low, answer.high)


def error_spread_document(answer: Answer) -> ErrorSpreadDocument:
    """Return how an answer is spread over the worlds, with the error of its mean."""
    return ErrorSpreadDocument(answer.mean, answer.median, answer.low, answer.high, answer.mc_error)


def answer_document(answer: Answer, over: OverFillings | None = None) -> AnswerDocument:
    """Return an answer without its query.

    ``over`` fillings of unknown numbers it has no mean and no spread, which the drawing of fillings would make up.
    """
    found = _answer_document(answer)
    if over is None:
        return found
    bare = replace(found, mean=None, median=None, low=None, high=None, mc_error=None)
    return replace(bare, counting=None, arising=None, parts=None)


def _answer_document(answer: Answer) -> AnswerDocument:
    return AnswerDocument(
        mean=answer.mean,
        median=answer.median,
        low=answer.low,
        high=answer.high,
        mc_error=answer.mc_error,
        worlds=answer.worlds,
        effective_worlds=answer.effective_worlds,
        undefined=answer.undefined,
        undefined_worlds=_undefined(answer),
        undefined_because=answer.why_undefined or None,
        holds_in=answer.share,
        parts={name: spread_document(part) for name, part in answer.parts.items()} or None,
        set_aside=answer.dropped,
        notes=answer.notes,
        counting=counting_document(answer),
        arising=arising_document(answer),
    )


def arising_document(answer: Answer) -> ArisingDocument | None:
    """Return how often a choice arises, ``None`` for one that always does and for another answer."""
    found = answer.arising
    return None if found is None else ArisingDocument(found.decision, found.arises, found.then)


def counting_document(answer: Answer) -> CountingDocument | None:
    """Return what counting options makes of a choice, ``None`` for another answer."""
    found = answer.counting
    return None if found is None else CountingDocument(found.chance, found.counted, found.near, found.edge)


def _undefined(answer: Answer) -> list[int]:
    """Return the numbers of the worlds that count and have no value."""
    found: list[int] = np.flatnonzero(np.isnan(answer.draws) & (answer.weights > 0)).tolist()
    return found


def judgement_document(test: TestResult) -> JudgementDocument:
    """Return what the worlds say of a reading."""
    return JudgementDocument(
        verdict=test.verdict,
        share=share_document(test.share),
        edge=test.edge,
        few_worlds=test.few_worlds,
        few_edge=test.few_edge,
        not_testable=test.reason,
        size=None if test.size is None else _size(test.size),
        no_size=NO_SIZE if test.joins else None,
        other_form=None if test.other is None else _other(test.other, test.forms_differ),
    )


def share_document(share: Share | None) -> WorldShareDocument | None:
    """Return a share with its interval."""
    return None if share is None else WorldShareDocument(share.share, share.low, share.high)


def _size(size: Size) -> SizeDocument:
    whole = 100.0 if size.unit == "percentage points" else 1.0
    return SizeDocument(whole * size.difference, size.unit, size.small_in, size.hardly_any, size.edge)


def _other(other: OtherForm, differs: bool) -> OtherFormDocument:
    effect = None if other.effect is None else spread_document(other.effect)
    share = share_document(other.share)
    few = other.few_worlds, other.few_edge
    return OtherFormDocument(other.form, other.set_aside, other.verdict, differs, share, other.edge, *few, effect)


def work_document(lost: Sequence[int], *, complete: bool = True) -> WorkDocument:
    """Return how far the work came; ``lost`` are the worlds that did not converge."""
    return WorkDocument(complete, len(lost), lost, None)


def anchored_document(run: Run) -> AnchoredDocument | None:
    """Return by which checks the worlds of a run are weighted, ``None`` where they are not."""
    found = run.anchored
    if found is None:
        return None
    left_out = [LeftOutCheckDocument(name, why) for name, why in found.left_out]
    effective = run.effective_worlds, found.effective_before
    return AnchoredDocument(found.checks, found.discrepancy, left_out, found.plausible, *effective)


def work_of_run(run: Run) -> WorkDocument:
    """Return how far a run came."""
    return replace(work_document(run.unconverged, complete=run.complete), anchored=anchored_document(run))


def ask_document(
    answer: Answer, judged: TestResult | None, run: Run | None = None, fillings: OverFillings | None = None
) -> AskDocument:
    """Return the answer to a query; ``judged`` is what is said of one that is true or false.

    ``run`` says how its worlds were made (``None``: of a game file). An answer over ``fillings`` of unknown numbers has
    no mean and no spread, which the drawing of fillings would make up.
    """
    lost = None if run is None else run.unconverged
    many = None if lost is None else len(lost)
    complete, anchored = (True, None) if run is None else (run.complete, anchored_document(run))
    found = answer_document(answer, fillings)
    over = fillings_document(fillings)
    if judged is None:
        return AskDocument(answer.query, found, None, many, lost, complete, anchored, over)
    bare = replace(found, holds_in=None)
    return AskDocument(answer.query, bare, judgement_document(judged), many, lost, complete, anchored, over)
