"""Linear programs through HiGHS (scipy): one door, so that a failure is always told the same way."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import sparray

from quandary.base.arrays import Array
from quandary.base.problems import Problem, Refusal
from quandary.base.stopping import Proceed, Stopped, always

Matrix = Array | sparray

OUT_OF_TIME_OR_STEPS = 1
"""What scipy calls a program that HiGHS left unsolved at its limit."""

LEFT_BEHIND = "quandary: work left behind"
"""The name of threads in which HiGHS works."""

ASKED_EVERY = 0.05
"""So many seconds pass between two questions whether to go on."""


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
    bounds: Any = [(0, None)] * (len(aim) - free) + [(None, None)] * free
    limits: Any = at_most_zero
    equations: Any = equal

    options: Any = {} if seconds is None else {"time_limit": seconds}

    def solved() -> Any:  # noqa: ANN401 - scipy's own result
        zeros = np.zeros(limits.shape[0])
        return linprog(aim, A_ub=limits, b_ub=zeros, A_eq=equations, b_eq=right, bounds=bounds, options=options)

    result: Any = solved() if proceed is always else _aside(solved, proceed, what)
    if result.status == OUT_OF_TIME_OR_STEPS and seconds is not None:
        raise Stopped
    if not result.success:
        message = f"the linear program could not be solved: {result.message}"
        raise Refusal(Problem("Q458", message, hint="payoffs of very different sizes can cause this; rescale them"))
    multipliers = -np.asarray(result.ineqlin.marginals, dtype=np.float64)
    return Smallest(float(result.fun), np.asarray(result.x, dtype=np.float64), multipliers)


def _aside(work: Callable[[], Any], proceed: Proceed, what: str) -> Any:  # noqa: ANN401 - whatever the work returns
    """Return what the work returns, done in a thread: HiGHS hears neither signals nor clocks. Raises ``Stopped``.

    Stopped work is left behind to end by itself (HiGHS keeps its own time limit). A process that ends before it must do
    so without Python's tidying up, which HiGHS does not survive (``quandary.cli.main``).
    """
    answers: list[Any] = []
    faults: list[BaseException] = []

    def run() -> None:
        try:
            answers.append(work())
        except BaseException as fault:
            faults.append(fault)

    if not proceed(what, 0, 0):
        raise Stopped
    thread = threading.Thread(target=run, daemon=True, name=LEFT_BEHIND)
    thread.start()
    thread.join(ASKED_EVERY)
    while thread.is_alive():
        if not proceed(what, 0, 0):
            raise Stopped
        thread.join(ASKED_EVERY)
    if faults:
        raise faults[0]
    return answers[0]
