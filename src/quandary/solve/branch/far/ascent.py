"""Points of the principal branch of one small game far up, followed with exact derivatives (``curve``).

All decisions are unknowns, turning points are passed, and every point that is handed on was landed on: its precision is
a power of ``BACK`` below the summit's, so that what changes from one to the next tells how the branch ends.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from quandary.base.arrays import Array
from quandary.game.protocol import LeafForm
from quandary.solve.branch.far.approach import BACK, Rung
from quandary.solve.branch.small.curve import BRISK, Curve, Note
from quandary.solve.branch.small.response import Response

SUMMITS = (BACK**4, BACK**6, BACK**8)
"""The highest rung, as a multiple of the form's precisions. Higher ones are for payoffs that differ by next to nothing:
the higher, the more rounding blurs."""

LOWEST = BACK**-3
ENOUGH = 1.0
"""A way that was lost above this scale has seen enough of the branch."""


def ascend(form: LeafForm, note: Note | None = None, summit: float = SUMMITS[0]) -> tuple[list[Rung], bool]:
    """Return the rungs in rising order, and whether another curve had to be crossed to get there.

    No rungs: the branch was lost early, however fine the steps. ``note`` may raise to stop.
    """
    response = Response(replace(form, precision=form.precision * summit))
    best: list[Rung] = []
    crossed = False
    with np.errstate(all="ignore"):
        for pace, crossing in ((BRISK, False), (BRISK.finer(), False), (BRISK.finer(), True)):
            rungs, over = _followed(Curve(response, pace, crossing=crossing), summit, note)
            if not best or (rungs and rungs[-1].scale > best[-1].scale):
                best, crossed = rungs, over
            if best and best[-1].scale > ENOUGH:
                break
    return best, crossed


def _followed(curve: Curve[Response], summit: float, note: Note | None) -> tuple[list[Rung], bool]:
    """Return the points landed on; those above one that the branch turned back to are forgotten.

    A step that passes the next of them unawares is followed by one back to it.
    """
    goals = [1.0]
    while goals[0] * summit > LOWEST * 1.001:
        goals.insert(0, goals[0] / BACK)
    landed: dict[float, Rung] = {}
    if note is not None:
        note(0.0, curve.point[:-1])
    while curve.steps < curve.pace.most and curve.length >= curve.pace.shortest:
        curve.goal = next(goal for goal in goals if goal not in landed)
        there = curve.advance()
        here = float(curve.point[-1])
        if note is not None:
            note(here * summit, curve.point[:-1] * summit)
        for goal in [goal for goal in landed if goal > here]:
            del landed[goal]
        if there:
            curve.settle()
            landed[here] = Rung(here * summit, _by_point(curve.response.form, curve.point))
            if here == 1.0:
                break
    return [landed[goal] for goal in sorted(landed)], curve.crossed


def _by_point(form: LeafForm, point: Array) -> tuple[Array, ...]:
    """Return the log-odds against each set's best as arrays ``(sets, options)`` per decision point."""
    odds = point[:-1] * point[-1]
    if form.usual is not None:
        odds = odds + form.usual
    odds = odds - np.maximum.reduceat(odds, form.starts).take(form.set_of)
    return tuple(odds[row : row + sets * options].reshape(sets, options) for row, sets, options in form.shapes)
