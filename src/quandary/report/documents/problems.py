"""Faults and warnings as documents: what ``quandary check`` returns, and every command that finds a fault."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from quandary.base.faults import FaultEntry
from quandary.base.problems import Problem, Severity
from quandary.compile.unknowns.readings import UnknownNumber
from quandary.language.printing import written
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
class UnknownDocument:
    """Something that nobody has put a number to, and how it is read."""

    name: str = key("its stable name: the path of what was written")
    kind: str = key("what it is: odds, effect, usual, weight, worth, rationality, assumption or points")
    of: Sequence[str] = key("what it is of: a variable, an actor, an actor and its stake, or an assumption")
    state: str | None = key("the state or option that it bears on")
    when: str | None = key("the condition of its rule; none where it holds otherwise")
    parts: Sequence[str] = key("the states, options or stakes among which a whole is shared, or that an order ranks")
    ends: Sequence[float] | None = key("the least and the most that it allows, where it is one number")
    sign: int = key("1 for an effect that raises its state, -1 for one that lowers it, else 0")
    reading: str = key("how it is read, in words")
    line: int | None = key("the line, from 1")


def unknown_document(one: UnknownNumber) -> UnknownDocument:
    """Return one thing that nobody has put a number to."""
    role = one.role
    when = None if role.condition is None else written(role.condition)
    line = one.place.line or None
    return UnknownDocument(
        one.path, one.kind, role.of, role.state, when, one.parts, one.ends, one.sign, one.reading, line
    )


@document
class ProblemsDocument(ResultDocument):
    """Faults and warnings, in the order in which they were found."""

    SCHEMA: ClassVar[str] = "quandary.problems/1"
    problems: Sequence[ProblemDocument] = key("every fault and warning")
    unknown: Sequence[UnknownDocument] | None = key(
        "of a case without errors: what nobody has put numbers to, in the order of the case", left_out=True
    )


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


def problems_document(problems: Iterable[Problem], things: Sequence[UnknownNumber] | None = None) -> ProblemsDocument:
    """Return faults and warnings as a result of their own, with the ``things`` that nobody has put a number to."""
    told = None if things is None else [unknown_document(one) for one in things]
    return ProblemsDocument([problem_document(problem) for problem in problems], told)


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
