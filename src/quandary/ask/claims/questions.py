"""What a case asks: its own named questions, and what happens, which is every variable's distribution."""

from __future__ import annotations

from collections.abc import Mapping

from quandary.ask.claims.judging import answer_or_refusal
from quandary.ask.query.queries import Query, prepare
from quandary.ask.results import QuestionResult, VariableOutcome
from quandary.ask.study import Study
from quandary.base.problems import CaseError, Problem
from quandary.case.logic.conditions import states_of
from quandary.case.model import Case, DecisionEvent, Question
from quandary.language import heads
from quandary.language.syntax import Is, Name

Questions = tuple[tuple[Question, Query], ...]

States = Mapping[str, Mapping[str, Query]]


def question_queries(case: Case) -> Questions:
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


def question_results(study: Study, ready: Questions) -> tuple[QuestionResult, ...]:
    """Return the questions' answers, in the order written."""
    return tuple(QuestionResult(question, answer_or_refusal(study, query)) for question, query in ready)


def outcome_queries(case: Case) -> States:
    """Return the probability of every state of every variable, ready to be asked."""
    return {
        item.id: {state: prepare(case, heads.P.of(Is(Name((item.id,)), (state,)))) for state in states_of(item)}
        for item in case.story
    }


def outcomes(study: Study, ready: States) -> tuple[VariableOutcome, ...]:
    """Return every variable with its states' probabilities, in the order of the story."""
    found = []
    for name, queries in ready.items():
        item = study.case.variable(name)
        owner = item.by if isinstance(item, DecisionEvent) else None
        found.append(VariableOutcome(name, owner, {state: study.answer(query) for state, query in queries.items()}))
    return tuple(found)
