"""A point that moves along the branch of one small game, with exact derivatives on the whole game at once.

What ``trace`` does for many worlds by finite differences on a few carriers, by the same tests on every step (``Pace``:
how far the first correction goes, how much shorter the second is, how far the tangent turns, the sign of the bordered
determinant). All decisions are unknowns: answers to answers to answers would multiply the precision with itself, and in
steep games nothing could be seen in them.

Allgower & Georg (2003), *Introduction to Numerical Continuation Methods*, chapter 6; Turocy (2005), *Games and Economic
Behavior* 51; Turocy (2010), *Economic Theory* 42 (logarithms of probabilities as unknowns).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.lapack import dgetrf, dgetrs

from quandary.base.arrays import Array
from quandary.solve.branch import rules
from quandary.solve.branch.crossing import AT_A_CROSSING, ONTO, STRAIGHT, WATCHED_AT_MOST, landed, turned
from quandary.solve.branch.rules import LEAST, Pace

BRISK = Pace(first=1.0, most=2000, repeats=1)
"""Exact derivatives allow a longer first step; the tests on every step are those of ``trace``."""

GROWTH = 2.0
NEAR_ONE = 1.0
"""Where an option's log-odds pass this, the likeliest options of all sets become those that the others are measured by:
between options that are both chosen a difference then keeps its digits, however steep the game."""

FAR = 20.0
"""Log-odds farther from zero are measured by their share of this: how unlikely an option exactly is that is as good as
never chosen hardly bears on the others, and where it does, as on beliefs, these tell."""

NOISE = float(np.finfo(np.float64).eps)
BLURRED_AT_MOST = 1e-4
"""How far rounding blurs log-odds: by this share of the payoffs, times the precision once where a choice rests on
payoffs, and once more where it rests on a belief, or hardly at all, on choices that do. Corrections may be so small."""


Note = Callable[[float, Array], None]
"""Called at the start, with scale zero, and after every step, with the scale and the odds at scale one."""


class LogitResponse(Protocol):
    """The logit response on log-odds at scale one, with its derivatives; see ``response`` and ``carried``."""

    rows: int
    steepness: float

    def image(self, odds: Array, t: float) -> Array:
        """Return the log-odds at scale one that answer ``odds`` at scale ``t``."""

    def linearised(self, odds: Array, t: float) -> tuple[Array, Array, Array]:
        """Return the image, its derivative by the odds ``(rows, rows)`` and its derivative by t."""

    def measured_anew(self, odds: Array) -> NDArray[np.intp] | None:
        """Measure by each set's likeliest option and return its row for every row; ``None`` where that cannot be."""


Answering = TypeVar("Answering", bound=LogitResponse)


