"""Sign algebra: on which side of zero a difference lies, whatever the numbers of a network are.

A network is known here by signs alone: of each arc whether its child rises or falls with the parent, whatever the other
parents are. To rise is to have more in every upper part of the states as written (first-order stochastic dominance).
The theorems, with their proofs, stand in ``docs/decisions/follows.md``; after Wellman (1990), Druzdzel & Henrion
(1993), Esary, Proschan & Walkup (1967) and Karlin & Rinott (1980). Each is sound and none is complete: ``None`` says
that the sign is not known.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations

from quandary.game.graphs.dseparation import travels
from quandary.game.graphs.graph import graph_from_parents

Sign = int | None
"""1: rises, -1: falls, 0: does not change, ``None``: not known."""

States = frozenset[int]
"""States of one variable, numbered as written."""


@dataclass(frozen=True)
class SignedNode:
    """A variable: how many states it has, and how it goes with each parent, whatever the others are.

    ``ratio`` says that its signs hold for likelihood ratios too (p(v|u)/p(v|u') rises with v). ``additive`` says that
    it has two states and that its log-odds are a sum of a base and one term for each parent.
    """

    states: int
    parents: Mapping[str, Sign] = field(default_factory=dict)
    ratio: bool = False
    additive: bool = False


@dataclass(frozen=True)
class ComparedSide:
    """One side of a comparison: what is set, what is seen of single variables, what ``joint`` conditions mention."""

    settings: Mapping[str, int] = field(default_factory=dict)
    seen: Mapping[str, States] = field(default_factory=dict)
    joint: frozenset[str] = frozenset()


Aim = Mapping[str, Sign]
"""What is compared is the expectation of a function of these variables, which goes with each as the sign says."""


def times(first: Sign, second: Sign) -> Sign:
    """Return the sign of a product: nothing of the unknown is nothing."""
    if first == 0 or second == 0:
        return 0
    return None if first is None or second is None else first * second


def plus(signs: Iterable[Sign]) -> Sign:
    """Return the sign of a sum: not known where some is not, or where two are against each other."""
    found = set(signs) - {0}
    if not found:
        return 0
    return found.pop() if len(found) == 1 else None


class SignedNetwork:
    """Variables by name, parents before children."""

    def __init__(self, nodes: Mapping[str, SignedNode]) -> None:
        self.nodes = dict(nodes)
        self.graph = graph_from_parents({name: _bearing(node) for name, node in self.nodes.items()})

    def cut(self, names: Collection[str], known: Collection[str] = ()) -> SignedNetwork:
        """Return the network in which some variables are set: nothing bears on them, nor they, where ``known``, on any.

        What is the same on both sides is one setting of the other parents, under which every sign holds.
        """
        nodes = {}
        for name, node in self.nodes.items():
            bearing = {} if name in names else {p: s for p, s in node.parents.items() if p not in known}
            nodes[name] = replace(node, parents=bearing)
        return SignedNetwork(nodes)

    def difference(self, left: ComparedSide, right: ComparedSide, aim: Aim) -> Sign:
        """Return the sign of the expectation on the left minus that on the right, ``None`` where it is not known.

        Whatever the numbers are that have the network's signs: where it is 1 the left is never the lower.
        """
        both = {name for name in left.settings if name in right.settings}
        moved = {
            name: _moved(left.settings.get(name), right.settings.get(name), self.nodes[name].states)
            for name in {**left.settings, **right.settings}
        }
        network = self.cut(both, {name for name in both if moved[name] == 0})
        if any(sign != 0 for sign in moved.values()):
            return network._by_setting(moved, left, right, aim)
        return network._by_seeing(left, right, aim)

    def effect(self, moved: Mapping[str, Sign], aim: Aim) -> Sign:
        """Return how the aim goes where some variables are moved (theorem 1): along all paths that lead there."""
        direction: dict[str, Sign] = {}
        for name, node in self.nodes.items():
            if name in moved:
                direction[name] = moved[name]
            else:
                direction[name] = plus(times(sign, direction[parent]) for parent, sign in node.parents.items())
        return plus(times(sign, direction[name]) for name, sign in aim.items())

    def _by_setting(self, moved: Mapping[str, Sign], left: ComparedSide, right: ComparedSide, aim: Aim) -> Sign:
        if left.seen != right.seen or left.joint != right.joint:
            return None
        sources = [name for name, sign in moved.items() if sign != 0]
        if self.graph.descendants(sources) & ({*left.seen} | left.joint):
            return None
        return self.effect(moved, aim)

    def _by_seeing(self, left: ComparedSide, right: ComparedSide, aim: Aim) -> Sign:
        if left.joint or right.joint:
            return 0 if left == right else None
        differing = [n for n in {**left.seen, **right.seen} if left.seen.get(n) != right.seen.get(n)]
        if not differing:
            return 0
        if len(differing) > 1:
            return None
        (name,) = differing
        every = frozenset(range(self.nodes[name].states))
        ends = left.seen.get(name, every), right.seen.get(name, every)
        common = {other: states for other, states in left.seen.items() if other != name}
        return self._seen(name, ends, common, aim)

    def _seen(self, name: str, ends: tuple[States, States], common: Mapping[str, States], aim: Aim) -> Sign:
        """Return the sign where one variable is seen otherwise and all else that is seen is the same."""
        settled = self._as_set(common, name)
        network = self.cut(settled, settled)
        common = {n: s for n, s in common.items() if n not in settled}
        common = network._bearing_on({name, *aim}, common)
        aside = network.cut((), {name})
        blocked = all(len(states) == 1 for states in common.values())
        if blocked and not network.graph.descendants([name]) & {*common}:
            reached = travels(aside.graph, [n for n in aim if n != name], [*common]).visited
            if name not in reached:
                return times(_dominates(*ends, network.nodes[name].states), network.effect({name: 1}, aim))
        if not common and (up := _is_cut(*ends, network.nodes[name].states)):
            found = network._associated(name, aim)
            if found is not None:
                return times(up, found)
        return times(_dominates(*ends, network.nodes[name].states), network._affiliated(name, common, aim))

    def _as_set(self, common: Mapping[str, States], name: str) -> set[str]:
        """Return which of the variables seen are as good as set: all that bears on them is so too."""
        settled: set[str] = set()
        for other in self.nodes:
            single = other in common and len(common[other]) == 1 and other != name
            if single and set(self.graph.parents[other]) <= settled:
                settled.add(other)
        return settled

    def _bearing_on(self, names: Collection[str], common: Mapping[str, States]) -> dict[str, States]:
        """Return what is seen without what is independent of all that is asked, given the rest of it."""
        kept = dict(common)
        for other in common:
            rest = [n for n in kept if n != other]
            blocked = all(len(kept[n]) == 1 for n in rest)
            asked = [n for n in names if n not in rest]
            if blocked and other not in names and other not in travels(self.graph, asked, rest).visited:
                del kept[other]
        return kept

    def _associated(self, name: str, aim: Aim) -> Sign:
        """Return how the aim goes with a variable, nothing else being seen (theorem 2): association.

        Both rise with all the noise that they share, or one falls where the other rises, everywhere.
        """
        found: list[Sign] = []
        for source in self.graph.ancestors([name]):
            found.append(times(self.effect({source: 1}, {name: 1}), self.effect({source: 1}, aim)))
        return plus(found)

    def _affiliated(self, name: str, common: Mapping[str, States], aim: Aim) -> Sign:
        """Return how the aim goes with a variable given what is seen (theorem 3): affiliation."""
        known = {n for n, states in common.items() if len(states) == 1}
        pairs = self._pairs(self.graph.ancestors({name, *aim, *common}), known)
        towards: dict[str, int] = {name: 1}
        waiting = [name]
        while waiting:
            one = waiting.pop()
            for pair, sign in pairs.items():
                if one not in pair or sign == 0:
                    continue
                if sign is None:
                    return None
                (other,) = pair - {one}
                if other not in towards:
                    towards[other] = sign * towards[one]
                    waiting.append(other)
                elif towards[other] != sign * towards[one]:
                    return None
        return plus(times(sign, towards[n]) for n, sign in aim.items() if n in towards and n not in known)

    def _pairs(self, names: Collection[str], known: Collection[str]) -> dict[frozenset[str], Sign]:
        """Return how each two variables that are not known go together in every table that has both."""
        found: dict[frozenset[str], list[Sign]] = {}
        for name in names:
            node = self.nodes[name]
            bearing = [p for p, sign in node.parents.items() if sign != 0 and p not in known]
            for parent in bearing if name not in known else ():
                sign = node.parents[parent] if node.ratio else None
                found.setdefault(frozenset({name, parent}), []).append(sign)
            for one, other in combinations(bearing, 2):
                cross: Sign = None
                if name in known and node.additive:
                    joined = times(node.parents[one], node.parents[other])
                    cross = None if joined is None else -joined
                found.setdefault(frozenset({one, other}), []).append(cross)
        return {pair: plus(signs) for pair, signs in found.items()}


def _bearing(node: SignedNode) -> tuple[str, ...]:
    return tuple(parent for parent, sign in node.parents.items() if sign != 0)


def _moved(left: int | None, right: int | None, states: int) -> Sign:
    """Return the direction from the right setting to the left; one end is beyond whatever else it would be."""
    if left is None or right is None:
        one, sign = (right, -1) if left is None else (left, 1)
        return sign if one == states - 1 else -sign if one == 0 else None
    return (left > right) - (left < right)


def _is_cut(left: States, right: States, states: int) -> int:
    """Return 1 where the left are the states from one on and the right those up to one, -1 the other way, else 0."""
    if left == right:
        return 0
    if _upper(left, states) and _lower(right):
        return 1
    return -1 if _lower(left) and _upper(right, states) else 0


def _dominates(left: States, right: States, states: int) -> Sign:
    """Return 1 where a variable known to be in the left states is above one in the right, whatever its odds are."""
    if left == right:
        return 0
    if (cut := _is_cut(left, right, states)) != 0:
        return cut
    if min(left) >= max(right):
        return 1
    return -1 if max(left) <= min(right) else None


def _upper(some: States, states: int) -> bool:
    return some == frozenset(range(min(some), states))


def _lower(some: States) -> bool:
    return some == frozenset(range(max(some) + 1))
