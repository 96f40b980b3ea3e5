"""The checks of a case: those of its records, then those that planning its tables makes possible."""

from __future__ import annotations

from quandary.base.problems import Problem
from quandary.case.checks import Written, faults_of_records
from quandary.compile.checks.planning import UNKNOWN_NAME, case_compiles


def check_case(written: Written, *, told_already: bool = False) -> tuple[Problem, ...]:
    """Return the faults that the checks find, then those of planning the case's tables.

    Of the latter, unknown names and faults at a place that has an error already are echoes and left out;
    ``told_already`` says that reading the file has found errors.
    """
    found = list(faults_of_records(written))
    places = {problem.place for problem in found if problem.is_error}
    for problem in case_compiles(written):
        known = problem.code == UNKNOWN_NAME and (told_already or bool(places))
        if problem.place not in places and not known:
            found.append(problem)
    return tuple(found)
