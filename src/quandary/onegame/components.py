"""How equilibria of a two-player game hang together: components, and what of them can be exchanged with what.

A *component* is a connected set of equilibria. It is made of maximal sets X x Y of extreme equilibria' strategies in
which everything in X is an equilibrium with everything in Y, and so are all mixtures (Winkels 1979; Jansen 1981,
"Maximal Nash subsets for bimatrix games", *Naval Research Logistics Quarterly* 28). A component that holds one extreme
equilibrium is that point; any other is a continuum, of which the extreme equilibria are the corners.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Corners = tuple[int, int]
"""An extreme equilibrium: the number of the first player's vertex and of the second's."""

SETS_AT_MOST = 200
"""So many exchangeable sets are listed for one game."""


@dataclass(frozen=True)
class Component:
    """``members``: places in the list of equilibria. ``sets``: those of them that are mixed with one another freely."""

    number: int
    members: tuple[int, ...]
    sets: tuple[tuple[int, ...], ...]

    @property
    def isolated(self) -> bool:
        """Return whether the component is a single equilibrium."""
        return len(self.members) == 1


def component_numbers(pairs: Sequence[Corners]) -> list[int]:
    """Return the number of the connected component that each extreme equilibrium lies in.

    Two extreme equilibria that share a vertex are joined by a segment of equilibria.
    """
    names: dict[tuple[int, int], int] = {}

    def root(key: tuple[int, int]) -> tuple[int, int]:
        while parent[key] != key:
            key = parent[key]
        return key

    parent = {key: key for first, second in pairs for key in ((0, first), (1, second))}
    for first, second in pairs:
        parent[root((0, first))] = root((1, second))
    return [names.setdefault(root((0, first)), len(names) + 1) for first, _ in pairs]


def components_of(pairs: Sequence[Corners]) -> tuple[Component, ...]:
    """Return the components with their maximal exchangeable sets, at most ``SETS_AT_MOST`` of them in all."""
    numbers = component_numbers(pairs)
    found, left = [], SETS_AT_MOST
    for number in sorted(set(numbers)):
        members = tuple(k for k, own in enumerate(numbers) if own == number)
        sets = _exchangeable({pairs[k]: k for k in members}, left) if left else ()
        left -= len(sets)
        found.append(Component(number, members, sets))
    return tuple(found)


def _exchangeable(places: dict[Corners, int], most: int) -> tuple[tuple[int, ...], ...]:
    """Return the maximal sets X x Y all of whose pairs are equilibria, as places, ``most`` at most."""
    partners: dict[int, set[int]] = {}
    for first, second in places:
        partners.setdefault(first, set()).add(second)
    closed = {frozenset(own) for own in partners.values()}
    waiting = list(closed)
    while waiting and len(closed) < 20 * most:
        one = waiting.pop()
        for own in partners.values():
            shared = one & own
            if shared and shared not in closed:
                closed.add(shared)
                waiting.append(shared)
    found = []
    for seconds in closed:
        firsts = [first for first, own in partners.items() if seconds <= own]
        found.append(tuple(sorted(places[first, second] for first in firsts for second in seconds)))
    return tuple(sorted(found)[:most])
