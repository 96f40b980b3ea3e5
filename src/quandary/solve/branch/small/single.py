"""The principal branch of one small game in one world, followed with exact derivatives (``curve``) to its precision.

Where nobody ever doubts where it is the branch is a function of t, found by answering from the last mover to the first.

Where the determinant changes its sign however short the step, another curve crosses, as in games with a symmetry. A
finer pace has then come to the same place; the branch is followed straight on, and ``crossed`` says so.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg.lapack import dgetrf, dgetrs

from quandary.base.arrays import Array
from quandary.game.protocol import LeafForm, Profile
from quandary.solve.branch.crossing import curves_meet
from quandary.solve.branch.small.curve import BRISK, NOISE, Curve, Note
from quandary.solve.branch.small.digits import refined
from quandary.solve.branch.small.response import Response

SMALL_PIVOT = 1e-5
REFINED_AT_MOST = 40_000
"""Up to so many places of moves in leaves a residual that floats cannot see is counted in more digits."""


@dataclass(frozen=True, eq=False)
class Single:
    """A profile with its residual; ``steps`` along the curve; ``crossed`` if it was followed over a crossing, ``met``
    if it stands on one."""

    profile: Profile
    residual: float
    steps: int
    crossed: bool
    met: bool = False


def single(form: LeafForm, tolerance: float, note: Note | None = None) -> Single | None:
    """Return the point of the principal branch at the form's precisions, ``None`` where the curve was lost.

    ``note`` may raise to stop.
    """
    response = Response(form)
    with np.errstate(all="ignore"):
        if form.certain:
            return _answered(response, tolerance)
        for pace, crossing in ((BRISK, False), (BRISK.finer(), False), (BRISK.finer(), True)):
            curve = Curve(response, pace, crossing=crossing)
            if curve.follow(note):
                odds, residual = _settled(response, curve.point[:-1], tolerance)
                if residual <= tolerance:
                    met = _met(response, odds)
                    return Single(response.profile(odds), residual, curve.steps, curve.crossed and not met, met)
    return None


def _settled(response: Response, odds: Array, tolerance: float) -> tuple[Array, float]:
    """Return the fixed point at t = 1 by Newton's method, and its residual in probabilities."""
    base = response.measured_anew(odds)
    odds = odds - odds[base]
    best, least = odds, np.inf
    for _ in range(12):
        image, slopes, _ = response.linearised(odds, 1.0)
        residual = float(np.abs(response.choice(odds, 1.0)[0] - response.choice(image, 1.0)[0]).max())
        if not residual < least:
            break
        best, least = odds, residual
        if residual <= 1e-4 * tolerance:
            break
        odds = odds - _newton(slopes, odds - image)
    blurred = NOISE * response.steepness > tolerance and response.form.paths.size <= REFINED_AT_MOST
    if least > tolerance or blurred:
        more = refined(
            response.form,
            base,
            best,
            lambda here, gap: _newton(response.linearised(here, 1.0)[1], gap),
            tolerance,
        )
        best, least = more if blurred or more[1] < least else (best, least)
    return best, least


def _met(response: Response, odds: Array) -> bool:
    """Return whether curves meet at the fixed point at t = 1; only where the last pivot is small is that looked at."""
    _, slopes, by_t = response.linearised(odds, 1.0)
    whole = np.eye(len(odds)) - slopes
    factors, _, _ = dgetrf(whole)
    if not float(np.abs(factors.diagonal()).min()) <= SMALL_PIVOT:
        return False
    return curves_meet(np.column_stack([whole, -by_t]))


def _newton(slopes: Array, gap: Array) -> Array:
    """Return Newton's step for odds whose image has these slopes."""
    factors, pivots, _ = dgetrf(np.eye(len(gap)) - slopes)
    return np.asarray(dgetrs(factors, pivots, gap)[0])


def _answered(response: Response, tolerance: float) -> Single | None:
    """Return the only equilibrium of a game without doubt: each pass settles one more mover, the last ones first."""
    odds = response.image(np.zeros(response.rows), 0.0)
    residual = np.inf
    for passes in range(len(response.form.starts) + 2):
        image = response.image(odds, 1.0)
        residual = float(np.abs(response.choice(odds, 1.0)[0] - response.choice(image, 1.0)[0]).max())
        if residual <= 1e-4 * tolerance:
            return Single(response.profile(image), residual, passes, False)
        odds = image
    return Single(response.profile(odds), residual, passes, False) if residual <= tolerance else None
