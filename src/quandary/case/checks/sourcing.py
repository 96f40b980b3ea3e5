"""Warnings about where numbers come from: no reason given, or one from after the day the analysis speaks from."""

from __future__ import annotations

from collections.abc import Iterator

from quandary.base.problems import Problem, Severity
from quandary.case.checks.known import numbers, used_sources
from quandary.case.checks.written import Written
from quandary.case.model import Sourced
from quandary.language.syntax import (
    Arithmetic,
    Call,
    Expression,
    Factor,
    Interval,
    Likelier,
    Negate,
    OfRest,
    PointsChange,
    ProbabilityWord,
)


def assumptions_have_reasons(written: Written) -> Iterator[Problem]:
    """Yield assumptions that are uncertain and name neither a reason nor a source."""
    for assumption in written.case.assumptions.values():
        if _bare(assumption.value):
            message = f'assumption "{assumption.id}" has no source'
            hint = f"write {assumption.id}: {{value: ..., because: ..., source: ...}}"
            yield Problem("Q310", message, assumption.place, hint, Severity.WARNING)


def ranges_have_reasons(written: Written) -> Iterator[Problem]:
    """Yield ranges outside `assumptions` that name neither a reason nor a source."""
    for use, sourced in numbers(written.case):
        if use != "assumption" and _bare(sourced):
            message = f"this range has no source: {sourced.path}"
            hint = "write {value: ..., because: ...}, or because: beside the rule or the entry it stands in"
            yield Problem("Q311", message, sourced.place, hint, Severity.WARNING)


def sources_are_of_their_time(written: Written) -> Iterator[Problem]:
    """Yield sources dated after `as_of` that something leans on: hindsight."""
    case = written.case
    told: set[str] = set()
    for name, place in used_sources(case):
        source = case.sources.get(name)
        if source is None or source.published is None or source.published <= case.as_of or name in told:
            continue
        told.add(name)
        message = f'source "{name}" is dated {source.published}, after as_of ({case.as_of}): hindsight'
        hint = "lean on what was known then, or move as_of"
        yield Problem("Q312", message, place, hint, Severity.WARNING)


def _bare(sourced: Sourced) -> bool:
    return sourced.because is None and sourced.source is None and has_range(sourced.quantity)


def has_range(node: Expression) -> bool:
    """Return whether a quantity is uncertain by itself: a range, a distribution or a word of probability."""
    match node:
        case Interval() | ProbabilityWord():
            return True
        case Call(name=name, args=args):
            return name not in ("min", "max", "abs", "exp", "log", "sqrt") or any(map(has_range, args))
        case Arithmetic(left=left, right=right):
            return has_range(left) or has_range(right)
        case Negate(operand=inner) | Factor(amount=inner) | PointsChange(amount=inner):
            return has_range(inner)
        case OfRest(share=inner) | Likelier(factor=inner):
            return has_range(inner)
        case _:
            return False
