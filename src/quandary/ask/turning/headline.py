"""The headline: the case's leading question, its answer, and what would put that on the other side.

An *unless* is a number of the case that flips the answer, as ``flips`` finds it: the value beyond which the answer is
more often on the other side of its level than not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from quandary.ask.answer import Answer
from quandary.ask.claims.headline import LeadingQuestion
from quandary.ask.claims.resting.bounds import answer_bounds
from quandary.ask.claims.resting.rests import answer_side
from quandary.ask.query.queries import Query
from quandary.ask.results import AnswerBounds, AnswerSide, QuestionResult
from quandary.ask.study import Study
from quandary.ask.turning.flips import level_of, single_flips
from quandary.base.problems import Refusal
from quandary.compile.numbers import UncertainNumber
from quandary.language.syntax import Expression
from quandary.quantities.influence import in_order

MOST_UNLESSES = 3
"""How many are named."""


@dataclass(frozen=True, eq=False)
class Unless:
    """Beyond ``threshold`` (``above`` it or below) a number flips the answer; its mean there is ``mean``.

    ``beyond`` is the probability of that in the analyst's range; ``reach`` how far other worlds may move the mean.
    """

    number: UncertainNumber
    above: bool
    threshold: float
    mean: float
    beyond: float
    reach: float | None = None


@dataclass(frozen=True, eq=False)
class Headline:
    """The leading question, its answer, and up to three numbers that surely flip it alone.

    The one that carries most comes first. ``side`` is what decides on which side of its level it lies, ``bounds`` the
    least and the most that the ranges allow (``None`` where neither was looked into).
    """

    leading: LeadingQuestion
    answer: Answer
    unlesses: tuple[Unless, ...]
    side: AnswerSide | None = None
    bounds: AnswerBounds | None = None

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
        """Return the number that flips the answer and carries most of it, where one does."""
        return self.unlesses[0] if self.unlesses else None


def headline_of(study: Study, leading: LeadingQuestion, query: Query) -> Headline:
    """Return the headline of a query that the study has answered; of too few worlds nothing is said to flip it.

    Nothing does either where the answer lies so near to its level that other worlds may put it on the other side.
    """
    answer = study.answer(query)
    if answer.mean is not None and abs(answer.mean - level_of(query)) <= (answer.reach or 0.0):
        return Headline(leading, answer, ())
    return Headline(leading, answer, tuple(_unlesses(study, query))[:MOST_UNLESSES])


def looked_into(study: Study, headline: Headline, query: Query, questions: Sequence[QuestionResult]) -> Headline:
    """Return the headline with its side and its bounds: those of the question that it is, else found now."""
    for one in questions:
        if one.question.query == headline.query:
            return replace(headline, side=one.side, bounds=one.bounds)
    if study.refusal(query) is not None:
        return headline
    return replace(headline, side=answer_side(study, headline.query), bounds=answer_bounds(study, query))


def _unlesses(study: Study, query: Query) -> Iterator[Unless]:
    try:
        found = single_flips(study, query)
    except Refusal:
        return
    indices = {flip.number.name: flip.influence for flip in found}
    flips = {flip.number.name: flip for flip in found}
    for name in in_order(indices, [number.name for number in study.model.quantities]):
        turn = flips[name].turn
        if turn is not None and turn.is_sure:
            yield Unless(flips[name].number, turn.above, turn.threshold, turn.mean, turn.beyond, turn.reach)
