"""Eliminating variables against time: what is left of a player's payoff at each of the decisions.

A payoff is a sum of terms. Eliminating X replaces the terms that mention X by their expectation over P(X | parents);
terms are added up where the scope of one holds that of another, so that a chain keeps a handful of terms however long.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Protocol

from quandary.engine.expressions import Book
from quandary.engine.planning.structure import Structure

Terms = tuple[int, ...]


class Factors(Protocol):
    """Where the nodes of factors and utilities come from."""

    structure: Structure
    book: Book

    def factor(self, name: str) -> int:
        """Return the node of P(name | parents)."""
        ...

    def utility(self, index: int) -> int:
        """Return the node of a utility table."""
        ...

    def as_seen(self, decision: str, term: int) -> int:
        """Return the node of a term's expectation given what the decision's owner sees and does."""
        ...

    def suffices(self, decision: str, hidden: Iterable[str], others: Iterable[str]) -> bool:
        """Return whether what the owner sees at other decisions tells nothing more about hidden variables."""
        ...


@dataclass(frozen=True)
class Passes:
    """``touched[decision]``: the terms that mention it once all that follows it is eliminated. ``final``: numbers."""

    touched: dict[str, Terms]
    final: Terms
    born: dict[int, int] = field(default_factory=dict)
    gone: dict[int, int] = field(default_factory=dict)
    moment: dict[str, int] = field(default_factory=dict)

    def alive(self, decision: str) -> Terms:
        """Return all terms that exist when the decision's turn comes, also those that do not mention it."""
        now = self.moment[decision]
        return tuple(t for t, since in self.born.items() if since <= now < self.gone.get(t, now + 1))


def eliminate_against_time(factors: Factors, utilities: tuple[int, ...]) -> Passes:
    """Return the passes for the sum of those utilities."""
    live = _Live(factors.book, [factors.utility(i) for i in utilities])
    structure = factors.structure
    owners = {structure.utilities[i][0] for i in utilities}
    waiting = {name: len(children) for name, children in structure.children_of.items()}
    ready = [name for name, children in waiting.items() if not children]
    heap = [(-structure.position[name], name) for name in ready]
    heapq.heapify(heap)
    touched: dict[str, Terms] = {}
    moment: dict[str, int] = {}
    while heap:
        name = _cheapest(heap, factors, live)
        moment[name] = live.now
        if structure.player_of[name] is not None:
            touched[name] = live.with_axis(name)
        live.now += 1
        parents = structure.parents_of[name]
        owner = structure.player_of[name]
        if owner is not None and owners == {owner}:
            _forget_hidden(factors, live, name, moment)
        for group in live.take(name, parents):
            axes = {*factors.book.nodes[group].axes, *parents} - {name}
            live.put(factors.book.product(factors.factor(name), group, axes))
        for parent in parents:
            waiting[parent] -= 1
            if not waiting[parent]:
                heapq.heappush(heap, (-structure.position[parent], parent))
    return Passes(touched, live.final(), live.born, live.gone, moment)


def _forget_hidden(factors: Factors, live: _Live, decision: str, gone: Collection[str]) -> None:
    """Replace terms at an own decision by what the owner expects of them there, where that is smaller.

    The node is needed for the decision's values anyway. Not done where the owner knows more at a waiting decision.
    """
    seen = factors.structure.parents_of[decision]
    for term in live.with_axis(decision):
        axes = factors.book.nodes[term].axes
        hidden = [a for a in axes if a != decision and a not in seen]
        waiting = [d for d in factors.structure.decisions if d not in gone] if hidden else []
        if hidden and factors.suffices(decision, hidden, waiting):
            expected = factors.as_seen(decision, term)
            if factors.book.entries({*factors.book.nodes[expected].axes, *seen}) < factors.book.entries({*axes, *seen}):
                live.replace(term, expected)


LOOKED_AT = 12
"""So many of the variables that could be eliminated next, latest first, are compared by cost."""


def _cheapest(heap: list[tuple[int, str]], factors: Factors, live: _Live) -> str:
    """Take from the heap the variable whose elimination leaves the smallest terms, the latest one in a tie."""
    looked = [heapq.heappop(heap) for _ in range(min(LOOKED_AT, len(heap)))]

    def cost(entry: tuple[int, str]) -> tuple[int, int]:
        position, name = entry
        parents = factors.structure.parents_of[name]
        scopes = [{*factors.book.nodes[t].axes, *parents} - {name} for t in live.with_axis(name)]
        return sum(factors.book.entries(scope) for scope in scopes), position

    best = min(looked, key=cost)
    for entry in looked:
        if entry is not best:
            heapq.heappush(heap, entry)
    return best[1]


class _Live:
    """The terms that exist now, found by axis."""

    def __init__(self, book: Book, terms: Iterable[int]) -> None:
        self.book = book
        self.now = 0
        self.born: dict[int, int] = {}
        self.gone: dict[int, int] = {}
        self._by_axis: dict[str, dict[int, None]] = {}
        self._bare: dict[int, None] = {}
        for term in terms:
            self.put(term)

    def with_axis(self, axis: str) -> Terms:
        """Return the terms that mention the axis."""
        return tuple(self._by_axis.get(axis, ()))

    def final(self) -> Terms:
        """Return the terms without axes."""
        return tuple(self._bare)

    def put(self, term: int) -> None:
        """Add a term, joining it with one whose scope holds its own or is held by it."""
        scope = set(self.book.nodes[term].axes)
        near = dict.fromkeys(t for axis in self.book.nodes[term].axes for t in self._by_axis.get(axis, ()))
        for other in near if scope else tuple(self._bare):
            theirs = set(self.book.nodes[other].axes)
            if scope <= theirs or theirs <= scope:
                self._remove(other)
                self.put(self.book.sum((term, other)))
                return
        for axis in scope:
            self._by_axis.setdefault(axis, {})[term] = None
        if not scope:
            self._bare[term] = None
        self.born[term] = self.now
        self.gone.pop(term, None)

    def take(self, axis: str, parents: tuple[str, ...]) -> list[int]:
        """Remove the terms that mention the axis and return them, added up where scopes with the parents allow."""
        terms = self.with_axis(axis)
        for term in terms:
            self._remove(term)
        groups: list[tuple[set[str], list[int]]] = []
        scopes = {t: {*self.book.nodes[t].axes, *parents} for t in terms}
        for term in sorted(terms, key=lambda t: (-len(scopes[t]), t)):
            for scope, members in groups:
                if scopes[term] <= scope:
                    members.append(term)
                    break
            else:
                groups.append((scopes[term], [term]))
        return [self.book.sum(members) for _, members in groups]

    def replace(self, term: int, other: int) -> None:
        """Put another term in the place of one."""
        self._remove(term)
        for axis in self.book.nodes[other].axes:
            self._by_axis.setdefault(axis, {})[other] = None

    def _remove(self, term: int) -> None:
        for axis in self.book.nodes[term].axes:
            self._by_axis[axis].pop(term, None)
        self._bare.pop(term, None)
        self.gone[term] = self.now
