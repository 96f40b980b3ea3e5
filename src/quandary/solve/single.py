"""The principal branch of one small game in one world, followed with exact derivatives on the whole game at once.

What ``trace`` does for many worlds by finite differences on a few carriers, by the same tests on every step (``Pace``:
how far the first correction goes, how much shorter the second is, how far the tangent turns, the sign of the bordered
determinant), on ``LeafForm``: for a small game a step costs a handful of matrix products. Where nobody ever doubts
where it is the branch is a function of t, found by answering from the last mover to the first.

Where the determinant changes its sign however short the step, another curve crosses, as in games with a symmetry. A
finer pace has then come to the same place; the branch is followed straight on, and ``crossed`` says so.

Allgower & Georg (2003), *Introduction to Numerical Continuation Methods*, chapter 6; Turocy (2005), *Games and Economic
Behavior* 51; Turocy (2010), *Economic Theory* 42 (logarithms of probabilities as unknowns).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg.lapack import dgetrf, dgetrs

from quandary.game.leaf_form import LeafForm
from quandary.game.protocol import Profile
from quandary.game.table import Array
from quandary.solve.trace import Pace

BRISK = Pace(first=1.0, most=2000, repeats=1)
"""Exact derivatives allow a longer first step; the tests on every step are those of ``trace``."""

GROWTH = 2.0
AT_A_CROSSING = 1e-3
"""A step over a crossing is at most so long."""

DEEP = -600.0
"""Below this logarithm of a leaf's probability each row's sums are taken relative to its likeliest leaf."""


@dataclass(frozen=True, eq=False)
class Single:
    """A profile with its residual; ``steps`` along the curve; ``crossed`` if it was followed over a crossing."""

    profile: Profile
    residual: float
    steps: int
    crossed: bool


def single(form: LeafForm, tolerance: float) -> Single | None:
    """Return the point of the principal branch at the form's precisions, ``None`` where the curve was lost."""
    response = Response(form)
    with np.errstate(all="ignore"):
        if form.certain:
            return _answered(response, tolerance)
        for pace, crossing in ((BRISK, False), (BRISK.finer(), False), (BRISK.finer(), True)):
            curve = _Curve(response, pace, crossing=crossing)
            if curve.follow():
                odds, residual = _settled(response, curve.point[:-1], tolerance)
                if residual <= tolerance:
                    return Single(response.profile(odds), residual, curve.steps, curve.crossed)
    return None


class Response:
    """The logit response on log-odds at scale one, as in ``sweep``, of every set at once; first options keep zero."""

    def __init__(self, form: LeafForm) -> None:
        self.form = form
        self.rows = len(form.set_of)
        self._first = form.starts[form.set_of]
        self._below = np.ascontiguousarray(form.paths.T)

    def choice(self, odds: Array, t: float) -> tuple[Array, Array]:
        """Return every move's probability and its logarithm."""
        starts, set_of = self.form.starts, self.form.set_of
        values = odds * t
        values -= np.maximum.reduceat(values, starts).take(set_of)
        chosen = np.exp(values)
        total = np.add.reduceat(chosen, starts).take(set_of)
        chosen /= total
        values -= np.log(total)
        return chosen, values

    def image(self, odds: Array, t: float) -> Array:
        """Return the log-odds at scale one that answer ``odds`` at scale ``t``."""
        return self._answer(odds, t)[0]

    def linearised(self, odds: Array, t: float) -> tuple[Array, Array, Array]:
        """Return the image, its derivative by the odds ``(rows, rows)`` and its derivative by t."""
        form = self.form
        image, chosen, weight, total, values = self._answer(odds, t)
        slopes = (form.gains - values[:, None] * self._below) * weight @ form.paths
        slopes /= total[:, None]
        slopes -= slopes.take(self._first, axis=0)
        slopes *= form.precision[:, None]
        by_t = slopes @ (odds - np.add.reduceat(chosen * odds, form.starts).take(form.set_of))
        slopes -= np.add.reduceat(slopes, form.starts, axis=1).take(form.set_of, axis=1) * chosen
        slopes *= t
        return image, slopes, by_t

    def profile(self, odds: Array) -> Profile:
        """Return the profile that the odds mean at scale one."""
        chosen, _ = self.choice(odds, 1.0)
        return [chosen[r : r + sets * n].reshape(sets, n, 1) for r, sets, n in self.form.shapes]

    def _answer(self, odds: Array, t: float) -> tuple[Array, Array, Array, Array, Array]:
        """Return image, choice, leaves' weights (by row where deep), their sums and action values by row."""
        form = self.form
        chosen, logs = self.choice(odds, t)
        likely = form.paths @ logs
        likely += form.chance
        if likely.min() > DEEP:
            weight = np.exp(likely)
            total = self._below @ weight
            values = form.gains @ weight
        else:
            reached = np.where(self._below > 0.0, likely, -np.inf)
            weight = np.exp(reached - reached.max(axis=1, keepdims=True))
            total = weight.sum(axis=1)
            values = (form.gains * weight).sum(axis=1)
        values /= total
        return form.precision * (values - values.take(self._first)), chosen, weight, total, values


