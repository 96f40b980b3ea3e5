"""How much an answer would settle: mutual information between the class an answer falls in and what is true.

For each question there is, in every world, the class (two to four of them) that the answer would fall in, and for each
target (a claim, the headline) whether it is true there. A question tells I(class; truth), summed over the targets; two
questions together tell I(both classes; truth), which may be all where each alone tells nothing (two directions in a
chain). Estimates from a sample are too high by about (cells - rows - columns + 1) / 2N, which is taken away (Miller
1955, "Note on the bias of information estimates"). What is left counts only above what chance gives: the 95 % point of
the greatest value over all questions when worlds are shuffled (Westfall & Young 1993, single-step maxT), for questions
alone and for what pairs add to both alone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quandary.base.arrays import Array

Classes = NDArray[np.intp]

AGREEING = 0.95
"""Targets that agree, or are each other's opposite, in this share of worlds count once."""

SHUFFLES = 99
"""How often worlds are shuffled to see what chance gives a question alone."""

PAIR_SHUFFLES = 19
"""The same for pairs, of which there are more: 95 % is then the greatest of all."""

LEVEL = 0.95

NONE = 1e-6
"""A share of worlds of no more than this is none: what rounding leaves."""

MOST_PAIRED = 24
"""Questions that are looked at in pairs: of more, those that are preferred, then those that tell most alone."""


@dataclass(frozen=True, eq=False)
class Targets:
    """What is true in each world, ``truths`` (T, W) of 0 and 1, and what each world weighs for each, ``weights``.

    Where a target has no value a world weighs nothing for it.
    """

    truths: Array
    weights: Array

    @property
    def worlds(self) -> int:
        """Return how many worlds there are."""
        return int(self.truths.shape[1])

    @property
    def effective(self) -> Array:
        """Return the effective number of worlds for each target, ``(T,)``."""
        squares = (self.weights**2).sum(axis=1)
        totals = self.weights.sum(axis=1)
        found: Array = np.divide(totals**2, squares, out=np.zeros_like(totals), where=squares > 0)
        return found

    @property
    def entropy(self) -> float:
        """Return how much is open, in bits: the entropy of each target, summed."""
        totals = self.weights.sum(axis=1)
        true = (self.truths * self.weights).sum(axis=1)
        share: Array = np.divide(true, totals, out=np.zeros_like(totals), where=totals > 0)
        return float((_surprise(share) + _surprise(1.0 - share)).sum())

    def once(self) -> Targets:
        """Return the targets without those that agree with an earlier one in 95 % of worlds, or are its opposite."""
        kept: list[int] = []
        for at in range(len(self.truths)):
            if not any(self._alike(at, other) for other in kept):
                kept.append(at)
        return Targets(self.truths[kept], self.weights[kept])

    def _alike(self, first: int, second: int) -> bool:
        weights = np.sqrt(self.weights[first] * self.weights[second])
        total = weights.sum()
        if not total > 0:
            return False
        agree = float((weights * (self.truths[first] == self.truths[second])).sum() / total)
        return max(agree, 1.0 - agree) >= AGREEING


@dataclass(frozen=True, eq=False)
class Settling:
    """What each question would settle, in bits over all targets: ``alone`` (n,); ``added`` (n, n) what two add to both.

    Both are corrected for bias. ``chance_alone`` and ``chance_added`` are what chance gives the greatest of them.
    """

    alone: Array
    added: Array
    chance_alone: float
    chance_added: float

    def tells(self, at: int) -> float:
        """Return what a question tells alone; 0 where chance gives as much."""
        found = float(self.alone[at])
        return found if found > self.chance_alone else 0.0

    def pair(self, at: int) -> tuple[int, float] | None:
        """Return the best partner of a question and what both tell together; ``None`` where they add nothing."""
        if not self.added.size:
            return None
        partner = int(np.argmax(self.added[at]))
        gained = float(self.added[at, partner])
        if partner == at or not gained > self.chance_added:
            return None
        return partner, gained + max(0.0, float(self.alone[at])) + max(0.0, float(self.alone[partner]))


@dataclass(frozen=True)
class RankedQuestion:
    """A question's place in the order of asking: its number, with a partner where both are asked as a pair.

    ``bits`` is what it tells for each answer that is asked for: of a pair half of what both tell.
    """

    at: int
    partner: int | None
    bits: float


def settling(
    classes: Sequence[Classes], targets: Targets, random: np.random.Generator, preferred: Collection[int] = ()
) -> Settling:
    """Return what each question, a class of its answer in each world ``(W,)``, would settle of the targets.

    Of many questions the ``preferred`` are looked at in pairs first.
    """
    seen = targets.once() if len(targets.truths) else targets
    count = len(classes)
    added = np.full((count, count), -np.inf)
    if not count or not len(seen.truths) or not seen.effective.max(initial=0.0) > 1:
        return Settling(np.zeros(count), added, 0.0, np.inf)
    table = _Table(classes, seen)
    order = np.arange(seen.worlds)
    (alone,) = table.alone([order])
    shuffled = [random.permutation(seen.worlds) for _ in range(SHUFFLES)]
    chance_alone = _upper(table.alone(shuffled).max(axis=1).tolist())
    chance_added = np.inf
    paired = sorted(range(count), key=lambda at: (at not in preferred, -alone[at]))[:MOST_PAIRED]
    if len(paired) > 1:
        few = _Table([classes[at] for at in paired], seen)
        added[np.ix_(paired, paired)] = few.added(order)
        chance_added = _upper([float(few.added(some).max()) for some in shuffled[:PAIR_SHUFFLES]])
    return Settling(alone, added, max(0.0, chance_alone), max(0.0, chance_added))


