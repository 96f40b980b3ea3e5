"""Trembles for sets that are never reached: which nodes can carry belief together, and of what order trembles then are.

The search of ``consistency``: sets in groups that share trembles, supports of beliefs set by set, orders by a linear
program, weights by ``tremble_weights``.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from quandary.base.arrays import Array
from quandary.onegame.judging.extensive import Step, Work
from quandary.onegame.judging.trembles.tremble_weights import Nodes, Weights, weights_of
from quandary.onegame.programs.linear_program import smallest


@dataclass(frozen=True, eq=False)
class UnreachedSet:
    """An unreached set with several nodes: leads ``(actions, nodes)``, and per node the trembles that lead there and
    the logarithm of everything else on the way."""

    which: int
    leads: Array
    trembles: tuple[tuple[Step, ...], ...]
    logs: Array


@dataclass(frozen=True, eq=False)
class TrembleSearch:
    """Whether there are trembles (``None``: not settled), which, and ``at`` which sets there are none;
    ``whatever`` says that no beliefs at all would serve there."""

    holds: bool | None
    orders: Mapping[Step, float]
    weights: Mapping[Step, float]
    at: tuple[int, ...] = ()
    whatever: bool = False


def searched(places: Sequence[UnreachedSet], tolerance: float, work: Work) -> TrembleSearch:
    """Return trembles for all groups of sets, or which set no belief can serve, or that it is not settled."""
    orders: dict[Step, float] = {}
    weights: dict[Step, float] = {}
    settled: bool | None = True
    for place in places:
        if least_gain(place.leads, work) > tolerance:
            return TrembleSearch(False, {}, {}, (place.which,), whatever=True)
    for group in _groups(places):
        found = _GroupSearch(group, tolerance, work).run()
        if found.holds is False:
            return found
        settled = settled if found.holds else None
        orders |= found.orders
        weights |= found.weights
    return TrembleSearch(settled, orders, weights)


def _groups(places: Sequence[UnreachedSet]) -> list[list[UnreachedSet]]:
    """Return the sets in groups: two belong together if a tremble tells nodes apart in both."""
    groups: list[tuple[set[Step], list[UnreachedSet]]] = []
    for place in places:
        sets: list[set[Step]] = [set(steps) for steps in place.trembles]
        shared = {step for step in sets[0] if all(step in own for own in sets)}
        telling = {step for own in sets for step in own} - shared
        joined = [group for group in groups if group[0] & telling]
        groups = [group for group in groups if not group[0] & telling]
        merged = [p for group in joined for p in group[1]]
        groups.append((telling.union(*(group[0] for group in joined)), [*merged, place]))
    return [group[1] for group in groups]


class _GroupSearch:
    """Goes through the supports of one group of sets, depth first."""

    def __init__(self, places: Sequence[UnreachedSet], tolerance: float, work: Work) -> None:
        self.places = sorted(places, key=lambda place: place.leads.shape[1])
        self.tolerance = tolerance
        self.work = work
        self.steps = sorted({step for place in places for own in place.trembles for step in own})
        self.column = {step: k for k, step in enumerate(self.steps)}
        self.sums = [self._counts(place) for place in self.places]
        self.unsettled = False

    def run(self) -> TrembleSearch:
        """Return trembles, or that there are none, or that it is not settled."""
        for supports in self._supports([]):
            nodes = [
                Nodes(place.leads[:, list(own)] - self.tolerance, place.logs[list(own)], counts[list(own)])
                for place, counts, own in zip(self.places, self.sums, supports, strict=True)
                if len(own) > 1
            ]
            weights: Weights = weights_of(nodes, len(self.steps), self.work)
            if weights.logs is not None:
                orders = self._orders(supports, small=True)
                assert orders is not None
                named = zip(self.steps, orders.tolist(), weights.logs.tolist(), strict=True)
                rows = list(named)
                return TrembleSearch(True, {s: k for s, k, _ in rows}, {s: w for s, _, w in rows})
            self.unsettled = self.unsettled or not weights.refuted
        if self.unsettled:
            return TrembleSearch(None, {}, {})
        return TrembleSearch(False, {}, {}, tuple(sorted(place.which for place in self.places)))

    def _supports(self, chosen: list[tuple[int, ...]]) -> Iterator[list[tuple[int, ...]]]:
        if len(chosen) == len(self.places):
            yield chosen
            return
        place = self.places[len(chosen)]
        for own in useful_supports(place.leads - self.tolerance, self.work):
            deeper = [*chosen, own]
            if self._orders(deeper) is not None:
                yield from self._supports(deeper)

    def _counts(self, place: UnreachedSet) -> Array:
        counts = np.zeros((len(place.trembles), len(self.steps)))
        for row, steps in enumerate(place.trembles):
            for step in steps:
                counts[row, self.column[step]] += 1
        return counts

    def _orders(self, supports: Sequence[tuple[int, ...]], *, small: bool = False) -> Array | None:
        """Return orders K >= 1 under which exactly the supports have the least sums, or ``None``.

        Variables: K, a shortfall s, and a one. Differences that have to be there are at least 1 - s. The smallest s is
        0 where such orders exist, else 1: orders that separate at all can be multiplied until they separate by one.
        """
        self.work.spend()
        size = len(self.steps)
        rows = [np.array([*-row, -1.0, 1.0]) for row in np.eye(size)]
        for own, counts in zip(supports, self.sums, strict=False):
            for node, gap in enumerate(counts - counts[own[0]]):
                if node in own:
                    rows += [np.array([*gap, 0.0, 0.0]), np.array([*-gap, 0.0, 0.0])] if gap.any() else []
                elif not gap.any():
                    return None
                else:
                    rows.append(np.array([*-gap, -1.0, 1.0]))
        table, one = np.array(rows).reshape(-1, size + 2), np.eye(size + 2)[[-1]]
        found = smallest(np.eye(size + 2)[size], at_most_zero=table, equal=one, right=np.ones(1))
        if found.value > 0.5:
            return None
        if small:
            table[:, size] = 0.0
            aim = np.array([*np.ones(size), 0.0, 0.0])
            found = smallest(aim, at_most_zero=table, equal=one, right=np.ones(1))
        return found.x[:size]


def useful_supports(leads: Array, work: Work) -> Iterator[tuple[int, ...]]:
    """Yield the sets of nodes that beliefs may lie on, each node with some of it, without any lead above zero."""
    count = leads.shape[1]
    for size in range(1, count + 1):
        for own in itertools.combinations(range(count), size):
            work.spend()
            if _serves(leads[:, list(own)]):
                yield own


def _serves(leads: Array) -> bool:
    """Return whether beliefs that are positive at all of the nodes leave no lead above zero."""
    count = leads.shape[1]
    if count == 1:
        return bool((leads <= 0.0).all())
    if count == 2:
        low, high = between(leads)
        return low <= high and low < 1.0 and high > 0.0
    if (leads > 0.0).all(axis=1).any():
        return False
    aim = np.array([*np.zeros(count), -1.0, 1e3])
    rows = np.block(
        [
            [leads, np.zeros((len(leads), 1)), -np.ones((len(leads), 1))],
            [-np.eye(count), np.ones((count, 1)), np.zeros((count, 1))],
        ]
    )
    equal = np.array([[*np.ones(count), 0.0, 0.0]])
    found = smallest(aim, at_most_zero=rows, equal=equal, right=np.ones(1)).x
    return bool(found[-1] <= 1e-12 and found[-2] > 1e-9)


def between(leads: Array) -> tuple[float, float]:
    """Return the least and most probability of the first of two nodes under which no lead is above zero."""
    low, high = 0.0, 1.0
    for first, second in leads.tolist():
        if first > 0.0 and second > 0.0:
            return 1.0, 0.0
        if first > 0.0:
            high = min(high, -second / (first - second))
        elif second > 0.0:
            low = max(low, second / (second - first))
    return low, high


def least_gain(leads: Array, work: Work) -> float:
    """Return the smallest possible largest lead over all beliefs."""
    work.spend()
    if not len(leads):
        return -np.inf
    count = leads.shape[1]
    if bool((leads.max(axis=0) <= 0.0).any()):
        return float(leads.max(axis=0).min())
    rows = np.hstack([leads, -np.ones((len(leads), 1))])
    aim, equal = np.array([*np.zeros(count), 1.0]), np.array([[*np.ones(count), 0.0]])
    return smallest(aim, at_most_zero=rows, equal=equal, right=np.ones(1), free=1).value
