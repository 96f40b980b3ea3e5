"""Names for people: no two things of one kind read alike, or a sentence about one could mean the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from quandary.base.places import Place
from quandary.base.problems import Problem, Severity
from quandary.case.checks.known import numbers
from quandary.case.checks.written import Written
from quandary.case.model import ChanceEvent

Named = tuple[str, str, Place]
"""What is named, by its code name, its words for people, and where they stand."""


def states_read_differently(written: Written) -> Iterator[Problem]:
    """Yield states of one variable, or options of one decision, that have the same words."""
    for item in written.case.story:
        states, kind = (item.states, "states") if isinstance(item, ChanceEvent) else (item.options, "options")
        words = dict(item.words)
        if words:
            named = [
                (name, words.get(name, name), written.place(f"story.{item.id}.{kind}.{name}", item.place))
                for name in states
            ]
            yield from _alike(f'{kind} of "{item.id}"', named)


def titles_read_differently(written: Written) -> Iterator[Problem]:
    """Yield two of one kind with one title.

    Of variables it is a warning, since a title is then told with its actor, and of actors, whose names are their own.
    """
    case = written.case

    def titled(section: str, items: Iterable[tuple[str, str | None, Place]]) -> list[Named]:
        return [(name, title, written.place(f"{section}.{name}.title", place)) for name, title, place in items if title]

    named = [
        (actor.id, actor.name, written.place(f"actors.{actor.id}.name", actor.place)) for actor in case.actors.values()
    ]
    yield from _alike("actors", named, Severity.WARNING)
    variables = titled("story", [(item.id, item.title, item.place) for item in case.story])
    yield from _alike("variables", variables, Severity.WARNING)
    for actor in dict.fromkeys(stake.actor for stake in case.stakes):
        own = [(stake.id, stake.title, stake.place) for stake in case.stakes if stake.actor == actor]
        yield from _alike(f'stakes of "{actor}"', titled(f"stakes.{actor}", own))
    yield from _alike("events", titled("events", [(e.id, e.title, e.place) for e in case.events.values()]))
    yield from _alike("claims", titled("claims", [(c.id, c.title, c.place) for c in case.claims]))
    yield from _alike("questions", titled("questions", [(q.id, q.title, q.place) for q in case.questions]))
    asked = [(q.id, q.asks, written.place(f"questions.{q.id}.asks", q.place)) for q in case.questions if q.asks]
    yield from _alike("questions", asked, Severity.WARNING)
    yield from _alike("checks", titled("checks", [(c.id, c.title, c.place) for c in case.checks]))
    yield from _alike("forecasts", titled("forecasts", [(f.id, f.title, f.place) for f in case.forecasts]))


def numbers_read_differently(written: Written) -> Iterator[Problem]:
    """Yield numbers that are called the same."""
    named = [
        (sourced.path, sourced.called, written.place(f"{sourced.path}.called", sourced.place))
        for _, sourced in numbers(written.case)
        if sourced.called is not None
    ]
    first: dict[str, Place] = {}
    for _, words, place in named:
        known = first.setdefault(_read(words), place)
        if known != place:
            message = f'two numbers are called "{words}" (also on line {known.line})'
            yield Problem("Q192", message, place, "give each number a name of its own")


def _alike(kind: str, named: Iterable[Named], severity: Severity = Severity.ERROR) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for name, words, place in named:
        known = first.setdefault(_read(words), name)
        if known != name:
            message = f'two {kind} read "{words}": "{known}" and "{name}"'
            yield Problem("Q192", message, place, "write other words for one of them", severity)


def _read(words: str) -> str:
    """Return words as they are told apart: without case, and with no difference between a space and an underscore."""
    return " ".join(words.replace("_", " ").casefold().split())
