"""The case's own named questions, answered."""

from __future__ import annotations

from quandary.ask.claims.judging import answer_or_refusal
from quandary.ask.query.queries import Query, prepare
from quandary.ask.results import QuestionResult
from quandary.ask.study import Study
from quandary.base.problems import CaseError, Problem
from quandary.case.model import Case, Question

Ready = tuple[tuple[Question, Query], ...]


def question_queries(case: Case) -> Ready:
    """Return every question ready to be answered; raises ``CaseError`` with all their faults."""
    problems: list[Problem] = []
    found: list[tuple[Question, Query]] = []
    for question in case.questions:
        try:
            found.append((question, prepare(case, question.query, question.written)))
        except CaseError as fault:
            problems.extend(fault.problems)
    if problems:
        raise CaseError(dict.fromkeys(problems))
    return tuple(found)


def question_results(study: Study, ready: Ready) -> tuple[QuestionResult, ...]:
    """Return the questions' answers, in the order written."""
    return tuple(QuestionResult(question, answer_or_refusal(study, query)) for question, query in ready)
