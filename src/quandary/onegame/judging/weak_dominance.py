"""Weak dominance and perfection in a strategic form of one world.

A perfect equilibrium (Selten 1975) puts no weight on anything that is weakly dominated. For two players the converse
holds: an equilibrium of undominated strategies is perfect (van Damme 1991, *Stability and Perfection of Nash
Equilibria*, theorem 3.2.2). For more players it is perfect if it is strict or gives every strategy some weight.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from quandary.base.arrays import Array
from quandary.onegame.judging.extensive import Work
from quandary.onegame.programs.linear_program import smallest

ALLOWED = 1e-8
REFUTED = 1e-6


def dominated_by(payoffs: Array, player: int, mixture: Array, work: Work) -> float:
    """Return by how much, summed over all combinations of the others, a mixture does better than a player's own.

    ``payoffs`` ``(*strategies)`` are the player's, in spans. The other mixture does at least as well against every
    combination; above zero it weakly dominates. A linear program.
    """
    table = np.moveaxis(payoffs, player, 0).reshape(payoffs.shape[player], -1)
    work.spend(1 + table.size // 2_000)
    count = len(table)
    own = np.asarray(mixture) @ table
    limits = np.hstack([-table.T, own[:, None]])
    one = np.array([[*np.ones(count), 0.0], [*np.zeros(count), 1.0]])
    aim = np.array([*-table.sum(axis=1), 0.0])
    least = smallest(aim, at_most_zero=limits, equal=one, right=np.ones(2)).value
    return -least - float(own.sum())


def normal_form_perfect(payoffs: Array, mixture: Sequence[Array], work: Work) -> tuple[bool | None, int]:
    """Return whether an equilibrium is perfect in the strategic form, and whose strategy is dominated (or -1).

    ``payoffs`` is ``(players, *strategies)``. Raises ``TooMuch``, ``Stopped``.
    """
    spans = np.array([float(np.ptp(own)) or 1.0 for own in payoffs])
    unsure = False
    for player, own in enumerate(payoffs):
        by = dominated_by(own / spans[player], player, mixture[player], work)
        if by > REFUTED:
            return False, player
        unsure = unsure or by > ALLOWED
    if unsure:
        return None, -1
    if len(payoffs) <= 2:
        return True, -1
    if all((np.asarray(own) > 0.0).all() for own in mixture) or _strict(payoffs, mixture, spans):
        return True, -1
    return None, -1


def _strict(payoffs: Array, mixture: Sequence[Array], spans: Array) -> bool:
    for player, own in enumerate(payoffs):
        values = own
        for k in range(len(mixture) - 1, -1, -1):
            if k != player:
                values = np.tensordot(values, mixture[k], axes=(k, 0))
        chosen = np.asarray(mixture[player]) > 0.0
        others = values[~chosen]
        if chosen.sum() != 1 or (len(others) and float(values[chosen][0] - others.max()) <= REFUTED * spans[player]):
            return False
    return True
