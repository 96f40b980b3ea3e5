"""The order of what happens: what the headline asks about, then what it rests on most, then the rest."""

from __future__ import annotations

from quandary.ask.inquiry import resolve, variables_of
from quandary.ask.results import QuestionResult, VariableOutcome
from quandary.case.logic.conditions import mentioned, names_of
from quandary.case.model import Case
from quandary.compile.numbers import UncertainNumber
from quandary.language.printing import written
from quandary.language.syntax import Expression, Otherwise, calls_in
from quandary.report.words.record import Report


def outcomes_ordered(report: Report) -> tuple[VariableOutcome, ...]:
    """Return what happens: what the headline asks about first, then what it hangs on, then all else as it is told."""
    asked = () if report.leading is None else _asked(report.case, report.leading)
    behind = [name for one in report.hangs_on for name in _named_by(report.case, one.number)]
    first = list(dict.fromkeys((*asked, *behind)))
    return tuple(
        sorted(report.findings.outcomes, key=lambda o: first.index(o.variable) if o.variable in first else len(first))
    )


def other_questions(report: Report) -> tuple[QuestionResult, ...]:
    """Return the questions that are not the headline's own."""
    leading = None if report.leading is None else written(report.leading)
    return tuple(one for one in report.findings.questions if written(one.question.query) != leading)


def _asked(case: Case, query: Expression) -> tuple[str, ...]:
    """Return the variables of a query, what is asked of before what is given or set."""
    found: dict[str, None] = {}
    for call in calls_in(query):
        inquiry = resolve(names_of(case), call)
        if inquiry.target is not None:
            found |= dict.fromkeys(mentioned(case, inquiry.target))
        found |= dict.fromkeys(sorted(variables_of(case, inquiry)))
        found |= dict.fromkeys(name for name, _ in (*inquiry.foreseen, *inquiry.unforeseen))
    return tuple(found)


def _named_by(case: Case, number: UncertainNumber) -> tuple[str, ...]:
    """Return the variables that a number is of, or is conditioned on."""
    role = number.role
    own = [role.of[0]] if len(role.of) == 1 else []
    given = role.condition
    others = () if given is None or isinstance(given, Otherwise) else mentioned(case, given)
    return (*own, *others)
