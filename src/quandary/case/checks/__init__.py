"""The checks of a case: one rule, one function, in one visible list. Each yields the faults it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from quandary.base.problems import Problem
from quandary.case.checks import (
    amounts,
    beliefs,
    channels,
    circles,
    coverage,
    decisions,
    names,
    order,
    outside,
    sourcing,
    structure,
    titles,
)
from quandary.case.checks.written import Written

__all__ = ["CHECKS", "Check", "Written", "faults_of_records"]

Check = Callable[[Written], Iterator[Problem]]

CHECKS: tuple[Check, ...] = (
    structure.story_is_told,
    names.names_in_story,
    names.names_of_actors_with_stakes,
    beliefs.names_in_beliefs,
    names.names_in_conditions,
    names.names_in_queries,
    names.names_in_numbers,
    names.names_of_sources,
    names.name_of_word_table,
    channels.names_of_channels,
    order.names_are_unique,
    order.names_are_free,
    order.told_before_use,
    decisions.told_before_it_arises,
    order.private_stays_private,
    order.forgets_what_is_known,
    circles.circles,
    structure.chance_has_odds,
    structure.effects_are_conditional,
    structure.claims_have_tests,
    structure.links_join_claims,
    structure.tests_compare,
    structure.comparisons_have_two_sides,
    structure.history_is_told_once,
    structure.possibilities_are_marked,
    structure.actors_are_needed,
    structure.forecasts_look_ahead,
    structure.resolutions_follow,
    titles.states_read_differently,
    titles.titles_read_differently,
    titles.numbers_read_differently,
    channels.channels_can_be_switched_off,
    channels.channels_are_used,
    outside.views_say_one_thing,
    outside.views_are_probabilities,
    outside.views_are_of_their_time,
    outside.views_that_count_as_one,
    outside.pools_have_weights,
    beliefs.beliefs_can_be_held,
    beliefs.beliefs_are_known_to_who_decides,
    beliefs.beliefs_are_uncertain,
    beliefs.beliefs_are_known_in_no_circle,
    amounts.numbers_fit_their_use,
    amounts.odds_share_out_everything,
    decisions.usual_names_everything,
    decisions.usual_can_be_chosen,
    decisions.sometimes_and_not_always,
    decisions.seen_where_it_arises,
    decisions.not_arising_is_meant,
    coverage.rules_are_reached,
    sourcing.assumptions_have_reasons,
    sourcing.ranges_have_reasons,
    sourcing.sources_are_of_their_time,
)


def faults_of_records(written: Written) -> tuple[Problem, ...]:
    """Return the faults that the checks find in what was written, before any table is planned."""
    return tuple(problem for check in CHECKS for problem in check(written))
