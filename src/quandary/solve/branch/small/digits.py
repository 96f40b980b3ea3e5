"""A logit fixed point in more digits than floats have, for small games so steep that rounding blurs it.

At precision v an error of one part in 10^16 of a payoff moves log-odds by v parts; where a belief at a set that is
hardly ever reached rests on the difference of two such log-odds, it moves the answer there by v squared. In forty
digits both are nothing. The derivative need not be so exact: Newton's method with that of floats gains several digits
a step (iterative refinement; Higham 2002, *Accuracy and Stability of Numerical Algorithms*, chapter 12).
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal, localcontext

import numpy as np
from numpy.typing import NDArray

from quandary.base.arrays import Array
from quandary.game.protocol import LeafForm

DIGITS = 40
ROUNDS = 15
NEVER = Decimal(-(10**16))
"""Log-odds below this are as good as none; their exponents would leave even decimals."""

Correct = Callable[[Array, Array], Array]
"""From odds and the gap there (odds less their image), both as floats, to Newton's step."""


def refined(
    form: LeafForm, base: NDArray[np.intp], odds: Array, correct: Correct, tolerance: float
) -> tuple[Array, float]:
    """Return odds at scale one, rounded to floats, and the residual in probabilities that they had before rounding."""
    with localcontext(Context(prec=DIGITS, Emin=MIN_EMIN, Emax=MAX_EMAX)):
        response = _Response(form, base)
        here = [Decimal(float(own)) for own in odds]
        best, least = odds, float("inf")
        for _ in range(ROUNDS):
            try:
                chosen = response.choice(here)
                image = response.image(chosen)
                answered = response.choice(image)
            except ArithmeticError:  # products of what never happens have left all bounds
                break
            residual = float(max(abs(p - q) for p, q in zip(chosen, answered, strict=True)))
            if not residual < least:
                break
            best, least = np.array([float(own) for own in here]), residual
            if residual <= 1e-4 * tolerance:
                break
            gap = np.array([float(own - other) for own, other in zip(here, image, strict=True)])
            step = correct(best, gap)
            if not np.isfinite(step).all():
                break
            here = [own - Decimal(float(by)) for own, by in zip(here, step, strict=True)]
    return best, least


class _Response:
    """The logit response of ``single.Response`` at scale one, in decimals."""

    def __init__(self, form: LeafForm, base: NDArray[np.intp]) -> None:
        self.base = base.tolist()
        ends = [*form.starts.tolist()[1:], len(form.set_of)]
        self.sets = [range(first, last) for first, last in zip(form.starts.tolist(), ends, strict=True)]
        self.paths = [np.flatnonzero(path).tolist() for path in form.paths]
        self.below = [np.flatnonzero(column).tolist() for column in form.paths.T]
        self.gains = [
            [Decimal(float(gains[leaf])) for leaf in below] for gains, below in zip(form.gains, self.below, strict=True)
        ]
        self.chance = [Decimal(float(log)).exp() for log in form.chance]
        self.precision = [Decimal(float(own)) for own in form.precision]
        self.usual = None if form.usual is None else [Decimal(float(own)) for own in form.usual]

    def choice(self, odds: list[Decimal]) -> list[Decimal]:
        """Return every move's probability."""
        chosen = [Decimal(0)] * len(odds)
        if self.usual is not None:
            odds = [own + more for own, more in zip(odds, self.usual, strict=True)]
        for rows in self.sets:
            top = max(odds[row] for row in rows)
            weights = [max(odds[row] - top, NEVER).exp() for row in rows]
            total = sum(weights)
            for row, weight in zip(rows, weights, strict=True):
                chosen[row] = weight / total
        return chosen

    def image(self, chosen: list[Decimal]) -> list[Decimal]:
        """Return the odds that answer the probabilities."""
        weights = []
        for chance, path in zip(self.chance, self.paths, strict=True):
            weight = chance
            for row in path:
                weight *= chosen[row]
            weights.append(weight)
        values = []
        for below, gains in zip(self.below, self.gains, strict=True):
            total = sum((weights[leaf] for leaf in below), Decimal(0))
            values.append(
                sum((weights[leaf] * gain for leaf, gain in zip(below, gains, strict=True)), Decimal(0)) / total
            )
        return [
            precision * (value - values[base])
            for precision, value, base in zip(self.precision, values, self.base, strict=True)
        ]
