"""What a name in the output stands for: claims, questions, checks, states, events, numbers, lines, queries."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from quandary.ask.claims.headline import headline_query
from quandary.ask.query.queries import until
from quandary.base.places import NOWHERE, Place
from quandary.base.problems import Problem, Refusal, nearest
from quandary.case.logic.conditions import options_of, states_of
from quandary.case.model import Case, DecisionEvent, Forecast
from quandary.compile.numbers import UncertainNumber
from quandary.language import heads
from quandary.language.parser import parse_query
from quandary.language.printing import written
from quandary.language.syntax import Expression, Is, Name
from quandary.language.vocabulary import NOT_ARISING
from quandary.report.words.headline import leading_title
from quandary.report.words.naming.letters import sentence
from quandary.report.words.naming.names import CaseNames
from quandary.report.words.naming.quantities import quantity_words
from quandary.report.words.naming.queries import query_title
from quandary.report.words.questions import check_title, claim_title, question_title
from quandary.report.words.wording import day, listing

HEADLINE = "headline"
KINDS = frozenset({"claim", "question", "check", "forecast", "event", "state", "number", HEADLINE})


@dataclass(frozen=True)
class ExplainedSubject:
    """One thing to explain that has an answer: ``kind`` and ``id`` name it, ``what`` says it in words.

    ``because``, ``source`` and ``quote`` are those that the case gives for it; ``evidence`` says whether it is asked
    with what was seen, ``until`` up to which day (``None``: all of it); ``on`` is the day on which a claim was made.
    """

    kind: str
    id: str
    what: str
    query: Expression
    written: str
    place: Place = NOWHERE
    because: str | None = None
    source: str | None = None
    quote: str | None = None
    evidence: bool = True
    until: date | None = None
    on: date | None = None


@dataclass(frozen=True)
class Named:
    """Everything that a name stands for."""

    subjects: tuple[ExplainedSubject, ...]
    numbers: tuple[UncertainNumber, ...]


def named(case: Case, numbers: tuple[UncertainNumber, ...], thing: str) -> Named:
    """Return what a name stands for; ``claim:``, ``question:`` and the like before it pick one kind.

    A variable stands for its states and the uncertain numbers it is made of. Refuses (Q852) a name that stands for
    nothing, with the nearest one; a faulty query raises ``CaseError``.
    """
    wanted = thing.strip()
    rest, found = _known(case, numbers, wanted)
    if found.subjects or found.numbers:
        return found
    if "(" in wanted:
        query = parse_query(wanted, replace(NOWHERE, lines=tuple(wanted.splitlines())))
        return Named((ExplainedSubject("query", wanted, wanted, query, wanted),), ())
    raise Refusal(_unexplained(case, numbers, rest))


def stands_for_something(case: Case, numbers: tuple[UncertainNumber, ...], thing: str) -> bool:
    """Return whether a text is a name of something with an answer or a number, and no query written out."""
    _, found = _known(case, numbers, thing.strip())
    return bool(found.subjects or found.numbers)


def _known(case: Case, numbers: tuple[UncertainNumber, ...], wanted: str) -> tuple[str, Named]:
    """Return a name without its kind, and everything of the case that it stands for."""
    kind, colon, rest = wanted.partition(":")
    if not colon or kind not in KINDS:
        kind, rest = "", wanted
    name = rest.strip()
    subjects = tuple(s for s in _subjects(case) if _fits(s, name) and kind in ("", s.kind))
    return name, Named(subjects, _numbers(numbers, name) if kind in ("", "number") else ())


def every_reading(case: Case) -> Iterator[ExplainedSubject]:
    """Yield the headline, the questions and the claims' readings: the answers a number may move."""
    yield from (s for s in _subjects(case) if s.kind in (HEADLINE, "question", "claim"))


def _fits(subject: ExplainedSubject, name: str) -> bool:
    plain = re.sub(r"\s*=\s*", "=", name)
    whole = {"claim": ".", "state": "="}.get(subject.kind)
    return plain == subject.id or (whole is not None and plain == subject.id.partition(whole)[0])


