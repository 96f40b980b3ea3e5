"""A two-player game's payoffs as fractions: ties that are ties in the game stay ties, whatever floats make of sums.

What a file or case gives (payoffs of outcomes, odds of chance) is read as the number that it most plainly stands for;
from there on everything is exact. Sums over a tree in floats would leave 1e-16 where the game has 0, and so tell a
degenerate game as one that is not.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import lcm

import numpy as np
from numpy.typing import NDArray

from quandary.base.arrays import Array, Mask
from quandary.base.stopping import Proceed, always, go_on
from quandary.game.plain_numbers import DIGITS_KEPT
from quandary.game.strategic import StrategicForm
from quandary.onegame.strategies import Strategic, leaves_allowed

Matrix = list[list[Fraction]]

DIGITS_ROUNDED = 12
DENOMINATORS = (10**6, 10**9)
NEAR = Fraction(1, 10**13)
EXACT_IN_FLOATS = 2**53


def exact(value: float) -> Fraction:
    """Return the plainest number that a float stands for: a decimal of few digits, else a fraction near by."""
    plain = Fraction(value)
    digits, _, power = f"{value:.{DIGITS_KEPT - 1}e}".partition("e")
    if float(f"{digits}e{power}") == value:
        return Fraction(f"{digits}e{power}")
    rounded = Fraction(f"{value:.{DIGITS_ROUNDED - 1}e}")
    for near in (rounded, *(plain.limit_denominator(most) for most in DENOMINATORS)):
        if abs(near - plain) <= abs(plain) * NEAR:
            return near
    return plain


def exact_payoffs(game: Strategic | StrategicForm, world: int = 0, proceed: Proceed = always) -> tuple[Matrix, Matrix]:
    """Return both players' payoffs for every pair of strategies. Raises ``Stopped`` where ``proceed`` says no."""
    if isinstance(game, StrategicForm):
        numbers = game.payoffs[..., 0 if game.payoffs.shape[-1] == 1 else world]
        first, second = ([[exact(float(v)) for v in row] for row in own] for own in numbers)
        return first, second
    leaves, weights = _weights(game, world, proceed)
    allowed = (leaves_allowed(game.tree, own, leaves, proceed) for own in game.strategies)
    rows, columns = allowed
    first, second = (_summed(rows, columns, own) for own in weights)
    return first, second


def _weights(game: Strategic, world: int, proceed: Proceed) -> tuple[NDArray[np.intp], list[list[Fraction]]]:
    """Return the leaves that chance leads to, and for each player its payoff there times the probability of chance."""
    tree = game.tree
    paid = tree.exact or [[exact(float(v)) for v in own] for own in _at(tree.payoffs, world)]
    odds = {
        k: [exact(float(p)) for p in _at(s.chances, world)] for k, s in enumerate(tree.sets) if s.chances is not None
    }
    odds = {k: [p / sum(own) for p in own] for k, own in odds.items()}
    chance = [Fraction(1)] * len(tree.parent)
    gathered = [[Fraction(0)] * len(tree.parent) for _ in paid]
    for node, before in enumerate(tree.parent.tolist()):
        if node % 1000 == 0:
            go_on(proceed, "payoffs in exact numbers", node, len(tree.parent))
        if before >= 0:
            own = odds.get(int(tree.set_of[before]))
            chance[node] = chance[before] * own[int(tree.action[node])] if own else chance[before]
        outcome = int(tree.outcome[node])
        for total, numbers in zip(gathered, paid, strict=True):
            if before >= 0:
                total[node] += total[before]
            if outcome >= 0:
                total[node] += numbers[outcome]
    leaves = np.array([n for n in np.flatnonzero(tree.set_of < 0).tolist() if chance[n]], dtype=np.intp)
    return leaves, [[total[n] * chance[n] for n in leaves.tolist()] for total in gathered]


def _summed(rows: Mask, columns: Mask, weights: Sequence[Fraction]) -> Matrix:
    """Return for each pair of strategies the sum over the leaves that both allow, worked out in whole numbers.

    Floats hold whole numbers exactly as long as all sums stay below 2^53.
    """
    common = lcm(*(w.denominator for w in weights), 1)
    whole = [int(w * common) for w in weights]
    if sum(map(abs, whole)) < EXACT_IN_FLOATS:
        summed: Array = (rows.astype(np.float64) * np.array(whole, dtype=np.float64)) @ columns.T.astype(np.float64)
        return [[Fraction(int(v), common) for v in own] for own in summed.tolist()]
    each = [set(np.flatnonzero(column).tolist()) for column in columns]
    return [
        [Fraction(sum(whole[n] for n in here if n in there), common) for there in each]
        for here in (np.flatnonzero(mine).tolist() for mine in rows)
    ]


def _at(values: Array, world: int) -> Array:
    return np.asarray(values[..., 0 if values.shape[-1] == 1 else world])
