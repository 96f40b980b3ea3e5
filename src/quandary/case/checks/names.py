"""Every name stands for something: actors, variables, states, events, assumptions, sources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from quandary.base.places import Place
from quandary.base.problems import Problem
from quandary.case.checks.known import Known, conditions, numbers, queries
from quandary.case.checks.written import Written
from quandary.case.logic.queries import unanswerable
from quandary.case.model import ChanceEvent, DecisionEvent
from quandary.language.names import unknown, unknown_assumption
from quandary.language.syntax import names_in
from quandary.quantities.words import tables


def names_in_story(written: Written) -> Iterator[Problem]:
    """Yield unknown actors, variables and states in the story's own lists."""
    known = Known(written)
    for item in written.case.story:
        path = f"story.{item.id}"
        if isinstance(item, ChanceEvent):
            if item.private is not None and item.private not in known.actors:
                where = written.place(f"{path}.private", item.place)
                yield unknown("actor", item.private, where, known.actors)
            yield from _variables(written, known, f"{path}.given", item.given, item.place)
            yield from _odds_states(item)
        else:
            if item.by and item.by not in known.actors:
                yield unknown("actor", item.by, written.place(f"{path}.by", item.place), known.actors)
            yield from _variables(written, known, f"{path}.sees", item.sees, item.place)
            yield from _variables(written, known, f"{path}.forgets", item.forgets, item.place)
            yield from _only_options(item)


def _variables(written: Written, known: Known, path: str, names: Iterable[str], place: Place) -> Iterator[Problem]:
    for name in names:
        if name not in known.variables:
            where = written.place(f"{path}.{name}", place)
            yield unknown("variable", name, where, known.variables)


def _odds_states(item: ChanceEvent) -> Iterator[Problem]:
    if not item.states:
        return
    for rule in (*item.odds, *item.base, *item.effects):
        for state, sourced in rule.odds:
            if state not in item.states:
                yield unknown(f'state of "{item.id}":', state, sourced.place, item.states)


def _only_options(item: DecisionEvent) -> Iterator[Problem]:
    for rule in item.only:
        for option in rule.options:
            if item.options and option not in item.options:
                yield unknown(f'option of "{item.id}":', option, rule.place, item.options)


def names_of_actors_with_stakes(written: Written) -> Iterator[Problem]:
    """Yield stakes under an actor whom nobody declared."""
    known = Known(written)
    for actor in dict.fromkeys(stake.actor for stake in written.case.stakes):
        if actor not in known.actors:
            place = written.place(f"stakes.{actor}", written.case.stakes[0].place)
            yield unknown("actor", actor, place, known.actors)


def names_in_conditions(written: Written) -> Iterator[Problem]:
    """Yield unknown variables, states and events in conditions."""
    known = Known(written)
    for condition in conditions(written.case):
        yield from known.names.condition_faults(condition)


def names_in_queries(written: Written) -> Iterator[Problem]:
    """Yield the faults of claims' tests, questions, checks and forecasts, for which none can be answered."""
    known = Known(written)
    for query in queries(written.case):
        yield from unanswerable(known.names, query)


def names_in_numbers(written: Written) -> Iterator[Problem]:
    """Yield unknown assumptions in quantities, and in correlations."""
    known = Known(written)
    for _, sourced in numbers(written.case):
        for reference in names_in(sourced.quantity):
            if reference.text not in known.assumptions:
                yield unknown_assumption(reference, known.assumptions)
    for correlation in written.case.correlations:
        for name in (correlation.first, correlation.second):
            if name not in known.assumptions:
                yield unknown("assumption", name, correlation.place, known.assumptions)


def names_of_sources(written: Written) -> Iterator[Problem]:
    """Yield unknown sources, wherever `source:` stands."""
    sources = written.case.sources
    for path, name in written.source_names.items():
        if name not in sources:
            yield unknown("source", name, written.places[path], sources)


def name_of_word_table(written: Written) -> Iterator[Problem]:
    """Yield an unknown table of words of probability."""
    words = written.case.words
    if words is not None and words not in tables():
        yield unknown("table of words", words, written.places["case.words"], tables())
