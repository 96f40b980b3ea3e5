"""The story runs in order of time: nothing depends on, sees or remembers what comes later or is hidden from it."""

from __future__ import annotations

from collections.abc import Iterator

from quandary.base.places import Place
from quandary.base.problems import CaseError, Problem
from quandary.case.checks.known import Known
from quandary.case.checks.written import Written
from quandary.case.logic.conditions import states_of
from quandary.case.logic.memory import observed
from quandary.case.model import ChanceEvent, DecisionEvent
from quandary.language.parser import parse_quantity
from quandary.language.syntax import Name
from quandary.language.vocabulary import REPLAN, RESERVED, RULE_KEYS, RULE_NOTES


def told_before_use(written: Written) -> Iterator[Problem]:
    """Yield what stands in `given` or `sees` before the story has told it."""
    known = Known(written)
    told: set[str] = set()
    for item in written.case.story:
        key, names = ("given", item.given) if isinstance(item, ChanceEvent) else ("sees", item.sees)
        for name in names:
            if name in told or name not in known.variables:
                continue
            place = written.place(f"story.{item.id}.{key}.{name}", item.place)
            line = known.variables[name].place.line
            if name == item.id:
                message = f'"{name}" cannot depend on itself'
                yield Problem("Q121", message, place, "remove it from its own list")
            else:
                message = f'"{item.id}" uses "{name}", which the story tells only on line {line}'
                yield Problem("Q121", message, place, "the story is in order of time: move one of them")
        told.add(item.id)


def private_stays_private(written: Written) -> Iterator[Problem]:
    """Yield decisions that see what is private to another actor."""
    known = Known(written)
    for item in written.case.story:
        if not isinstance(item, DecisionEvent):
            continue
        for name in item.sees:
            seen = known.variables.get(name)
            if isinstance(seen, ChanceEvent) and seen.private in known.actors - {item.by}:
                place = written.place(f"story.{item.id}.sees.{name}", item.place)
                message = f'"{name}" is private to {seen.private}; {item.by} cannot see it'
                hint = "remove it, or let a public chance event carry the news"
                yield Problem("Q122", message, place, hint)


def forgets_what_is_known(written: Written) -> Iterator[Problem]:
    """Yield `forgets` entries that the actor does not know at that point (its own moves and what it saw)."""
    case = written.case
    known = Known(written)
    for item in case.story:
        if not isinstance(item, DecisionEvent) or not item.forgets:
            continue
        remembered: set[str] = set()
        for earlier in case.story[: case.story.index(item)]:
            if isinstance(earlier, DecisionEvent) and earlier.by == item.by:
                remembered |= {earlier.id, *observed(case, earlier.id)}
            elif isinstance(earlier, ChanceEvent) and earlier.private == item.by:
                remembered.add(earlier.id)
        for name in item.forgets:
            if name in known.variables and name not in remembered:
                place = written.place(f"story.{item.id}.forgets.{name}", item.place)
                message = f'{item.by} does not know "{name}" at "{item.id}", so there is nothing to forget'
                yield Problem("Q185", message, place, "remove it")


def names_are_unique(written: Written) -> Iterator[Problem]:
    """Yield names given twice: in the story, across variables, events and assumptions, in lists and by id."""
    case = written.case
    first: dict[str, tuple[str, Place]] = {}
    owners = [("variable", item.id, item.place) for item in case.story]
    owners += [("event", event.id, event.place) for event in case.events.values()]
    owners += [("assumption", one.id, one.place) for one in case.assumptions.values()]
    for kind, name, place in owners:
        if name in first:
            before, where = first[name]
            message = f'the {kind} "{name}" has the name of the {before} on line {where.line}'
            yield Problem("Q120", message, place, "variables, events and assumptions share one set of names")
        else:
            first[name] = (kind, place)
    for section, records in (("claim", case.claims), ("check", case.checks), ("forecast", case.forecasts)):
        seen: dict[str, Place] = {}
        for record in records:
            if record.id in seen:
                message = f'the {section} "{record.id}" stands twice; the first is on line {seen[record.id].line}'
                yield Problem("Q120", message, record.place, "give each its own id")
            seen.setdefault(record.id, record.place)


def names_are_free(written: Written) -> Iterator[Problem]:
    """Yield names that mean something else in the case language, such as `and`, or `likely` as an assumption."""
    case = written.case
    named: list[tuple[str, Place]] = [(item.id, item.place) for item in case.story]
    for item in case.story:
        key = "states" if isinstance(item, ChanceEvent) else "options"
        named += [(s, written.place(f"story.{item.id}.{key}.{s}", item.place)) for s in states_of(item)]
    named += [(event.id, event.place) for event in case.events.values()]
    named += [(actor.id, actor.place) for actor in case.actors.values()]
    for name, place in named:
        if name.casefold() in RESERVED:
            yield Problem("Q119", f'"{name}" is a word of the case language', place, "choose another word")
    yield from _keys_beside_names(written)
    for assumption in case.assumptions.values():
        if not _reads_as_a_name(assumption.id):
            message = f'"{assumption.id}" means something else in a number, and cannot name an assumption'
            yield Problem("Q119", message, assumption.place, "choose another word")


def _keys_beside_names(written: Written) -> Iterator[Problem]:
    """Yield states and events that would be read as the notes that stand beside them in odds and rules."""
    for item in written.case.story:
        for state in item.states if isinstance(item, ChanceEvent) else ():
            if state in RULE_NOTES:
                place = written.place(f"story.{item.id}.states.{state}", item.place)
                message = f'"{state}" is a key beside the odds, and cannot name a state'
                yield Problem("Q119", message, place, "choose another word")
        for name in (
            (*item.options, *(k.id for k in item.kinds)) if isinstance(item, DecisionEvent) and item.usual else ()
        ):
            if name in RULE_NOTES:
                place = written.place(f"story.{item.id}.options.{name}", item.place)
                message = f'"{name}" is a key beside the shares of `usual`, and cannot name an option or a kind'
                yield Problem("Q119", message, place, "choose another word")
    for event in written.case.events.values():
        if event.id in RULE_KEYS:
            message = f'"{event.id}" is a key beside the rules, and cannot name an event'
            yield Problem("Q119", message, event.place, "choose another word")
        elif event.id == REPLAN:
            message = f'"{event.id}" means something else in would(...), and cannot name an event'
            yield Problem("Q119", message, event.place, "choose another word")


def _reads_as_a_name(name: str) -> bool:
    try:
        return name.casefold() not in RESERVED and isinstance(parse_quantity(name), Name)
    except CaseError:
        return False
