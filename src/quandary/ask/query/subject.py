"""The subject of a question about an answer: a claim's readings, a question or forecast of the case, or any query."""

from __future__ import annotations

import re
from dataclasses import dataclass

from quandary.ask.query.queries import Query, prepare, until
from quandary.base.places import NOWHERE, Place
from quandary.base.problems import Problem, Refusal, nearest
from quandary.case.model import Case, Claim, Forecast, Question
from quandary.language import heads
from quandary.language.parser import parse_query
from quandary.language.syntax import Name

NAME = re.compile(r"[\w-]+")


@dataclass(frozen=True)
class AskedSubject:
    """What is looked into. ``title`` says what was named; ``claim`` and ``test`` are set for a claim's reading.

    ``item`` is the question or forecast that it is.
    """

    title: str
    query: Query
    claim: Claim | None = None
    test: str | None = None
    item: Question | Forecast | None = None


def subjects(case: Case, thing: str, test: str | None = None, place: Place = NOWHERE) -> tuple[AskedSubject, ...]:
    """Return what ``thing`` names: every reading of a claim (or the one named ``test``), a question, a forecast, an
    event's probability; anything else is read as a query, whose faults carry ``place``.

    Raises ``Refusal``: Q560 nothing of that name, Q561 a claim without a reading, Q562 a claim without that reading;
    ``CaseError`` with every fault of a query.
    """
    thing = thing.strip()
    for claim in case.claims:
        if claim.id == thing:
            return _readings(case, claim, test)
    if test is not None:
        hint = nearest(thing, [claim.id for claim in case.claims])
        raise Refusal(Problem("Q560", f'there is no claim "{thing}" whose reading "{test}" could be meant', hint=hint))
    for question in case.questions:
        if question.id == thing:
            query = prepare(case, question.query, question.written)
            return (AskedSubject(question.asks or thing, query, item=question),)
    for forecast in case.forecasts:
        if forecast.id == thing:
            query = prepare(case, forecast.query, forecast.written)
            return (AskedSubject(f"Forecast {thing}", query, item=forecast),)
    if thing in case.events:
        return (AskedSubject(f"Event {thing}", prepare(case, heads.P.of(Name((thing,))))),)
    if NAME.fullmatch(thing):
        raise Refusal(_unknown(case, thing))
    return (AskedSubject(thing, prepare(case, parse_query(thing, place), thing)),)


def _readings(case: Case, claim: Claim, wanted: str | None) -> tuple[AskedSubject, ...]:
    if not claim.tests:
        why = claim.not_testable or claim.note or f"it is of the kind {claim.kind}"
        hint = "ask about a query instead, for example P(...)"
        raise Refusal(Problem("Q561", f'the claim "{claim.id}" carries no reading: {why}', claim.place, hint))
    names = [test.name for test in claim.tests]
    if wanted is not None and wanted not in names:
        hint = nearest(wanted, names) or f"its readings are {', '.join(names)}"
        raise Refusal(Problem("Q562", f'the claim "{claim.id}" has no reading "{wanted}"', claim.place, hint))
    return tuple(
        AskedSubject(
            f"{claim.id}, {test.name}",
            prepare(case, test.query, test.written, until=until(case, claim)),
            claim,
            test.name,
        )
        for test in claim.tests
        if wanted in (None, test.name)
    )


def _unknown(case: Case, thing: str) -> Problem:
    known = [claim.id for claim in case.claims if claim.tests]
    known += [question.id for question in case.questions] + [forecast.id for forecast in case.forecasts]
    known += list(case.events)
    hint = nearest(thing, known) or f"name one of {', '.join(dict.fromkeys(known))}, or write a query such as P(...)"
    return Problem("Q560", f'the case has no claim, question, forecast or event "{thing}"', hint=hint)
