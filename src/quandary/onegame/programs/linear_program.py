"""Linear programs through HiGHS (scipy): one door, so that a failure is always told the same way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import sparray

from quandary.base.arrays import Array
from quandary.base.isolation import attended
from quandary.base.problems import Problem, Refusal
from quandary.base.stopping import Proceed, Stopped, always, go_on

Matrix = Array | sparray

OUT_OF_TIME_OR_STEPS = 1
"""What scipy calls a program that HiGHS left unsolved at its limit."""

NO_PART = "a linear program has no partial answer: until it is solved it has ruled out nothing and found nothing"


@dataclass(frozen=True, eq=False)
class Smallest:
    """The smallest value, an x that has it, and for each inequality its multiplier (zero or more)."""

    value: float
    x: Array
    multipliers: Array


def smallest(
    aim: Array,
    *,
    at_most_zero: Matrix,
    equal: Matrix,
    right: Array,
    free: int = 0,
    proceed: Proceed = always,
    seconds: float | None = None,
    what: str = "the linear program",
) -> Smallest:
    """Return the smallest ``aim @ x`` and such an x, where ``at_most_zero @ x <= 0`` and ``equal @ x == right``.

    All of x is at least 0 but for its last ``free`` entries. Matrices may be sparse. Raises ``Refusal`` (Q458), and
    ``Stopped`` where ``proceed`` says no or HiGHS has worked for so many ``seconds``. Progress is told as ``what``.
    """
    bounds = [(0, None)] * (len(aim) - free) + [(None, None)] * free
    limits: Any = at_most_zero
    program: dict[str, Any] = {"c": aim, "A_ub": limits, "b_ub": np.zeros(limits.shape[0]), "A_eq": equal}
    program |= {"b_eq": right, "bounds": bounds, "options": {} if seconds is None else {"time_limit": seconds}}
    ask = partial(go_on, proceed, what, 0, 0)  # HiGHS itself hears neither signals nor clocks
    result = _solved(program) if proceed is always else attended(_solved, program, ask)
    if result.status == OUT_OF_TIME_OR_STEPS and seconds is not None:
        raise Stopped
    if not result.success:
        message = f"the linear program could not be solved: {result.message}"
        raise Refusal(Problem("Q458", message, hint="payoffs of very different sizes can cause this; rescale them"))
    return Smallest(result.value, result.x, result.multipliers)


@dataclass(frozen=True, eq=False)
class _Result:
    """What scipy says of a program, as plain data; ``x`` and ``multipliers`` are empty where it is not solved."""

    status: int
    success: bool
    message: str
    value: float
    x: Array
    multipliers: Array


def _solved(program: Mapping[str, Any]) -> _Result:
    found: Any = linprog(**program)
    status, success, message = int(found.status), bool(found.success), str(found.message)
    if not success:
        return _Result(status, success, message, float("nan"), np.empty(0), np.empty(0))
    x, multipliers = np.asarray(found.x, dtype=np.float64), -np.asarray(found.ineqlin.marginals, dtype=np.float64)
    return _Result(status, success, message, float(found.fun), x, multipliers)
