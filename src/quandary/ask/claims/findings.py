"""Everything a run finds, from one pass over the worlds: outcomes, claims, questions, checks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from quandary.ask.claims.by_construction import Budget
from quandary.ask.claims.checks import check_queries, check_results
from quandary.ask.claims.claims import ClaimReading, claim_results, readings
from quandary.ask.claims.judging import accepted
from quandary.ask.claims.outcomes import outcome_queries, outcomes
from quandary.ask.claims.questions import question_queries, question_results
from quandary.ask.games.reckoning import Reckoned, reckoned
from quandary.ask.query.queries import Query
from quandary.ask.results import Findings
from quandary.ask.study import Study
from quandary.base.problems import CaseError, Problem
from quandary.case.model import Case

Ready = TypeVar("Ready")


def findings(study: Study, budget: Budget | None = None, also: Sequence[Query] = ()) -> Findings:
    """Return everything the study's case asks for.

    ``budget`` is that of the search for counter-examples, ``None`` to leave it out. ``also`` are queries that the
    same pass shall answer. Raises ``CaseError`` with the
    faults of all queries at once.
    """
    problems: list[Problem] = []
    tests = _ready(study.case, readings, problems)
    questions = _ready(study.case, question_queries, problems)
    checks = _ready(study.case, check_queries, problems)
    if problems:
        raise CaseError(dict.fromkeys(problems))
    states = outcome_queries(study.case)
    study.need([*also, *accepted(study, _asked(tests, questions, checks, states))])
    if not study.run.complete:
        budget = None
    claims = claim_results(study, tests, budget)
    return Findings(
        run=study.run,
        outcomes=outcomes(study, states),
        claims=claims,
        questions=question_results(study, questions),
        checks=check_results(study, checks),
    )


def reckoned_findings(study: Study) -> Reckoned:
    """Return what the findings take in one world, without solving any.

    Raises ``TooLarge`` (Q421) where that is more memory than is allowed, ``CaseError`` with the faults of a query.
    """
    case = study.case
    asked = _asked(readings(case), question_queries(case), check_queries(case), outcome_queries(case))
    inquiries = dict.fromkeys(inquiry for query in accepted(study, asked) for inquiry in query.all_inquiries)
    return reckoned(case, study.probe, study.games(tuple(inquiries)))


def _asked(
    tests: tuple[ClaimReading, ...],
    questions: Sequence[tuple[object, Query]],
    checks: Sequence[tuple[object, Query]],
    states: Mapping[str, Mapping[str, Query]],
) -> list[Query]:
    """Return every query of the findings."""
    return [
        *(query for one in tests for query in one.reading.queries),
        *(query for _, query in questions),
        *(query for _, query in checks),
        *(query for queries in states.values() for query in queries.values()),
    ]


def _ready(case: Case, make: Callable[[Case], tuple[Ready, ...]], problems: list[Problem]) -> tuple[Ready, ...]:
    try:
        return make(case)
    except CaseError as fault:
        problems.extend(fault.problems)
        return ()
