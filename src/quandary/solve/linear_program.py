"""Linear programs through HiGHS (scipy): one door, so that a failure is always told the same way."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import sparray

from quandary.game.table import Array
from quandary.problems import Problem, Refusal

Matrix = Array | sparray


def smallest(aim: Array, *, at_most_zero: Matrix, equal: Matrix, right: Array, free: int = 0) -> tuple[float, Array]:
    """Return the smallest ``aim @ x`` and such an x, where ``at_most_zero @ x <= 0`` and ``equal @ x == right``.

    All of x is at least 0 but for its last ``free`` entries. Matrices may be sparse. Raises ``Refusal`` (Q458).
    """
    bounds: Any = [(0, None)] * (len(aim) - free) + [(None, None)] * free
    limits: Any = at_most_zero
    equations: Any = equal
    result: Any = linprog(aim, A_ub=limits, b_ub=np.zeros(limits.shape[0]), A_eq=equations, b_eq=right, bounds=bounds)
    if not result.success:
        message = f"the linear program could not be solved: {result.message}"
        raise Refusal(Problem("Q458", message, hint="payoffs of very different sizes can cause this; rescale them"))
    return float(result.fun), np.asarray(result.x, dtype=np.float64)
