"""Checks: ranges known from elsewhere, compared with what the game gives and never put in."""

from __future__ import annotations

from quandary.ask.queries import Query, prepare
from quandary.ask.results import CheckResult
from quandary.ask.study import Study
from quandary.case.model import Case, Check
from quandary.language.syntax import Interval, Number
from quandary.problems import CaseError, Problem

Ready = tuple[tuple[Check, Query], ...]


def check_queries(case: Case) -> Ready:
    """Return every check ready to be answered, without the evidence unless it asks for it.

    Raises ``CaseError`` with all their faults.
    """
    problems: list[Problem] = []
    found: list[tuple[Check, Query]] = []
    for check in case.checks:
        try:
            found.append((check, prepare(case, check.query, check.written, evidence=check.with_evidence)))
        except CaseError as fault:
            problems.extend(fault.problems)
        if _range_of(check) is None:
            message = f'The range of check "{check.id}" is no range.'
            problems.append(Problem("Q511", message, check.range.place, "write it as 20% to 60%, or as one number"))
    if problems:
        raise CaseError(dict.fromkeys(problems))
    return tuple(found)


def check_results(study: Study, ready: Ready) -> tuple[CheckResult, ...]:
    """Return each check with its answer: does the 90 % interval over worlds meet the range, is the mean inside it."""
    results = []
    for check, query in ready:
        answer = study.answer(query)
        low, high = _range_of(check) or (0.0, 0.0)
        overlaps = inside = None
        if answer.mean is not None and answer.low is not None and answer.high is not None:
            overlaps = answer.low <= high and answer.high >= low
            inside = low <= answer.mean <= high
        results.append(CheckResult(check, answer, low, high, overlaps, inside))
    return tuple(results)


def _range_of(check: Check) -> tuple[float, float] | None:
    quantity = check.range.quantity
    if isinstance(quantity, Interval):
        return quantity.low, quantity.high
    if isinstance(quantity, Number):
        return quantity.value, quantity.value
    return None
