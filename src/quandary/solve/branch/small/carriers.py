"""One world of a game that is worked out by tables, followed along the curve of its carriers' log-odds (``curve``).

Derivatives are finite differences, every column in one sweep of a game that repeats the world: for a few carriers that
takes hardly longer than the sweep itself, so that a curve's few steps cost less than the many of a contraction.
"""

from __future__ import annotations

import numpy as np

from quandary.base.arrays import Array
from quandary.game.protocol import Agenda, Game, Profile, TrailPoint
from quandary.solve.branch.rules import NUDGE, NUDGED_SHARE
from quandary.solve.branch.small.curve import BRISK, Curve
from quandary.solve.branch.sweep import Sweep
from quandary.solve.points.agenda import choices_at

ROWS_AT_MOST = 62
"""With more carrier log-odds than these a sweep of one column for each costs more than it saves."""

PACE = BRISK._replace(most=300)
"""A curve that takes more steps is left to ``walk`` and ``trace``."""

ROUNDS = 6


class CarrierResponse:
    """The answer of a game of one world to its carriers' log-odds at scale one, as in ``sweep``."""

    def __init__(self, game: Game, agenda: Agenda) -> None:
        self.rows = sum(choices_at(game.points[p]) for p in agenda.carriers)
        self.sweep = Sweep(game.in_worlds(np.zeros(self.rows + 2, dtype=np.intp)), agenda)
        self._column = np.arange(self.rows + 1)
        self.origin = self.sweep(np.zeros((self.rows, self.rows + 2)), np.zeros(1))[:, 0].copy()
        self.steepness = float(np.abs(self.origin).max(initial=0.0))
        self._early = 1.0 / max(1.0, self.steepness)

    def image(self, odds: Array, t: float) -> Array:
        """Return the log-odds at scale one that answer ``odds`` at scale ``t``; none matter at scale zero."""
        return self._swept(odds, t) if t else self.origin

    def _swept(self, odds: Array, t: float) -> Array:
        answer: Array = self.sweep(np.repeat(odds[:, None], self.rows + 2, axis=1), np.array([t]))[:, 0]
        return answer

    def linearised(self, odds: Array, t: float) -> tuple[Array, Array, Array]:
        """Return the image, its derivative by the odds ``(rows, rows)`` and its derivative by t."""
        point = np.append(odds, t)
        reached = abs(t) + self._early
        nudges = NUDGE / reached + NUDGED_SHARE * np.abs(point)
        nudges[-1] = NUDGE * reached
        many = np.repeat(point[:, None], self.rows + 2, axis=1)
        many[self._column, self._column + 1] += nudges
        images = self.sweep(many[:-1], many[-1])
        image = images[:, 0]
        slopes = (images[:, 1:] - image[:, None]) / nudges
        return image, slopes[:, :-1], slopes[:, -1]

    def measured_anew(self, _odds: Array) -> None:
        """Return nothing: a state's log-odds are always measured by the first option."""

    def residual(self, odds: Array, image: Array) -> float:
        """Return the largest difference in probability between two states at scale one."""
        pair = np.repeat(odds[:, None], self.rows + 2, axis=1), np.repeat(image[:, None], self.rows + 2, axis=1)
        return float(self.sweep.difference(*pair, np.ones(1))[0])

    def profile(self, odds: Array) -> tuple[Profile, float]:
        """Return the whole profile that answers the odds at scale one, and its residual."""
        whole = self.sweep.profile_at(np.repeat(odds[:, None], self.rows + 2, axis=1))
        return [own[..., :1].copy() for own in whole], self.residual(odds, self.sweep.image()[:, 0])


def fits(game: Game, agenda: Agenda) -> bool:
    """Return whether the carriers are some, few enough, and nobody chooses exactly."""
    rows = sum(choices_at(game.points[p]) for p in agenda.carriers)
    return 0 < rows <= ROWS_AT_MOST and rows + 2 <= game.grain and not _exact(game)


def carried(game: Game, agenda: Agenda, tolerance: float) -> tuple[Profile, float, int] | None:
    """Return the profile at the end of the branch, its residual and the number of steps; ``None`` where not at hand.

    The game has one world. It is not at hand where it does not fit or the curve was lost.
    """
    if not fits(game, agenda):
        return None
    response = CarrierResponse(game, agenda)
    curve = Curve(response, PACE, crossing=False)
    trail = game.trail

    def note(t: float, odds: Array) -> None:
        if trail is not None:
            trail.note("carried", TrailPoint(game, agenda, t, odds[:, None]))

    with np.errstate(all="ignore"):
        if not curve.follow(note):
            return None
        profile, residual = response.profile(_settled(response, curve.point[:-1], tolerance))
    return (profile, residual, curve.steps) if residual <= tolerance else None


def _exact(game: Game) -> bool:
    return any(bool(np.isinf(p.precision).any()) for p in game.points)


def _settled(response: CarrierResponse, odds: Array, tolerance: float) -> Array:
    """Return the fixed point at t = 1 by Newton's method, as nearly as its residual still gets smaller."""
    best, least = odds, np.inf
    for _ in range(ROUNDS):
        image, slopes, _ = response.linearised(odds, 1.0)
        residual = response.residual(odds, image)
        if not residual < least:
            break
        best, least = odds, residual
        if residual <= 1e-3 * tolerance:
            break
        odds = odds - np.linalg.solve(np.eye(len(odds)) - slopes, odds - image)
    return best
