"""The case's leading question: what it asks first, and its query."""

from __future__ import annotations

from dataclasses import dataclass

from quandary.ask.query.combining import is_truth
from quandary.case.model import Case
from quandary.language import heads
from quandary.language.syntax import Expression, Name


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
