"""Linear programs through HiGHS (scipy): one door, so that a failure is always told the same way."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import sparray

from quandary.game.table import Array
from quandary.problems import Problem, Refusal
from quandary.solve.equilibria import Proceed, Stopped, always

Matrix = Array | sparray

ASKED_EVERY = 0.05
"""So many seconds pass between two questions whether to go on."""


def smallest(
    aim: Array, *, at_most_zero: Matrix, equal: Matrix, right: Array, free: int = 0, proceed: Proceed = always
) -> tuple[float, Array]:
    """Return the smallest ``aim @ x`` and such an x, where ``at_most_zero @ x <= 0`` and ``equal @ x == right``.

    All of x is at least 0 but for its last ``free`` entries. Matrices may be sparse. Raises ``Refusal`` (Q458), and
    ``Stopped`` where ``proceed`` says no.
    """
    bounds: Any = [(0, None)] * (len(aim) - free) + [(None, None)] * free
    limits: Any = at_most_zero
    equations: Any = equal

    def solved() -> Any:  # noqa: ANN401 - scipy's own result
        return linprog(aim, A_ub=limits, b_ub=np.zeros(limits.shape[0]), A_eq=equations, b_eq=right, bounds=bounds)

    result: Any = solved() if proceed is always else _aside(solved, proceed)
    if not result.success:
        message = f"the linear program could not be solved: {result.message}"
        raise Refusal(Problem("Q458", message, hint="payoffs of very different sizes can cause this; rescale them"))
    return float(result.fun), np.asarray(result.x, dtype=np.float64)


def _aside(work: Callable[[], Any], proceed: Proceed) -> Any:  # noqa: ANN401 - whatever the work returns
    """Return what the work returns, done in a thread: HiGHS hears neither signals nor clocks. Raises ``Stopped``.

    Stopped work is left behind to end by itself, or with the program.
    """
    answers: list[Any] = []
    faults: list[BaseException] = []

    def run() -> None:
        try:
            answers.append(work())
        except BaseException as fault:
            faults.append(fault)

    if not proceed("the linear program", 0, 0):
        raise Stopped
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(ASKED_EVERY)
    while thread.is_alive():
        if not proceed("the linear program", 0, 0):
            raise Stopped
        thread.join(ASKED_EVERY)
    if faults:
        raise faults[0]
    return answers[0]