class _Curve:
    """A point on the branch that moves along it; ``point`` is the odds with t as the last entry."""

    def __init__(self, response: Response, pace: Pace, *, crossing: bool) -> None:
        self.response, self.pace, self.crossing = response, pace, crossing
        rows = self.rows = response.rows
        self._end = np.eye(rows + 1)[rows]
        self._matrix = np.zeros((rows + 1, rows + 1), order="F")
        self._diagonal = np.arange(rows)
        origin = response.image(np.zeros(rows), 0.0)
        self.early = 1.0 / max(1.0, float(np.abs(origin).max()))
        self.point = np.append(origin, 0.0)
        ahead = np.append(response.linearised(origin, 0.0)[2], 1.0) * self._unit()
        self.tangent = ahead / np.sqrt(ahead @ ahead)
        self.length = pace.first
        self.steps = 0
        self.way = 1
        self.crossed = False

    def follow(self) -> bool:
        """Go on to t = 1; return whether the curve was not lost on the way."""
        while self.steps < self.pace.most and self.length >= self.pace.shortest:
            if self._advance():
                return True
        return False

    def _advance(self) -> bool:
        """Try one step; return whether the point stands at t = 1 now."""
        pace, rows, unit = self.pace, self.rows, self._unit()
        self.steps += 1
        step = self.tangent / unit * self.length
        landing = bool(self.point[rows] + step[rows] >= 1.0)
        if landing:
            step *= (1.0 - self.point[rows]) / step[rows]
        ahead = self.point + step
        if landing:
            ahead[rows] = 1.0
        image, slopes, by_t = self.response.linearised(ahead[:rows], float(ahead[rows]))
        factors, pivots = self._factored(slopes, by_t, self._end if landing else self.tangent * unit)
        gap = np.append(ahead[:rows] - image, 0.0)
        first = dgetrs(factors, pivots, gap)[0]
        ahead -= first
        gap[:rows] = ahead[:rows] - self.response.image(ahead[:rows], float(ahead[rows]))
        second = dgetrs(factors, pivots, gap)[0]
        ahead -= second
        long, short = float(np.abs(first * unit).max()), float(np.abs(second * unit).max())
        tangent = dgetrs(factors, pivots, self._end)[0] * unit
        tangent /= np.sqrt(tangent @ tangent)
        good = long <= pace.reach and short <= min(max(pace.pull * long, 1e-9), 0.02)
        good = good and float(tangent @ self.tangent) >= pace.bend
        if not (good and self._same_way(factors, pivots)):
            self.length *= 0.5
            return False
        self.point, self.tangent = ahead, tangent
        if long <= 0.25 * pace.reach and short <= 0.25 * pace.pull * max(long, 1e-9):
            self.length = min(self.length * GROWTH, pace.longest)
        return landing

    def _factored(self, slopes: Array, by_t: Array, border: Array) -> tuple[Array, Array]:
        """Return the triangular factors of the derivative of odds less image, bordered."""
        rows, matrix = self.rows, self._matrix
        np.negative(slopes, out=matrix[:rows, :rows])
        matrix[self._diagonal, self._diagonal] += 1.0
        np.negative(by_t, out=matrix[:rows, rows])
        matrix[rows] = border
        factors, pivots, _ = dgetrf(matrix)
        return factors, pivots

    def _same_way(self, factors: Array, pivots: Array) -> bool:
        """Return whether the curve still runs the way it did, or may be let across a crossing here."""
        turned = int((factors.diagonal() < 0.0).sum()) + int((pivots != np.arange(self.rows + 1)).sum())
        way = -1 if turned % 2 else 1
        if way == self.way:
            return True
        if self.crossing and self.length <= AT_A_CROSSING:
            self.way, self.crossed = way, True
            return True
        return False

    def _unit(self) -> Array:
        """Return how much each unknown counts in a step's length, as in ``trace``."""
        reached = abs(float(self.point[-1])) + self.early
        unit = np.full(self.rows + 1, reached)
        unit[-1] = self.pace.weight / reached
        return unit


def _settled(response: Response, odds: Array, tolerance: float) -> tuple[Array, float]:
    """Return the fixed point at t = 1 by Newton's method, and its residual in probabilities."""
    best, least = odds, np.inf
    identity = np.eye(response.rows)
    for _ in range(12):
        image, slopes, _ = response.linearised(odds, 1.0)
        residual = float(np.abs(response.choice(odds, 1.0)[0] - response.choice(image, 1.0)[0]).max())
        if not residual < least:
            break
        best, least = odds, residual
        if residual <= 1e-4 * tolerance:
            break
        factors, pivots, _ = dgetrf(identity - slopes)
        odds = odds - dgetrs(factors, pivots, odds - image)[0]
    return best, least


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
