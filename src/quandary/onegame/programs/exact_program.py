"""A small linear program in exact numbers, for payoffs that no double can hold side by side.

The simplex method on a tableau of fractions, in two phases, with Bland's rule (1977, *Mathematics of Operations
Research* 2), which comes to an end in degenerate programs too.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from quandary.base.stopping import Proceed, always, go_on

Row = list[Fraction]
CELLS_AT_MOST = 6_000
"""Up to so many numbers in its tableau a program is small."""


def tableau_size(unknowns: int, at_most_zero: int, equal: int) -> int:
    """Return how many numbers the tableau of a program holds."""
    return (at_most_zero + equal + 1) * (unknowns + at_most_zero + equal + 1)


def largest_exactly(
    aim: Sequence[Fraction],
    at_most_zero: Sequence[Sequence[Fraction]],
    equal: Sequence[Sequence[Fraction]],
    right: Sequence[Fraction],
    *,
    proceed: Proceed = always,
) -> tuple[Fraction, list[Fraction]] | None:
    """Return the largest ``aim . x`` and such an x >= 0 with ``at_most_zero x <= 0`` and ``equal x == right`` (>= 0).

    ``None`` where there is no such x, or no largest. Raises ``Stopped`` where ``proceed`` says no.
    """
    count, slack = len(aim), len(at_most_zero)
    width = count + slack + len(equal)
    rows: list[Row] = []
    for k, own in enumerate([*at_most_zero, *equal]):
        unit = [Fraction(int(j == k)) for j in range(slack + len(equal))]
        rows.append([*map(Fraction, own), *unit, Fraction(0 if k < slack else right[k - slack])])
    basis = list(range(count, width))
    artificial = [Fraction(0)] * (count + slack) + [Fraction(-1)] * len(equal)
    value = _climb(rows, basis, artificial, width, proceed)
    if value is None or value < 0:
        return None
    for k, column in enumerate(basis):
        other = next((j for j in range(count + slack) if rows[k][j]), None) if column >= count + slack else None
        if other is not None:
            _pivot(rows, basis, k, other)
    whole = [*map(Fraction, aim), *[Fraction(0)] * (slack + len(equal))]
    value = _climb(rows, basis, whole, count + slack, proceed)
    if value is None:
        return None
    x = [Fraction(0)] * width
    for row, column in zip(rows, basis, strict=True):
        x[column] = row[-1]
    return value, x[:count]


def _climb(rows: list[Row], basis: list[int], aim: Row, width: int, proceed: Proceed) -> Fraction | None:
    """Pivot to the largest value by the first ``width`` columns, and return it; ``None`` where there is none."""
    steps = 0
    while True:
        go_on(proceed, "the linear program in exact numbers", steps, 0)
        steps += 1
        held = [(row, aim[column]) for row, column in zip(rows, basis, strict=True) if aim[column]]
        gains = (aim[j] - sum((row[j] * worth for row, worth in held if row[j]), Fraction(0)) for j in range(width))
        entering = next((j for j, gain in enumerate(gains) if gain > 0), None)
        if entering is None:
            return sum((row[-1] * worth for row, worth in held), Fraction(0))
        limits = [(row[-1] / row[entering], basis[k], k) for k, row in enumerate(rows) if row[entering] > 0]
        if not limits:
            return None
        _pivot(rows, basis, min(limits)[2], entering)


def _pivot(rows: list[Row], basis: list[int], leaving: int, entering: int) -> None:
    by = rows[leaving][entering]
    line = rows[leaving] = [v / by if v else v for v in rows[leaving]]
    for k, row in enumerate(rows):
        factor = row[entering]
        if k != leaving and factor:
            rows[k] = [v - factor * u if u else v for v, u in zip(row, line, strict=True)]
    basis[leaving] = entering