def _unexplained(case: Case, numbers: tuple[UncertainNumber, ...], name: str) -> Problem:
    """Return the fault for a name that nothing in the output has; one that the case has is told what it is."""
    kinds: list[tuple[str, Iterable[str]]] = [
        ("a claim without a test", [claim.id for claim in case.claims]),
        ("an actor", case.actors),
        ("an assumption", case.assumptions),
        ("a source", case.sources),
        ("a stake", [f"{stake.actor}.{stake.id}" for stake in case.stakes] + [stake.id for stake in case.stakes]),
        ("a state", [state for item in case.story for state in options_of(item)]),
    ]
    what = next((kind for kind, names in kinds if name in names), None)
    if what is None:
        known = [s.id for s in _subjects(case)] + [n.name for n in numbers] + [item.id for item in case.story]
        known += [f"{item.by}.{item.id}" for item in case.story if isinstance(item, DecisionEvent)]
        hint = nearest(name, known) or "name a claim, question, check, state (x = v), number or line of the case"
        return Problem("Q852", f'nothing in the output is called "{name}"', hint=hint)
    owners = [f"{item.id}={name}" for item in case.story if name in options_of(item)]
    if what == "a state":
        return Problem("Q852", f'"{name}" is a state, and needs its variable', hint=f"name {listing(owners, 'or')}")
    message = f'"{name}" is {what}, with no answer and no uncertain number of its own to explain'
    return Problem(
        "Q852", message, hint="name a claim with a test, a question, a state (x = v) or a query such as P(...)"
    )


def _subjects(case: Case) -> Iterator[ExplainedSubject]:
    names, leading = CaseNames(case), headline_query(case)
    if leading is not None:
        query = leading.query
        yield ExplainedSubject(HEADLINE, HEADLINE, leading_title(names, leading), query, written(query), query.place)
    for claim in case.claims:
        for test in claim.tests:
            name = claim.id if len(claim.tests) == 1 else f"{claim.id}.{test.name}"
            yield ExplainedSubject(
                "claim",
                name,
                claim_title(names, claim, test.name),
                test.query,
                test.written,
                test.place,
                claim.note,
                claim.source,
                claim.quote,
                until=until(case, claim),
                on=claim.on,
            )
    for question in case.questions:
        asks = question_title(names, question)
        yield ExplainedSubject("question", question.id, asks, question.query, question.written, question.place)
    for check in case.checks:
        given = check.range
        yield ExplainedSubject(
            "check",
            check.id,
            f"{check_title(names, check)}, known to be {quantity_words(names, given.quantity)}",
            check.query,
            check.written,
            check.place,
            given.because,
            given.source,
            given.quote,
            check.with_evidence,
        )
    for forecast in case.forecasts:
        what = _forecast_said(names, forecast)
        yield ExplainedSubject("forecast", forecast.id, what, forecast.query, forecast.written, forecast.place)
    for event in case.events.values():
        query = heads.P.of(Name((event.id,)))
        what = f"{sentence(names.event(event.id))}: {names.clause(event.condition)}"
        yield ExplainedSubject("event", event.id, what, query, written(query), event.place)
    yield from _states(case, names)


def _forecast_said(names: CaseNames, forecast: Forecast) -> str:
    """Return what is forecast, and by which rule history will say whether it came true."""
    what = forecast.title or query_title(names, forecast.query)
    if forecast.rule is None:
        return what if forecast.until is None else f"{what}, by {day(forecast.until)}"
    by = "" if forecast.until is None else f" by {day(forecast.until)}"
    return f"{what}; settled as true if{by} this is so: {forecast.rule}"


def _states(case: Case, names: CaseNames) -> Iterator[ExplainedSubject]:
    for item in case.story:
        for state in states_of(item):
            query = heads.P.of(Is(Name((item.id,)), (state,)))
            what = f"{names.variable(item.id)}: {names.state(item.id, state)}"
            name = f"not arises({item.id})" if state == NOT_ARISING else f"{item.id}={state}"
            yield ExplainedSubject("state", name, what, query, written(query), item.place)


def _numbers(numbers: tuple[UncertainNumber, ...], name: str) -> tuple[UncertainNumber, ...]:
    line = re.fullmatch(r"(?:.*\.ya?ml:|lines? )?(\d+)(?::\d+)?", name)
    if line:
        return tuple(n for n in numbers if n.place.line == int(line[1]))
    exact = tuple(n for n in numbers if name in (n.name, n.path, n.assumption))
    if exact:
        return exact
    return tuple(n for n in numbers if n.assumption is None and name in (*n.role.of, ".".join(n.role.of)))
