"""Every name stands for something: actors, variables, states, events, assumptions, sources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from quandary.base.places import Place
from quandary.base.problems import Problem, nearest
from quandary.case.checks.known import Known, conditions, numbers, queries
from quandary.case.checks.written import Written
from quandary.case.logic.conditions import find_variable, states_of
from quandary.case.model import ChanceEvent, DecisionEvent
from quandary.language.syntax import (
    And,
    Arithmetic,
    Ask,
    Call,
    Compare,
    Expression,
    Factor,
    Is,
    Likelier,
    Name,
    Negate,
    Not,
    OfRest,
    Or,
    PointsChange,
)
from quandary.language.vocabulary import REPLAN
from quandary.quantities.words import tables

MOST_COMPARED = 500
"""How many valid names are searched for the nearest one."""


def unknown(kind: str, name: str, place: Place, valid: Iterable[str]) -> Problem:
    """Return the fault for a name that nothing has, with the nearest one that something has."""
    valid = sorted(valid)[:MOST_COMPARED]
    listed = ", ".join(valid[:12]) + (", ..." if len(valid) > 12 else "")
    hint = nearest(name, valid) or (f"known are: {listed}" if valid else None)
    return Problem("Q104", f'unknown {kind} "{name}"', place, hint)


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
        yield from condition_names(known, condition)


def names_in_queries(written: Written) -> Iterator[Problem]:
    """Yield unknown names in claims' tests, questions, checks and forecasts."""
    known = Known(written)
    for query in queries(written.case):
        yield from query_names(known, query)


def names_in_numbers(written: Written) -> Iterator[Problem]:
    """Yield unknown assumptions in quantities, and in correlations."""
    known = Known(written)
    for _, sourced in numbers(written.case):
        yield from quantity_names(known, sourced.quantity)
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


def quantity_names(known: Known, node: Expression) -> Iterator[Problem]:
    """Yield the unknown assumptions inside a quantity."""
    match node:
        case Name():
            if node.text not in known.assumptions:
                yield unknown("assumption", node.text, node.place, known.assumptions)
        case Arithmetic(left=left, right=right):
            yield from quantity_names(known, left)
            yield from quantity_names(known, right)
        case Negate(operand=inner) | Factor(amount=inner) | PointsChange(amount=inner):
            yield from quantity_names(known, inner)
        case OfRest(share=inner) | Likelier(factor=inner):
            yield from quantity_names(known, inner)
        case Call(args=args):
            for arg in args:
                yield from quantity_names(known, arg)
        case _:
            return


def condition_names(known: Known, node: Expression) -> Iterator[Problem]:
    """Yield the unknown variables, states and events inside a condition."""
    match node:
        case Is():
            yield from _is_names(known, node)
        case Not(operand=inner):
            yield from condition_names(known, inner)
        case And(operands=operands) | Or(operands=operands):
            for operand in operands:
                yield from condition_names(known, operand)
        case Name():
            if node.text not in known.events:
                yield _no_event(known, node)
        case _:
            return


def _is_names(known: Known, node: Is) -> Iterator[Problem]:
    item = find_variable(known.case, node.variable)
    if item is None:
        yield unknown("variable", node.variable.text, node.variable.place, known.variables)
        return
    yield from _state_names(item, node.states, node.place)


def _state_names(item: ChanceEvent | DecisionEvent, states: Iterable[str], place: Place) -> Iterator[Problem]:
    valid = states_of(item)
    kind = "state" if isinstance(item, ChanceEvent) else "option"
    for state in states:
        if valid and state not in valid:
            yield unknown(f'{kind} of "{item.id}":', state, place, valid)


def _no_event(known: Known, node: Name) -> Problem:
    name = node.text
    if name in known.variables:
        first = next(iter(states_of(known.variables[name])), "state")
        hint = f"a variable needs a state: {name} = {first}"
        return Problem("Q104", f'"{name}" is a variable, not an event', node.place, hint)
    owner = next((item.id for item in known.variables.values() if name in states_of(item)), None)
    if owner is not None:
        return Problem("Q104", f'"{name}" is a state, not an event', node.place, f"write {owner} = {name}")
    return unknown("event", name, node.place, known.events)


def query_names(known: Known, node: Expression) -> Iterator[Problem]:
    """Yield the unknown names inside a query."""
    match node:
        case Ask():
            yield from _ask_names(known, node)
        case Compare(left=left, right=right) | Arithmetic(left=left, right=right):
            yield from query_names(known, left)
            yield from query_names(known, right)
        case Negate(operand=inner) | Not(operand=inner):
            yield from query_names(known, inner)
        case And(operands=several) | Or(operands=several) | Call(args=several):
            for one in several:
                yield from query_names(known, one)
        case Name():
            yield from quantity_names(known, node)
        case _:
            return


def _ask_names(known: Known, ask: Ask) -> Iterator[Problem]:
    for condition in (*ask.given, *ask.against):
        if ask.head != "would" or condition != Name((REPLAN,)):
            yield from condition_names(known, condition)
    for change in ask.do:
        item = find_variable(known.case, change.variable)
        if item is None:
            yield unknown("variable", change.variable.text, change.variable.place, known.variables)
        else:
            yield from _state_names(item, (change.state,), change.place)
    if not isinstance(ask.target, Name) or ask.head in ("P", "would"):
        yield from condition_names(known, ask.target)
    elif ask.head in ("E", "weight", "swing"):
        yield from _payoff_names(known, ask.head, ask.target)
    else:
        yield from _decision_names(known, ask, ask.target)


def _payoff_names(known: Known, head: str, target: Name) -> Iterator[Problem]:
    actor, *rest = target.parts
    if actor not in known.actors:
        yield unknown("actor", actor, target.place, known.actors)
    elif rest and (len(rest) > 1 or rest[0] not in known.stakes(actor)):
        yield unknown(f'stake of "{actor}":', ".".join(rest), target.place, known.stakes(actor))
    elif not rest and head != "E":
        hint = nearest(actor, known.stakes(actor)) or f"its stakes are: {', '.join(known.stakes(actor))}"
        yield Problem("Q104", f"{head}(...) asks about a stake: write {actor}.stake", target.place, hint)


def _decision_names(known: Known, ask: Ask, target: Name) -> Iterator[Problem]:
    item = find_variable(known.case, target)
    decisions = {f"{i.by}.{i.id}" for i in known.variables.values() if isinstance(i, DecisionEvent)}
    if not isinstance(item, DecisionEvent):
        yield unknown("decision", target.text, target.place, decisions)
        return
    for name in dict.fromkeys(name for group in ask.stakes for name in group):
        stake = name.removeprefix(f"{item.by}.")
        if stake not in known.stakes(item.by):
            yield unknown(f'stake of "{item.by}":', stake, ask.place, known.stakes(item.by))
