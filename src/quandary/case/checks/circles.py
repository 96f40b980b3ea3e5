"""Definitions that go round in a circle: events made of each other, assumptions computed from each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from quandary.base.places import Place
from quandary.base.problems import Problem
from quandary.case.checks.written import Written
from quandary.language.syntax import And, Expression, Name, Not, Or, names_in

LONGEST_CHAIN = 50
"""How many definitions may build on each other, one on the next."""


def circles(written: Written) -> Iterator[Problem]:
    """Yield each circle of definitions once, at the first definition in it, and chains of them that are too long."""
    case = written.case
    events = {name: _events_in(event.condition) for name, event in case.events.items()}
    places = {name: event.place for name, event in case.events.items()}
    yield from _circles("event", events, places)
    values = {name: _assumptions_in(one.value.quantity) for name, one in case.assumptions.items()}
    places = {name: one.place for name, one in case.assumptions.items()}
    yield from _circles("assumption", values, places)


def _circles(kind: str, uses: Mapping[str, list[str]], places: Mapping[str, Place]) -> Iterator[Problem]:
    settled = _settled(uses)
    done: set[str] = set()
    for start in uses:
        if start in settled or start in done:
            continue
        chain = circle_through(start, uses)
        done.update(chain)
        if chain:
            message = f"this {kind} is defined by itself: {_shown((*chain, start))}"
            yield Problem("Q239", message, places[start], f"define one {kind} without the others")
    longest = max(settled, key=lambda name: settled[name], default="")
    if longest and settled[longest] > LONGEST_CHAIN:
        message = f"this {kind} builds on a chain of {settled[longest]} others; the limit is {LONGEST_CHAIN}"
        yield Problem("Q186", message, places[longest], f"define it by fewer {kind}s")


def _shown(chain: tuple[str, ...]) -> str:
    return " -> ".join(chain if len(chain) <= 8 else (*chain[:4], "...", *chain[-3:]))


def _settled(uses: Mapping[str, list[str]]) -> dict[str, int]:
    """Return, for each definition that rests on no circle, the length of the longest chain below it."""
    known = {name: [used for used in dict.fromkeys(names) if used in uses] for name, names in uses.items()}
    waiting = {name: len(names) for name, names in known.items()}
    users: dict[str, list[str]] = {name: [] for name in uses}
    for name, names in known.items():
        for used in names:
            users[used].append(name)
    ready = [name for name, count in waiting.items() if not count]
    settled = dict.fromkeys(ready, 0)
    while ready:
        name = ready.pop()
        for user in users[name]:
            waiting[user] -= 1
            if not waiting[user]:
                settled[user] = 1 + max(settled[used] for used in known[user])
                ready.append(user)
    return settled


def circle_through(start: str, uses: Mapping[str, list[str]]) -> list[str]:
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
