"""Faults and warnings as documents: what ``quandary check`` returns, and every command that finds a fault."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from quandary.base.faults import FaultEntry
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


@document
class FaultDocument:
    """What a fault code means."""

    code: str = key("the code, such as Q104")
    title: str = key("what is wrong, in a few words")
    explanation: str = key("why it matters and what to do")
    example: str = key("a broken example; empty where none is given")
    fix: str = key("the example, mended")


@document
class ExplainDocument(ResultDocument):
    """What fault codes mean."""

    SCHEMA: ClassVar[str] = "quandary.explain/1"
    faults: Sequence[FaultDocument] = key("the code asked for, or every code")


def explain_document(faults: Iterable[FaultEntry]) -> ExplainDocument:
    """Return what codes mean."""
    return ExplainDocument([FaultDocument(f.code, f.title, f.explanation, f.example, f.fix) for f in faults])
