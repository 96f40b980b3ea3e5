"""Everything a run finds, from one pass over the worlds: outcomes, claims, questions, checks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from quandary.ask.claims.checks import check_queries, check_results, joint_checks
from quandary.ask.claims.claims import ClaimReading, claim_results, readings
from quandary.ask.claims.construction.by_construction import Budget
from quandary.ask.claims.judging import accepted, enlarged
from quandary.ask.claims.questions import outcome_queries, outcomes, question_queries, question_results
from quandary.ask.claims.resting.bounds import bounds_of
from quandary.ask.claims.resting.rests import with_rests
from quandary.ask.claims.unknowns.judging_fillings import with_fillings
from quandary.ask.games.reckoning import Reckoned, reckoned
from quandary.ask.query.queries import Query
from quandary.ask.results import ClaimResult, Findings, QuestionResult
from quandary.ask.study import Study
from quandary.base.problems import CaseError, Problem
from quandary.case.model import Case, Check, Question

Ready = TypeVar("Ready")


@dataclass(frozen=True)
class CaseQueries:
    """All that a case asks, ready to be asked."""

    tests: tuple[ClaimReading, ...]
    questions: tuple[tuple[Question, Query], ...]
    checks: tuple[tuple[Check, Query], ...]
    outcomes: Mapping[str, Mapping[str, Query]]

    @property
    def decided(self) -> list[Query]:
        """Return the queries of claims and questions by themselves: what verdicts and answers are told from at once."""
        return [*(one.reading.query for one in self.tests), *(query for _, query in self.questions)]

    def accepted(self, study: Study) -> list[Query]:
        """Return every query that the study does not refuse."""
        every = [query for one in self.tests for query in one.reading.queries]
        every += [query for _, query in (*self.questions, *self.checks)]
        every += [query for queries in self.outcomes.values() for query in queries.values()]
        return accepted(study, every)


def findings(
    study: Study, budget: Budget | None = None, also: Sequence[Query] = (), *, whole: bool = False
) -> Findings:
    """Return everything the study's case asks for.

    ``budget`` is that of the search for counter-examples, ``None`` to leave out that and what verdicts rest on. As a
    ``whole`` findings say of each question too what decides on which side it lies, and of each reading and question
    what the ranges allow it to be. ``also`` are queries that the same pass shall answer. Raises ``CaseError`` with the
    faults of all queries at once.
    """
    asked = case_queries(study.case)
    study.need([*also, *asked.accepted(study)])
    if not study.run.complete:
        budget = None
    unknown = bool(study.model.unknowns)
    claims = claim_results(study, asked.tests, None if unknown else budget)
    questions = question_results(study, asked.questions)
    if unknown and study.run.complete:
        return _over_fillings(study, asked, claims, questions, also, search=budget is not None)
    if budget is not None:
        readings = [one.reading for one in asked.tests]
        claims, sides = with_rests(study, claims, readings, questions if whole else ())
        if whole:
            claims, questions = with_bounds(study, asked, claims, sides)
    checks = check_results(study, asked.checks)
    return Findings(
        run=study.run,
        outcomes=outcomes(study, asked.outcomes),
        claims=claims,
        questions=questions,
        checks=checks,
        joint=joint_checks(study, checks),
    )


def _over_fillings(
    study: Study,
    asked: CaseQueries,
    claims: tuple[ClaimResult, ...],
    questions: tuple[QuestionResult, ...],
    also: Sequence[Query],
    *,
    search: bool,
) -> Findings:
    """Return the findings of a case that leaves numbers unknown: what follows, what is open, what contradicts."""
    happens = outcomes(study, asked.outcomes)
    ready = list(zip(questions, (query for _, query in asked.questions), strict=True))
    states = [(one, asked.outcomes[one.variable]) for one in happens]
    tried = list(zip(check_results(study, asked.checks), (query for _, query in asked.checks), strict=True))
    found = with_fillings(study, asked.tests, claims, ready, states, checks=tried, also=also, search=search)
    known = all(check.fillings is None for check in found.checks)
    joint = joint_checks(study, found.checks) if known else None
    return Findings(study.run, found.outcomes, found.claims, found.questions, found.checks, joint, found.unknowns)


def with_bounds(
    study: Study, asked: CaseQueries, claims: Sequence[ClaimResult], questions: Sequence[QuestionResult]
) -> tuple[tuple[ClaimResult, ...], tuple[QuestionResult, ...]]:
    """Return claims and questions with the least and the most that the ranges allow each to be, from one search."""
    queries = [*(one.reading.query for one in asked.tests), *(query for _, query in asked.questions)]
    bounds = iter(bounds_of(study, queries))
    tested = tuple(
        replace(claim, tests=tuple(replace(test, bounds=next(bounds)) for test in claim.tests)) for claim in claims
    )
    return tested, tuple(replace(one, bounds=next(bounds)) for one in questions)


def with_enough_worlds(study: Study, also: Sequence[Query] = ()) -> Study:
    """Return the study, asked all that its case asks, or one of more worlds where too few count for some claim.

    Raises as ``findings`` does.
    """
    asked = case_queries(study.case)
    return enlarged(study, [one.reading for one in asked.tests], [*also, *asked.accepted(study)])


def reckoned_findings(study: Study) -> Reckoned:
    """Return what the findings take in one world, without solving any.

    Raises ``TooLarge`` (Q421) where that is more memory than is allowed, ``CaseError`` with the faults of a query.
    """
    asked = case_queries(study.case).accepted(study)
    inquiries = dict.fromkeys(inquiry for query in asked for inquiry in query.all_inquiries)
    return reckoned(study.case, study.probe, study.games(tuple(inquiries)))


def case_queries(case: Case) -> CaseQueries:
    """Return all that a case asks; raises ``CaseError`` with the faults of all queries at once."""
    problems: list[Problem] = []
    tests = _ready(case, readings, problems)
    questions = _ready(case, question_queries, problems)
    checks = _ready(case, check_queries, problems)
    if problems:
        raise CaseError(dict.fromkeys(problems))
    return CaseQueries(tests, questions, checks, outcome_queries(case))


def _ready(case: Case, make: Callable[[Case], tuple[Ready, ...]], problems: list[Problem]) -> tuple[Ready, ...]:
    try:
        return make(case)
    except CaseError as fault:
        problems.extend(fault.problems)
        return ()