def ranked(found: Settling) -> tuple[RankedQuestion, ...]:
    """Return the questions that tell more than chance, the one that tells most for each answer first.

    A question is asked with its partner where the two tell more for each of both answers than either alone; who is
    asked as a partner is not listed again.
    """
    options = [RankedQuestion(at, None, bits) for at in range(len(found.alone)) if (bits := found.tells(at)) > 0]
    for at in range(len(found.alone)):
        pair = found.pair(at)
        if pair is not None and pair[1] / 2 > max(found.tells(at), found.tells(pair[0])):
            first, second = sorted((at, pair[0]))
            options.append(RankedQuestion(first, second, pair[1] / 2))
    listed: list[RankedQuestion] = []
    taken: set[int] = set()
    for one in sorted(options, key=lambda one: (-one.bits, one.at, -1 if one.partner is None else one.partner)):
        own = {one.at} if one.partner is None else {one.at, one.partner}
        if not own & taken:
            listed.append(one)
            taken |= own
    return tuple(listed)


def _upper(values: Sequence[float]) -> float:
    """Return the 95 % point of shuffled values, as a permutation test has it: one of them."""
    at = int(np.ceil(LEVEL * (len(values) + 1))) - 1
    return sorted(values)[min(at, len(values) - 1)]


class _Table:
    """The classes of all questions as one table of zeros and ones, ``(cells, W)``, and the targets beside them."""

    def __init__(self, classes: Sequence[Classes], targets: Targets) -> None:
        seen = targets.effective > 1
        self.effective = targets.effective[seen]
        weights = targets.weights[seen]
        self.weights = weights / weights.sum(axis=1, keepdims=True)
        self.truths = targets.truths[seen]
        sizes = [int(own.max(initial=0)) + 1 for own in classes]
        self.starts = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.intp)
        self.cells = np.zeros((sum(sizes), targets.worlds), dtype=np.float32)
        for start, own in zip(self.starts, classes, strict=True):
            self.cells[start + own, np.arange(targets.worlds)] = 1.0
        self.count = len(sizes)

    def alone(self, orders: Sequence[Classes]) -> Array:
        """Return what each question tells alone of the targets in other orders of their worlds, ``(orders, n)``."""
        both = (self.weights, self.weights * self.truths)
        columns = np.concatenate([own[:, order] for order in orders for own in both])
        cells = (self.cells @ columns.T.astype(np.float32)).astype(np.float64)
        every, true = np.moveaxis(cells.reshape(len(cells), len(orders), 2, len(self.truths)), 2, 0)
        found = self._information(every, true, self.effective, lambda one: np.add.reduceat(one, self.starts, axis=0))
        told: Array = found.sum(axis=-1).T
        return told

    def added(self, order: Classes) -> Array:
        """Return what each pair of questions tells beyond both alone, ``(n, n)``; minus infinity with itself."""
        total = np.zeros((self.count, self.count))
        for truth, weight, effective in zip(self.truths, self.weights, self.effective, strict=True):
            every, true = (self._weighed(own[order]) for own in (weight, weight * truth))
            total += self._information(every, true, effective, self._blocks)
        (alone,) = self.alone([order])
        found: Array = total - alone[:, None] - alone[None, :]
        np.fill_diagonal(found, -np.inf)
        return found

    def _weighed(self, weights: Array) -> Array:
        """Return what the worlds weigh that are in two cells at once, ``(cells, cells)``."""
        crossed = (self.cells * weights.astype(np.float32)) @ self.cells.T
        return crossed.astype(np.float64)

    def _blocks(self, one: Array) -> Array:
        across: Array = np.add.reduceat(np.add.reduceat(one, self.starts, axis=0), self.starts, axis=1)
        return across

    @staticmethod
    def _information(every: Array, true: Array, effective: Array, summed: Callable[[Array], Array]) -> Array:
        """Return I(cells; truth) in bits for each block of cells, corrected for bias, from shares of worlds in cells.

        ``every`` is the share of all worlds in a cell, ``true`` of those in which the target is true.
        """
        false, share = np.maximum(every - true, 0.0), summed(true)
        bits: Array = _surprise(share) + _surprise(1.0 - share)  # the entropy of the target
        bits += summed(_surprise(every)) - summed(_surprise(true)) - summed(_surprise(false))
        filled, rows = summed(_counted(true)) + summed(_counted(false)), summed(_counted(every))
        columns = (share > NONE) + 0.0 + (share < 1 - NONE)
        corrected: Array = bits - (filled - rows - columns + 1.0) / (2.0 * effective * np.log(2.0))
        return corrected


def _counted(shares: Array) -> Array:
    """Return 1 where there are any."""
    return np.asarray(shares > NONE, dtype=np.float64)


def _surprise(share: NDArray[Any]) -> Array:
    """Return -p log2 p."""
    return np.asarray(-share * np.log2(np.where(share > 0, share, 1.0)), dtype=np.float64)
