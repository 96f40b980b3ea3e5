"""Small random cases for the laws of meaning: barred options, odds of zero, private chances, memory, evidence.

A ``RandomCase`` is a case made in code from a seed, with what the reference (``reference.py``) needs said in plain
data. Conditions are lists of pieces that hold together; a piece is a list of atoms of which one holds; an atom is a
variable and the numbers of some of its states.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from itertools import product

import numpy as np

from quandary.case import (
    Actor,
    Assumption,
    Case,
    ChanceEvent,
    DecisionEvent,
    Evidence,
    OddsRule,
    OnlyRule,
    Rule,
    Sourced,
    Stake,
    observed,
)
from quandary.language import parse_condition, parse_quantity

condition_of = cache(parse_condition)
quantity_of = cache(parse_quantity)

ACTORS = ("north", "south")
DAY = date(2030, 1, 1)

Atom = tuple[str, frozenset[int]]
Piece = tuple[Atom, ...]
Condition = tuple[Piece, ...]
Settings = tuple[tuple[str, int], ...]


def state(number: int) -> str:
    """Return the name of a state."""
    return f"s{number}"


def atom_text(atom: Atom) -> str:
    name, states = atom
    chosen = ", ".join(state(s) for s in sorted(states))
    return f"{name} = {chosen}" if len(states) == 1 else f"{name} in ({chosen})"


def piece_text(piece: Piece) -> str:
    parts = " or ".join(map(atom_text, piece))
    return f"({parts})" if len(piece) > 1 else parts


def text(condition: Condition) -> str:
    """Return a condition in the language of cases."""
    return " and ".join(map(piece_text, condition))


def is_(name: str, number: int) -> Condition:
    """Return the condition that a variable is in one state."""
    return (((name, frozenset([number])),),)


def all_are(states: Settings) -> Condition:
    """Return the condition that every named variable is in its state."""
    return tuple(((name, frozenset([number])),) for name, number in states)


def do_text(settings: Settings, form: str = "do") -> str:
    """Return interventions as a query writes them."""
    return ", ".join(f"{form}({name} = {state(number)})" for name, number in settings)


def query_text(head: str, *conditions: str) -> str:
    """Return ``head`` with its conditions and interventions put behind the bar, empty ones left out."""
    behind = ", ".join(c for c in conditions if c)
    return f"{head[:-1]} | {behind})" if behind else head


@dataclass(frozen=True)
class RandomCase:
    """A case, its evidence as pieces, and random choices of what to ask of it."""

    case: Case
    evidence: Condition
    cards: dict[str, int]
    parents: dict[str, tuple[str, ...]]
    owners: dict[str, str]
    rng: np.random.Generator

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.cards)

    def roots(self) -> list[str]:
        return [name for name in self.names if not self.parents[name]]

    def sets(self, name: str) -> list[Settings]:
        """Return every combination of what a variable's mechanism sees."""
        parents = self.parents[name]
        return [
            tuple(zip(parents, states, strict=True)) for states in product(*(range(self.cards[p]) for p in parents))
        ]

    def atom(self, names: tuple[str, ...] | None = None) -> Atom:
        name = str(self.rng.choice(names or self.names))
        card = self.cards[name]
        count = 1 if card == 2 or self.rng.random() < 0.7 else 2
        return name, frozenset(self.rng.permutation(card)[:count].tolist())

    def piece(self, names: tuple[str, ...] | None = None) -> Piece:
        first = self.atom(names)
        if self.rng.random() < 0.25 and len(names or self.names) > 1:
            second = self.atom(tuple(n for n in names or self.names if n != first[0]))
            return first, second
        return (first,)

    def settings(self, most: int = 2) -> Settings:
        """Return an intervention on one variable, at times on two."""
        count = 1 if most == 1 or len(self.names) < 3 or self.rng.random() < 0.7 else 2
        chosen = self.rng.permutation(list(self.names))[:count].tolist()
        return tuple((name, int(self.rng.integers(self.cards[name]))) for name in sorted(chosen, key=self.names.index))


NOTHING = Case("", DAY, "", "")
"""The case of a diagram that is no case."""


def sourced(words: str, path: str) -> Sourced:
    return Sourced(quantity_of(words), path)


def number(rng: np.random.Generator, low: int, high: int, sign: str = "") -> str:
    """Return a number, or a range that differs from world to world."""
    first = int(rng.integers(low, high))
    if rng.random() < 0.3:
        return f"{first}{sign}"
    return f"{first}{sign} to {int(rng.integers(first + 1, high + 1))}{sign}"


def odds(rng: np.random.Generator, card: int, path: str, *, zeros: float) -> tuple[tuple[str, Sourced], ...]:
    """Return odds of every state, the last takes the rest; some are zero, some in a part of the worlds only."""
    found = []
    for k in range(card - 1):
        words = number(rng, 5, 90, "%")
        if rng.random() < zeros:
            words = str(rng.choice(["0%", "max(0, drag) * 1%"]))
        words += " of rest" if k else ""
        found.append((state(k), sourced(words, f"{path}.{state(k)}")))
    if card == 2 and rng.random() < zeros / 2:
        found = [(state(0), sourced("100%", f"{path}.{state(0)}"))]
    return (*found, (state(card - 1), sourced("rest", f"{path}.{state(card - 1)}")))


