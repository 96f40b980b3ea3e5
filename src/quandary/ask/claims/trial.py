"""A trial of a case: what a run would find wrong with it, from a few worlds.

Loading a case finds what is wrong with its text. What is left is wrong with its numbers: odds above 100 %, weights of
nothing, evidence that cannot be, ranges that no answer can reach, choices that cannot be solved. A run would find it;
so the case is run, in as few worlds as can be drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from functools import partial

from quandary.ask.answer import Answer
from quandary.ask.claims.checks import check_queries
from quandary.ask.claims.claims import readings
from quandary.ask.claims.findings import findings
from quandary.ask.claims.questions import question_queries
from quandary.ask.games.dependence import moved_by_own, true_graph, without_idle
from quandary.ask.query.queries import prepare
from quandary.ask.study import Study
from quandary.base.places import Place
from quandary.base.problems import CaseError, Problem, Refusal, Severity
from quandary.case.model import Case, DecisionEvent
from quandary.quantities.design import Design
from quandary.quantities.worlds import FEWEST_WORLDS

DRAWN = 10_000
"""Worlds drawn and not solved: as many as a run draws, for what may be wrong with one in a thousand."""

ENOUGH = 500
"""Worlds in which something has to go wrong in every one before a case is blamed for it."""


def trial(case: Case) -> tuple[Problem, ...]:
    """Return the faults that a run of the case would find, and warnings of what is asked and has no value.

    Warned of too is a decision that changes nothing its owner cares about.

    Evidence later than the case's own day is tried too: it waits for a later ``--as-of``.
    """
    study = Study(case, worlds=FEWEST_WORLDS, threads=1)
    found = dict.fromkeys(_problems_of(lambda: study.model.draw(Design(study.seed, DRAWN))))
    if not found:
        found |= dict.fromkeys(_problems_of(lambda: tuple(_without_stake(study))))
        found |= dict.fromkeys(_in_few_worlds(case, case.as_of, _without_value))
    last = max((item.on for item in case.evidence), default=case.as_of)
    if last > case.as_of and not any(problem.is_error for problem in found):
        found |= dict.fromkeys(_in_few_worlds(case, last, _impossible))
    return tuple(found)


def _without_stake(study: Study) -> Iterator[Problem]:
    """Yield a warning (Q526) for each decision that can change no stake of the actor who makes it."""
    for item in without_own_stake(study):
        message = f'"{item.id}" changes nothing that "{item.by}" cares about, so that its options are chosen evenly'
        hint = f"give {item.by} a stake that this decision can change, or make it a chance event"
        yield Problem("Q526", message, item.place, hint, Severity.WARNING)


def without_own_stake(study: Study) -> tuple[DecisionEvent, ...]:
    """Return the decisions that can change no stake of the actor who makes them, by what the case says."""
    diagram = without_idle(study.model, study.probe.diagram)
    graph = true_graph(study.model, study.probe.diagram)
    deciding = (item for item in study.case.story if isinstance(item, DecisionEvent) and len(item.options) > 1)
    return tuple(item for item in deciding if not moved_by_own(graph, diagram, item.id, item.by))


def _without_value(study: Study) -> Iterator[Problem]:
    """Yield a warning for each thing asked that is refused (Q524), or has no value in some worlds (Q523).

    All of them are asked.
    """
    forecasts = [(item, prepare(study.case, item.query, item.written)) for item in study.case.forecasts]
    yield from _refused(study)
    forecasts = [(item, query) for item, query in forecasts if study.refusal(query) is None]
    found = findings(study, also=[query for _, query in forecasts])
    asked: list[tuple[str, Place, Answer]] = []
    for claim in found.claims:
        places = {reading.name: reading.place for reading in claim.claim.tests}
        asked += [(f'"{claim.claim.id}"', places[test.name], test.answer) for test in claim.tests]
    asked += [(f'the question "{one.question.id}"', one.question.place, one.answer) for one in found.questions]
    asked += [(f'the check "{one.check.id}"', one.check.place, one.answer) for one in found.checks]
    asked += [(f'the forecast "{item.id}"', item.place, study.answer(query)) for item, query in forecasts]
    for what, place, answer in asked:
        values = answer.parts.values() or (answer,)
        count, why = max((one.undefined, one.why_undefined) for one in values)
        if count:
            every = all(one.mean is None for one in values)
            where = "any world" if every else f"{count} of the {study.worlds:,} worlds tried"
            told = "; ".join((why, *answer.notes)) if every else why
            hint = "ask of what can happen, or leave the evidence out of it" if every else None
            yield Problem("Q523", f"{what} has no value in {where}: {told}", place, hint, Severity.WARNING)


def _refused(study: Study) -> Iterator[Problem]:
    """Yield a warning for each thing asked that compares things as they stand with a world in which less was seen."""
    case = study.case
    asked = [(one.reading.query, one.test.place) for one in readings(case)]
    asked += [(query, question.place) for question, query in question_queries(case)]
    asked += [(query, check.place) for check, query in check_queries(case)]
    asked += [(prepare(case, item.query, item.written), item.place) for item in case.forecasts]
    for query, place in asked:
        problem = study.refusal(query)
        if problem is not None:
            yield replace(problem, place=place, severity=Severity.WARNING)


def _impossible(study: Study) -> Iterator[Problem]:
    """Solve a study with its evidence, which raises for evidence that cannot be; yield nothing."""
    study.need([])
    yield from ()


def _in_few_worlds(case: Case, day: date, ask: Callable[[Study], Iterator[Problem]]) -> tuple[Problem, ...]:
    """Return the faults of asking in a few worlds, where more worlds have them too."""
    found: tuple[Problem, ...] = ()
    for worlds in (FEWEST_WORLDS, ENOUGH):
        found = _problems_of(partial(_all, ask, Study(case, worlds=worlds, as_of=day, threads=1)))
        if not found:
            break
    return found


def _all(ask: Callable[[Study], Iterator[Problem]], study: Study) -> tuple[Problem, ...]:
    return tuple(ask(study))


def _problems_of(work: Callable[[], object]) -> tuple[Problem, ...]:
    """Return the faults that work raises, or the warnings that it returns."""
    try:
        warned = work()
    except CaseError as error:
        return error.problems
    except Refusal as refusal:
        return (refusal.problem,)
    return warned if isinstance(warned, tuple) else ()
