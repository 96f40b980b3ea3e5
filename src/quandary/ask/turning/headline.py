"""The headline: the case's leading question, its answer, and what would put that on the other side.

An *unless* is a number of the case that flips the answer, as ``flips`` finds it: the value beyond which the answer is
more often on the other side of its level than not.
"""

from __future__ import annotations

from dataclasses import dataclass

from quandary.ask.answer import Answer
from quandary.ask.claims.headline import LeadingQuestion
from quandary.ask.query.queries import Query
from quandary.ask.study import Study
from quandary.ask.turning.flips import Flip, single_flips
from quandary.base.problems import Refusal
from quandary.language.syntax import Expression

MOST_UNLESSES = 3
"""How many are named."""


@dataclass(frozen=True, eq=False)
class Headline:
    """The leading question, its answer, and up to three numbers that alone flip it, the one that carries most first."""

    leading: LeadingQuestion
    answer: Answer
    unlesses: tuple[Flip, ...]

    @property
    def asks(self) -> str:
        """Return the question as an answer follows it."""
        return self.leading.asks

    @property
    def query(self) -> Expression:
        """Return the question's query."""
        return self.leading.query

    @property
    def unless(self) -> Flip | None:
        """Return the number that flips the answer and carries most of it, where one does."""
        return self.unlesses[0] if self.unlesses else None


def headline_of(study: Study, leading: LeadingQuestion, query: Query) -> Headline:
    """Return the headline of a query that the study has answered; of too few worlds nothing is said to flip it."""
    try:
        unlesses = single_flips(study, query)[:MOST_UNLESSES]
    except Refusal:
        unlesses = ()
    return Headline(leading, study.answer(query), unlesses)
