"""Definitions that go round in a circle: events made of each other, assumptions computed from each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from quandary.case.amounts import names_in
from quandary.case.checks.written import Written
from quandary.language.syntax import And, Expression, Name, Not, Or
from quandary.places import Place
from quandary.problems import Problem


def circles(written: Written) -> Iterator[Problem]:
    """Yield each circle of definitions once, at the first definition in it."""
    case = written.case
    events = {name: _events_in(event.condition) for name, event in case.events.items()}
    places = {name: event.place for name, event in case.events.items()}
    yield from _circles("event", events, places)
    values = {name: _assumptions_in(one.value.quantity) for name, one in case.assumptions.items()}
    places = {name: one.place for name, one in case.assumptions.items()}
    yield from _circles("assumption", values, places)


def _circles(kind: str, uses: Mapping[str, list[str]], places: Mapping[str, Place]) -> Iterator[Problem]:
    done: set[str] = set()
    for start in uses:
        chain = _circle_through(start, uses)
        if chain and not done.intersection(chain):
            done.update(chain)
            message = f"this {kind} is defined by itself: {' -> '.join((*chain, start))}"
            yield Problem("Q239", message, places[start], f"define one {kind} without the others")


def _circle_through(start: str, uses: Mapping[str, list[str]]) -> list[str]:
    """Return a shortest way from ``start`` back to itself, without the return; empty where there is none."""
    ways = [[start]]
    seen: set[str] = set()
    while ways:
        way = ways.pop(0)
        for name in uses.get(way[-1], ()):
            if name == start:
                return way
            if name not in seen:
                seen.add(name)
                ways.append([*way, name])
    return []


def _assumptions_in(quantity: Expression) -> list[str]:
    return [name.text for name in names_in(quantity)]


def _events_in(condition: Expression) -> list[str]:
    match condition:
        case Name():
            return [condition.text]
        case Not(operand=inner):
            return _events_in(inner)
        case And(operands=operands) | Or(operands=operands):
            return [name for operand in operands for name in _events_in(operand)]
        case _:
            return []
