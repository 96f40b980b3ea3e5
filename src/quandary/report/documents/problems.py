"""Faults and warnings as documents: what ``quandary check`` returns, and every command that finds a fault."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from quandary.base.problems import Problem, Severity
from quandary.report.documents.document import ResultDocument, document, key


@document
class ProblemDocument:
    """One fault or warning: what is wrong, where, and what to do next."""

    code: str = key("the fault's code, such as Q104; `quandary explain` tells more")
    severity: Severity = key("an error stops the work, a warning does not")
    message: str = key("what is wrong, in one sentence")
    file: str | None = key("the file, or what else was read")
    line: int | None = key("the line, from 1")
    column: int | None = key("the column, from 1")
    hint: str | None = key("the next step, or the nearest valid name")


@document
class ProblemsDocument(ResultDocument):
    """Faults and warnings, in the order in which they were found."""

    SCHEMA: ClassVar[str] = "quandary.problems/1"
    problems: Sequence[ProblemDocument] = key("every fault and warning")


def problem_document(problem: Problem) -> ProblemDocument:
    """Return a fault or warning with its place."""
    place = problem.place
    return ProblemDocument(
        problem.code,
        problem.severity,
        problem.message,
        place.file or None,
        place.line or None,
        place.column or None,
        problem.hint,
    )


def problems_document(problems: Iterable[Problem]) -> ProblemsDocument:
    """Return faults and warnings as a result of their own."""
    return ProblemsDocument([problem_document(problem) for problem in problems])
