"""The headline from a critic's side: others' views, how options were listed, counting options, bounds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TypeGuard

from quandary.ask.answer import CountedChoice
from quandary.ask.changes.clones import MOST_MOVED, Clones
from quandary.ask.changes.variants import VariantStudy
from quandary.ask.outside import OutsideComparison, OutsideFigure
from quandary.ask.query.queries import Query
from quandary.ask.results import AnswerBounds, QuestionResult
from quandary.ask.study import Study
from quandary.ask.turning.flips import sample_of
from quandary.ask.turning.headline import Headline
from quandary.ask.why.critique.items import (
    AsKinds,
    Carrying,
    CriticItem,
    FarFromOutside,
    Grade,
    HeadlineBounds,
    HowListed,
    NearCoinFlip,
)
from quandary.base.places import NOWHERE
from quandary.base.problems import CaseError, Refusal
from quandary.case.logic.conditions import mentioned, states_of
from quandary.case.model import DecisionEvent, OptionKind
from quandary.compile.counting import counted
from quandary.language import heads
from quandary.language.printing import written
from quandary.language.syntax import Expression
from quandary.quantities.estimate import log_odds
from quandary.quantities.influence import Columns, first_order

FAR = 3.0
"""An answer is far from a view where its odds are so many times as high or as low, and outside the view's range."""

BADLY_LISTED = 0.1
"""A headline that one option, listed twice, moves by more than this should not be used as it is."""


def far_from_outside(compared: Sequence[OutsideComparison], leading: Expression | None) -> Iterator[CriticItem]:
    """Yield the answers that are far from what others say of the same event: those of the headline are serious."""
    for one in compared:
        far = tuple(figure for figure in one.figures if _is_far(one.inside.mean, figure))
        is_headline = leading is not None and written(leading) == written(heads.P.of(one.event))
        if far:
            yield CriticItem(Grade.SERIOUS if is_headline else Grade.KNOW, FarFromOutside(one, far, is_headline))


def _is_far(inside: float | None, figure: OutsideFigure) -> bool:
    if inside is None:
        return False
    low = figure.probability if figure.low is None else figure.low
    high = figure.probability if figure.high is None else figure.high
    if low <= inside <= high:
        return False
    if not (0 < inside < 1 and 0 < figure.probability < 1):
        return True
    return bool(abs(log_odds(inside) - log_odds(figure.probability)) >= float(log_odds(FAR / (1 + FAR))))


def how_listed(few: Study, query: Query, found: Clones | None) -> Iterator[CriticItem]:
    """Yield that the headline depends on how options were listed, with what grouping them by kinds makes of it."""
    if found is None or not found.depends:
        return
    grade = Grade.SERIOUS if abs(found.depends[0].move) > BADLY_LISTED else Grade.KNOW
    yield CriticItem(grade, HowListed(found, _as_kinds(few, query)))


def _as_kinds(few: Study, query: Query) -> AsKinds | None:
    """Return the headline with its options at the one decision that it names as one kind, each other option apart.

    Where it names one option only, the others are one kind. ``None`` for a headline that is no event of one decision's
    options, and where that has ``usual`` or ``kinds`` already.
    """
    inquiries = query.all_inquiries
    target = inquiries[0].target if len(inquiries) == 1 else None
    names = () if target is None else mentioned(few.case, target)
    item = few.case.variable(names[0]) if len(names) == 1 else None
    if target is None or not isinstance(item, DecisionEvent) or item.usual or item.kinds:
        return None
    is_so = counted(few.case, target).table.values.reshape(len(states_of(item)), -1)[:, 0] > 0
    inside = tuple(option for option, so in zip(states_of(item), is_so, strict=True) if so and option in item.options)
    together = inside if len(inside) > 1 else tuple(option for option in item.options if option not in inside)
    if not inside or len(together) < 2 or len(together) == len(item.options):
        return None
    apart = [(option,) for option in item.options if option not in together]
    kinds = tuple(OptionKind(f"kind {number}", some, NOWHERE) for number, some in enumerate((together, *apart)))
    story = tuple(replace(one, kinds=kinds) if one is item else one for one in few.case.story)
    try:
        variant = VariantStudy(few, case=replace(few.case, story=story))
        variant.need([query])
        mean = variant.answer(query).mean
    except (CaseError, Refusal):
        return None
    return None if mean is None else AsKinds(item, together, mean)


def near_coin_flips(headline: Headline | None, questions: Sequence[QuestionResult]) -> Iterator[CriticItem]:
    """Yield the choices asked about that come out near what counting options gives, or may do so; headline first."""
    asked = "" if headline is None else written(headline.query)
    if headline is not None and _perhaps_a_flip(headline.answer.counting):
        yield CriticItem(Grade.KNOW, NearCoinFlip(None, headline.query, headline.answer.counting))
    for one in questions:
        counting = one.answer.counting
        if _perhaps_a_flip(counting) and written(one.question.query) != asked:
            yield CriticItem(Grade.KNOW, NearCoinFlip(one.question, one.question.query, counting))


def _perhaps_a_flip(counting: CountedChoice | None) -> TypeGuard[CountedChoice]:
    return counting is not None and (counting.near or counting.edge)


def bounds_of(study: Study, query: Query, found: AnswerBounds | None) -> Iterator[CriticItem]:
    """Yield the least and the most that the ranges allow of the headline."""
    if found is None or found.high - found.low <= MOST_MOVED:
        return
    yield CriticItem(Grade.NOTE, HeadlineBounds(found.low, found.high, found.searched, most_carrying(study, query)))


def most_carrying(study: Study, query: Query) -> Carrying | None:
    """Return the number that carries most of an answer's doubt; ``None`` where too few worlds count to say."""
    try:
        sample, kept = sample_of(study, query)
    except Refusal:
        return None
    shares = first_order(Columns(study.uniforms, kept), sample)
    name = max(shares, key=lambda one: shares[one].value, default=None)
    if name is None or not shares[name].low > 0:
        return None
    numbers = {number.name: number for number in study.model.quantities}
    return Carrying(numbers[name], min(shares[name].value, 1.0))
