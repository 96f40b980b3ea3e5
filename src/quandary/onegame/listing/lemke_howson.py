"""Some equilibria of a bimatrix game soon: Lemke and Howson's paths from every label, in whole numbers.

From the pair of zero vectors one label is dropped, and pivots follow the edge of the one or the other best-answer
polytope until all labels are there again (Lemke & Howson 1964, *SIAM Journal* 12). Pivots keep whole numbers (von
Stengel 2007, "Equilibrium computation for two-player games", in *Algorithmic Game Theory*, section 3.4); ties are
broken by the lexicographic rule, so that no degenerate game sends it round in circles. Every end is an extreme
equilibrium; different labels may end at the same one, and others may be found by none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import lcm

import numpy as np
from numpy.typing import NDArray

from quandary.base.stopping import Proceed, go_on

Shares = tuple[Fraction, ...]

PIVOTS_AT_MOST = 1_000
"""Paths can be exponentially long (Savani & von Stengel 2006); so many steps are gone in all."""


class _Tableau:
    """The rows of one polytope, with a column for every label and one for the right-hand side."""

    def __init__(self, rows: Sequence[Sequence[Fraction]], own: Sequence[int], slack: Sequence[int]) -> None:
        """Rows say ``sum of rows[r][k] * variable own[k] <= 1``, each times its own denominator."""
        width = len(own) + len(slack) + 1
        self.table: NDArray[np.object_] = np.full((len(rows), width), 0, dtype=object)
        for r, row in enumerate(rows):
            common = lcm(*(entry.denominator for entry in row))
            for k, entry in zip(own, row, strict=True):
                self.table[r, k] = int(entry * common)
            self.table[r, slack[r]] = 1
            self.table[r, -1] = common
        self.basic = list(slack)
        self.order = [width - 1, *slack]
        self.last = 1

    def enter(self, label: int) -> int:
        """Bring a variable into the basis; return the label of the one that leaves."""
        column = self.table[:, label]
        able = [r for r in range(len(column)) if column[r] > 0]
        for place in self.order:
            if len(able) == 1:
                break
            ratios = [Fraction(self.table[r, place], column[r]) for r in able]
            least = min(ratios)
            able = [r for r, ratio in zip(able, ratios, strict=True) if ratio == least]
        (row,) = able
        pivot, kept = column[row], self.table[row].copy()
        entries = column.copy()
        self.table = (self.table * pivot - np.outer(entries, kept)) // self.last
        self.table[row] = kept
        self.last = pivot
        leaving, self.basic[row] = self.basic[row], label
        return leaving

    def shares(self, labels: Sequence[int]) -> Shares:
        """Return the variables of these labels, divided by their sum."""
        value = {label: self.table[r, -1] for r, label in enumerate(self.basic)}
        total = sum(value.get(label, 0) for label in labels)
        return tuple(Fraction(value.get(label, 0), total) for label in labels)


def paths(
    first: Sequence[Sequence[Fraction]],
    second: Sequence[Sequence[Fraction]],
    proceed: Proceed,
    *,
    most: int = PIVOTS_AT_MOST,
) -> Iterator[tuple[Shares, Shares]]:
    """Yield the end of the path of each label, until ``most`` pivots are made; payoffs are positive.

    Raises ``Stopped`` where ``proceed`` says no.
    """
    pivots = 0
    rows, columns = len(first), len(first[0])
    mine, yours = range(rows), range(rows, rows + columns)
    turned = [[second[i][j] for i in mine] for j in range(columns)]
    for label in range(rows + columns):
        x_side, y_side = _Tableau(turned, mine, yours), _Tableau(first, yours, mine)
        side, entering = (x_side, label) if label < rows else (y_side, label)
        while True:
            go_on(proceed, "paths of Lemke and Howson", label, rows + columns)
            pivots += 1
            if pivots > most:
                return
            entering = side.enter(entering)
            if entering == label:
                break
            side = y_side if side is x_side else x_side
        yield x_side.shares(mine), y_side.shares(yours)
