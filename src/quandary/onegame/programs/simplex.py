"""Maxmin plans of a small zero-sum game by the simplex method on a dense tableau.

The program of the sequence form (Koller, Megiddo & von Stengel 1996, *Games and Economic Behavior* 14) needs no first
phase: a pure plan of one player and the other's best answer to it are a basis. A plan is then what flows through a
tree, and the basis has an inverse of zeros and ones:

1. ``flows[s]``: how one unit at sequence s goes on, by the chosen actions. ``moves``: for each sequence that is not
   chosen, the change if one unit goes there instead of the chosen one.
2. The tableau: the first player's moves away from its plan against the value and the other's gains from answering
   otherwise, one product of three matrices.
3. Pivots, the steepest gain first. The row that leaves is found by ratios of the right-hand side and, where those tie,
   of a second one, all different: the perturbation that shuts out cycles (Charnes 1952, *Econometrica* 20).
4. The last basis is solved anew from the first tableau, which takes out the pivots' rounding; what that uncovers is
   pivoted away.

The multipliers of the other's answers are the other's maxmin plan. Who asks checks what both plans leave to gain, and
has HiGHS solve the program where that is too much.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from quandary.base.arrays import Array
from quandary.onegame.programs.sequence_form import Index, Plans

NOTHING = 1e-13
"""Gains, weights and ratios below this are rounding; payoffs are scaled to 1."""

PIVOT = 1e-11
"""The smallest number to divide by."""

STEPS = 10
"""So many pivots are made for each row and column; up to one and a half are usual."""

ROUNDS = 3
"""So often the last basis is solved anew, at the most."""

GOLDEN = 0.6180339887498949


def maxmin(payoffs: Array, own: Plans, other: Plans) -> tuple[Array, Array] | None:
    """Return a maxmin plan of each player, or ``None`` where the pivots come to no end.

    ``payoffs`` ``(own sequences, the other's)`` are what the first player gets and the other loses.
    """
    scaled = payoffs / (float(np.abs(payoffs).max(initial=0.0)) or 1.0)
    chosen = _answer(own, scaled @ _spread(other))
    flow, moves, away = _flows(own, chosen)
    replied = _answer(other, -(flow @ scaled))
    against, gains, loose = _flows(other, replied)
    left, right = np.vstack([flow, moves]), np.vstack([against, gains])
    core = (left @ scaled @ right.T).T
    tight, basic = np.array(replied, dtype=np.intp), np.array(chosen, dtype=np.intp)
    top = np.hstack([core, -right[:, tight]])
    below = np.hstack([left[:, basic].T, np.zeros((len(basic), len(tight)))])
    first = _Basis(np.vstack([top, below]), np.append(own.count + loose, basic), np.append(away, own.count + tight))
    last = _optimum(first)
    if last is None:
        return None
    plan = last.read(last.rows, last.table[1:, 0])[: own.count]
    answer = last.read(last.columns, -last.table[0, 1:])[own.count :]
    plan[0] = answer[0] = 1.0
    return plan, answer


def _spread(plans: Plans) -> Array:
    """Return the plan that chooses evenly everywhere."""
    plan = np.ones(plans.count)
    for first, actions, before in zip(plans.first, plans.actions, plans.before, strict=True):
        plan[first : first + actions] = plan[before] / actions
    return plan


def _answer(plans: Plans, worth: Array) -> list[int]:
    """Return the sequence that is best at each set, where each is worth so much and whatever follows it."""
    total = worth.tolist()
    chosen = []
    sets = list(zip(plans.first, plans.actions, plans.before, strict=True))
    for first, actions, before in reversed(sets):
        best = max(range(first, first + actions), key=total.__getitem__)
        total[before] += total[best]
        chosen.append(best)
    return chosen[::-1]


def _flows(plans: Plans, chosen: list[int]) -> tuple[Array, Array, Index]:
    """Return the plan of the chosen sequences, the moves away from it, and which sequences these lead to."""
    flows = np.eye(plans.count)
    instead = np.zeros(plans.count, dtype=np.intp)
    sets = list(zip(plans.first, plans.actions, plans.before, chosen, strict=True))
    for first, actions, before, best in reversed(sets):
        flows[before] += flows[best]
        instead[first : first + actions] = best
    moved = np.ones(plans.count, dtype=np.bool_)
    moved[[0, *chosen]] = False
    away = np.flatnonzero(moved)
    return flows[0], flows[away] - flows[instead[away]], away


@dataclass(frozen=True, eq=False)
class _Basis:
    """What the value (the first row) and the basic variables are in terms of the others: a constant, then one column
    for each. ``rows`` and ``columns`` number the variables: the first player's sequences, then the other's."""

    table: Array
    rows: Index
    columns: Index

    def read(self, places: Index, weights: Array) -> Array:
        """Return weights by variable, ``(variables + 2,)``; there is none of the empty sequences."""
        found = np.zeros(len(self.rows) + len(self.columns) + 2)
        found[places] = np.where(weights < NOTHING, 0.0, weights)
        return found

    def at(self, rows: Index, columns: Index) -> _Basis:
        """Return the same in terms of other variables, by one system of equations. Raises ``LinAlgError``."""
        count = len(self.rows)
        place = np.empty(count + len(self.columns) + 2, dtype=np.intp)
        place[np.append(self.rows, self.columns)] = np.arange(count + len(self.columns))
        whole = np.hstack([np.eye(count), -self.table[1:, 1:]])
        aim = np.append(np.zeros(count), self.table[0, 1:])
        basic, other = place[rows], place[columns]
        below = np.linalg.solve(whole[:, basic], np.hstack([self.table[1:, :1], -whole[:, other]]))
        top = aim[basic] @ below + np.append(self.table[0, 0], aim[other])
        return _Basis(np.vstack([top, below]), rows, columns)


def _optimum(first: _Basis) -> _Basis | None:
    """Return the basis of the largest value, its numbers computed from the first basis; ``None``: not found."""
    basis = first
    for _ in range(ROUNDS):
        last = _pivoted(basis)
        if last is None or last is basis:
            return last
        try:
            basis = first.at(last.rows, last.columns)
        except np.linalg.LinAlgError:
            return None
    return basis


def _pivoted(basis: _Basis) -> _Basis | None:
    """Return the basis of the largest value by pivots, the same one where it has it; ``None``: not found."""
    height, width = basis.table.shape
    table = np.insert(basis.table, 1, 1.0 + np.arange(height) * GOLDEN % 1.0, axis=1)
    rows, columns = basis.rows.copy(), basis.columns.copy()
    for step in range(STEPS * (height + width)):
        weights = table[1:, 0]
        weights[weights < NOTHING] = 0.0
        gains = table[0, 2:]
        entering = int(gains.argmax()) if len(gains) else 0
        if not len(gains) or gains[entering] <= NOTHING:
            return _Basis(np.delete(table, 1, axis=1), rows, columns) if step else basis
        column = table[:, entering + 2].copy()
        limiting = np.flatnonzero(column[1:] < -PIVOT) + 1
        if not len(limiting):
            return None
        ratios = table[limiting, 0] / -column[limiting]
        ties = limiting[ratios <= ratios.min() + NOTHING]
        leaving = int(ties[(table[ties, 1] / -column[ties]).argmin()])
        by = column[leaving]
        line = table[leaving] / -by
        line[entering + 2] = 1.0 / by
        column[leaving], table[:, entering + 2] = 0.0, 0.0
        table += np.outer(column, line)
        table[leaving] = line
        rows[leaving - 1], columns[entering] = columns[entering], rows[leaving - 1]
    return None