def combinations(names: tuple[str, ...], cards: dict[str, int]) -> list[str]:
    """Return the text of every combination of states; ``otherwise`` where there is nothing to combine."""
    rows = product(*(range(cards[n]) for n in names))
    return [text(all_are(tuple(zip(names, row, strict=True)))) or "otherwise" for row in rows]


def _chance(rng: np.random.Generator, name: str, cards: dict[str, int], zeros: float, arcs: float) -> ChanceEvent:
    earlier = [n for n in cards if n != name]
    given = tuple(n for n in earlier if rng.random() < arcs)[-2:]
    rules = []
    for words in combinations(given, cards):
        path = f"story.{name}.odds.{words}"
        rules.append(OddsRule(condition_of(words), odds(rng, cards[name], path, zeros=zeros)))
    private = str(rng.choice(ACTORS)) if rng.random() < 0.2 else None
    return ChanceEvent(name, tuple(state(k) for k in range(cards[name])), given, private, odds=tuple(rules))


def _decision(
    rng: np.random.Generator, name: str, cards: dict[str, int], story: list[ChanceEvent | DecisionEvent], bars: float
) -> DecisionEvent:
    by = str(rng.choice(ACTORS))
    open_to = [i.id for i in story if not isinstance(i, ChanceEvent) or i.private in (None, by)]
    sees = tuple(n for n in open_to if rng.random() < 0.5)[-2:]
    options = tuple(state(k) for k in range(cards[name]))
    only: tuple[OnlyRule, ...] = ()
    if rng.random() < bars:
        kept = tuple(rng.permutation(options)[: int(rng.integers(1, len(options)))].tolist())
        condition = "otherwise"
        if sees and rng.random() < 0.6:
            seen = str(rng.choice(sees))
            condition = f"{seen} = {state(int(rng.integers(cards[seen])))}"
        only = (OnlyRule(condition_of(condition), kept),)
    forgets = tuple(n for n in cards if n not in sees and n != name and rng.random() < 0.03)
    mine = [i.id for i in story if isinstance(i, DecisionEvent) and i.by == by]
    return DecisionEvent(name, by, options, sees, tuple(f for f in forgets if f in mine), only=only)


def _stakes(rng: np.random.Generator, cards: dict[str, int]) -> tuple[Stake, ...]:
    made = []
    for actor in ACTORS:
        for stake in ("gain", "peace")[: int(rng.integers(1, 3))]:
            scope = tuple(n for n in cards if rng.random() < 0.5)[-2:] or (list(cards)[-1],)
            path = f"stakes.{actor}.{stake}.worth"
            worth = tuple(
                Rule(condition_of(words), sourced(number(rng, 0, 60), f"{path}.{words}"))
                for words in combinations(scope, cards)
            )
            made.append(Stake(actor, stake, (), worth))
    return tuple(made)


def random_case(
    seed: int,
    *,
    variables: tuple[int, int] = (3, 5),
    deciding: float = 0.5,
    zeros: float = 0.12,
    bars: float = 0.3,
    arcs: float = 0.55,
    seen: float = 0.7,
) -> RandomCase:
    """Return the case that a seed makes; ``seen`` is how often it has evidence."""
    rng = np.random.default_rng(seed)
    cards: dict[str, int] = {}
    story: list[ChanceEvent | DecisionEvent] = []
    for k in range(int(rng.integers(variables[0], variables[1] + 1))):
        name = f"v{k}"
        cards[name] = 2 if rng.random() < 0.75 else 3
        if rng.random() < deciding:
            story.append(_decision(rng, name, cards, story, bars))
        else:
            story.append(_chance(rng, name, cards, zeros, arcs))
    actors = {a: Actor(a, a.title(), sourced(_rationality(rng), f"actors.{a}.rationality")) for a in ACTORS}
    drag = {"drag": Assumption("drag", sourced("uniform(-30, 30)", "drag"))}
    case = Case("random", DAY, "", "", actors=actors, assumptions=drag, story=tuple(story), stakes=_stakes(rng, cards))
    parents = {i.id: i.given if isinstance(i, ChanceEvent) else observed(case, i.id) for i in story}
    owners = {i.id: i.by for i in story if isinstance(i, DecisionEvent)}
    found = RandomCase(case, (), cards, parents, owners, rng)
    return (
        with_evidence(found, tuple(found.piece() for _ in range(int(rng.integers(1, 4)))))
        if rng.random() < seen
        else found
    )


def with_evidence(drawn: RandomCase, pieces: Condition) -> RandomCase:
    """Return the case with other evidence: the first piece a day before the others, which were seen together."""
    items = tuple(
        Evidence(date(2029, 1, day + 1), condition_of(text(some)))
        for day, some in enumerate((pieces[:1], pieces[1:]))
        if some
    )
    return replace(drawn, case=replace(drawn.case, evidence=items), evidence=tuple(dict.fromkeys(pieces)))


def _rationality(rng: np.random.Generator) -> str:
    return str(rng.choice(["x2 per 10", "x1.2 to x3 per 10", "x2 to x4 per 10"]))
