"""The first line of every output: an English sentence with word, percent, interval and the nearest "unless"."""

from __future__ import annotations

from quandary.ask.answer import Answer
from quandary.ask.claims.headline import LeadingQuestion
from quandary.ask.turning.headline import Unless
from quandary.language.heads import Unit
from quandary.language.printing import written
from quandary.report.words.naming.letters import sentence as capitalised
from quandary.report.words.naming.names import CaseNames
from quandary.report.words.naming.numbers import number_name, value_said
from quandary.report.words.naming.queries import query_title
from quandary.report.words.questions import undefined_in_every_world
from quandary.report.words.record import Report
from quandary.report.words.units import interval_said, likely, said, said_interval, unit_told
from quandary.report.words.wording import percent


def leading_title(names: CaseNames, leading: LeadingQuestion) -> str:
    """Return the leading question as it is asked, or its query in words where it has none."""
    if leading.named:
        return query_title(names, leading.query)
    return f"{leading.asks} [{written(leading.query)}]" if names.code else leading.asks


def headline_sentence(report: Report) -> str:
    """Return the headline as one sentence; without a leading question it says what was run."""
    headline = report.headline
    if headline is None:
        return f"{report.case.title}: the case asks no question; what happens is below."
    answer, unit = headline.answer, unit_told(headline.query)
    asks = leading_title(report.names, headline.leading) + (":" if headline.leading.named else "")
    if answer.mean is None:
        said_so = undefined_in_every_world(answer)
        return f"{asks} {capitalised(said_so)}."
    sentence = likely(answer, headline.query, report.case.words)
    if not answer.is_truth:
        sentence += f" ({interval_titled(answer, unit)})"
    sentence = capitalised(sentence)
    if headline.unless is not None:
        sentence += f", unless {unless_clause(headline.unless, report.names, unit)}"
    return f"{asks} {sentence}."


def interval_titled(answer: Answer, unit: Unit) -> str:
    """Return ``90 % interval 34 to 82 %``; what is no such interval speaks for itself."""
    told = interval_said(answer, unit)
    return f"90 % interval {told}" if told == said_interval(answer.low, answer.high, unit) else told


def unless_clause(unless: Unless, names: CaseNames, unit: Unit) -> str:
    """Return ``X is above 40 % (19 % likely by its range): then 61 %``."""
    side = "above" if unless.above else "below"
    name = number_name(names, unless.number)
    threshold = value_said(unless.number, unless.threshold)
    then = f"{'in ' if unit is Unit.WORLDS else ''}{said(unless.mean, unit)}"
    return f"{name} is {side} {threshold} ({percent(unless.beyond)} likely by its range): then {then}"
