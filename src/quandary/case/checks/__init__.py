"""The checks of a case: one rule, one function, in one visible list. Each yields the faults it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from quandary.case.checks import amounts, circles, coverage, names, order, sourcing, structure
from quandary.case.checks.planning import UNKNOWN_NAME, case_compiles
from quandary.case.checks.written import Written
from quandary.problems import Problem

__all__ = ["CHECKS", "Check", "Written", "check_case"]

Check = Callable[[Written], Iterator[Problem]]

CHECKS: tuple[Check, ...] = (
    structure.story_is_told,
    names.names_in_story,
    names.names_of_actors_with_stakes,
    names.names_in_conditions,
    names.names_in_queries,
    names.names_in_numbers,
    names.names_of_sources,
    names.name_of_word_table,
    order.names_are_unique,
    order.names_are_free,
    order.told_before_use,
    order.private_stays_private,
    order.forgets_what_is_known,
    circles.circles,
    structure.chance_has_odds,
    structure.effects_are_conditional,
    structure.claims_have_tests,
    structure.tests_compare,
    structure.actors_are_needed,
    structure.forecasts_look_ahead,
    structure.resolutions_follow,
    amounts.numbers_fit_their_use,
    amounts.odds_share_out_everything,
    coverage.rules_are_reached,
    sourcing.assumptions_have_reasons,
    sourcing.ranges_have_reasons,
    sourcing.sources_are_of_their_time,
)


def check_case(written: Written, *, told_already: bool = False) -> tuple[Problem, ...]:
    """Return the faults that the checks find, then those of planning the case's tables.

    Of the latter, unknown names and faults at a place that has an error already are echoes and left out;
    ``told_already`` says that reading the file has found errors.
    """
    found = [problem for check in CHECKS for problem in check(written)]
    places = {problem.place for problem in found if problem.is_error}
    for problem in case_compiles(written):
        known = problem.code == UNKNOWN_NAME and (told_already or bool(places))
        if problem.place not in places and not known:
            found.append(problem)
    return tuple(found)