class Curve(Generic[Answering]):
    """A point on the branch that moves along it; ``point`` and ``heading`` are the odds with t as the last entry."""

    def __init__(self, response: Answering, pace: Pace, *, crossing: bool) -> None:
        self.response, self.pace, self.crossing = response, pace, crossing
        rows = self.rows = response.rows
        self._end = np.eye(rows + 1)[rows]
        self._matrix = np.zeros((rows + 1, rows + 1), order="F")
        self._diagonal = np.arange(rows)
        origin = response.image(np.zeros(rows), 0.0)
        self.early = float(rules.even_growth(np.abs(origin).max()))
        self.point = np.append(origin, 0.0)
        self._farthest = 0.0
        self.heading = np.append(response.linearised(origin, 0.0)[2], 1.0)
        self.goal = 1.0
        self.length = pace.first
        self.steps = 0
        self.way = 1
        self.crossed = False
        self._standing: Array | None = None

    def follow(self, note: Note | None = None) -> bool:
        """Go on to t = 1; return whether the curve was not lost on the way."""
        if note is not None:
            note(0.0, self.point[:-1])
        while self.steps < self.pace.most and self.length >= self.pace.shortest:
            there = self.advance()
            if note is not None:
                note(float(self.point[-1]), self.point[:-1])
            if there:
                return True
        return False

    def advance(self) -> bool:
        """Try one step; return whether the point stands at t = ``goal`` now."""
        pace, rows, unit = self.pace, self.rows, self._unit()
        self.steps += 1
        before = self.heading * unit
        before /= np.sqrt(before @ before)
        step = before / unit * self.length
        landing = bool(self.point[rows] + step[rows] >= self.goal)
        if landing:
            step *= (self.goal - self.point[rows]) / step[rows]
        ahead = self.point + step
        if landing:
            ahead[rows] = self.goal
        image, slopes, by_t = self.response.linearised(ahead[:rows], float(ahead[rows]))
        factors, pivots = self._factored(slopes, by_t, self._end if landing else before * unit)
        gap = np.append(ahead[:rows] - image, 0.0)
        first = dgetrs(factors, pivots, gap)[0]
        ahead -= first
        gap[:rows] = ahead[:rows] - self.response.image(ahead[:rows], float(ahead[rows]))
        second = dgetrs(factors, pivots, gap)[0]
        ahead -= second
        long, short = float(np.abs(first * unit).max()), float(np.abs(second * unit).max())
        tangent = dgetrs(factors, pivots, self._end)[0] * unit
        tangent /= np.sqrt(tangent @ tangent)
        least = LEAST + min(BLURRED_AT_MOST, NOISE * (self.response.steepness * float(ahead[rows])) ** 2)
        good = rules.corrected_well(pace, long, short, least) and float(tangent @ before) >= pace.bend
        if not (good and self._same_way(factors, pivots, straight=long <= STRAIGHT * self.length)):
            if landing and self.crossing and self._onto(self.point + step):
                return True
            self.length *= 0.5
            return False
        self.point, self.heading = ahead, tangent / unit
        if rules.corrected_easily(pace, long, short, least):
            self.length = min(self.length * GROWTH, pace.longest)
        self._farthest = float(np.abs(ahead[:rows]).max()) * abs(float(ahead[rows]))
        if self._farthest > NEAR_ONE and float(ahead[:rows].max()) * ahead[rows] > NEAR_ONE:
            self._measure_anew()
        return landing

    def _onto(self, ahead: Array) -> bool:
        """Stand where t is ``goal`` though another curve crosses there; return whether a short step led to the point.

        The heading stays what it was: the branch runs straight on.
        """
        rows, unit, t = self.rows, self._unit(), self.goal
        if float(np.abs((ahead - self.point) * unit).max()) > ONTO:
            return False

        def at(state: Array) -> tuple[Array, Array]:
            image, slopes, _ = self.response.linearised(state[:, 0], t)
            return state - image[:, None], (np.eye(rows) - slopes)[None]

        state, still = landed(at, ahead[:rows, None])
        moved = float(np.abs((state[:, 0] - ahead[:rows]) * unit[:rows]).max())
        if not (still[0] and moved <= AT_A_CROSSING):
            return False
        self.point = np.append(state[:, 0], t)
        _, slopes, by_t = self.response.linearised(self.point[:rows], t)
        way = self._way(*self._factored(slopes, by_t, self._end))
        self.crossed, self.way = self.crossed or way != self.way, way
        self._standing = None
        return True

    def settle(self, rounds: int = 6) -> None:
        """Bring the point onto the curve as nearly as rounding lets it, without moving t."""
        rows, t = self.rows, float(self.point[-1])
        before = np.inf
        for _ in range(rounds):
            image, slopes, by_t = self.response.linearised(self.point[:rows], t)
            factors, pivots = self._factored(slopes, by_t, self._end)
            step = dgetrs(factors, pivots, np.append(self.point[:rows] - image, 0.0))[0]
            size = float(np.abs(step * self._unit()).max())
            if not size < before:
                return
            self.point, before = self.point - step, size

    def _measure_anew(self) -> None:
        """Measure odds by the likeliest options; that turns no determinant round."""
        rows = self.rows
        base = self.response.measured_anew(self.point[:rows])
        if base is None:
            return
        if self.point[base].any():
            self._standing = None
        self.point[:rows] -= self.point[base]
        self.heading[:rows] -= self.heading[base]

    def _factored(self, slopes: Array, by_t: Array, border: Array) -> tuple[Array, Array]:
        """Return the triangular factors of the derivative of odds less image, bordered."""
        self._fill(slopes, by_t, border)
        factors, pivots, _ = dgetrf(self._matrix)
        return factors, pivots

    def _fill(self, slopes: Array, by_t: Array, border: Array) -> None:
        """Write the bordered derivative of odds less image."""
        rows, matrix = self.rows, self._matrix
        np.negative(slopes, out=matrix[:rows, :rows])
        matrix[self._diagonal, self._diagonal] += 1.0
        np.negative(by_t, out=matrix[:rows, rows])
        matrix[rows] = border

    def _same_way(self, factors: Array, pivots: Array, *, straight: bool) -> bool:
        """Return whether the curve still runs the way it did, or may be let across a crossing here, straight on."""
        way, ahead = self._way(factors, pivots), None
        if self.rows < WATCHED_AT_MOST:
            ahead = self._matrix.copy()
        over = way != self.way or (ahead is not None and self._turned(ahead))
        if over and not (self.crossing and self.length <= AT_A_CROSSING and straight):
            return False
        self.way, self.crossed = way, self.crossed or over
        self._standing = ahead
        return True

    def _turned(self, ahead: Array) -> bool:
        """Return whether curves are crossed between here and the bordered derivative ahead."""
        if self._standing is None:
            rows, unit = self.rows, self._unit()
            _, slopes, by_t = self.response.linearised(self.point[:rows], float(self.point[rows]))
            self._fill(slopes, by_t, self.heading * unit * unit)
            self._standing = self._matrix.copy()
        return bool(turned(self._standing[None], ahead[None])[0])

    def _way(self, factors: Array, pivots: Array) -> int:
        """Return the sign of the determinant."""
        turned = int((factors.diagonal() < 0.0).sum()) + int((pivots != np.arange(self.rows + 1)).sum())
        return -1 if turned % 2 else 1

    def _unit(self) -> Array:
        """Return how much each unknown counts in a step's length, as in ``trace``; large log-odds by their share."""
        reached = abs(float(self.point[-1])) + self.early
        if self._farthest > FAR:
            unit: Array = np.abs(self.point)
            unit *= reached / FAR
            np.maximum(unit, 1.0, out=unit)
            np.divide(reached, unit, out=unit)
        else:
            unit = np.full(self.rows + 1, reached)
        unit[-1] = rules.scale_unit(self.pace, reached)
        return unit
