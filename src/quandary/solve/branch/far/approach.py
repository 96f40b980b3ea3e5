"""What a branch approaches, read off a few of its points far up: which options it keeps, which fade, which are worse.

With precision v an option's log-odds against the likeliest at its set behave as -g v - a log v + c. An option of gap
g > 0 is *worse*. One without a gap whose probability falls like a power of v (a > 0) *fades*: the limit never chooses
it, yet it is as good as what is chosen, which is what holds the others' mixing in its place. The rest is *kept*.

At sets that are never reached, beliefs compare products of such probabilities: first by gaps, then by powers, last by
constants. In the odds handed on powers are raised to those of a precision at which nothing but the lowest is left.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quandary.base.arrays import Array, Mask

BACK = 8.0
"""Rungs are compared with those of so many times smaller a precision, and that many times smaller again."""

LASTING = 0.03
"""A power smaller than this is none."""

STEADY = 0.9
"""Changes from rung to rung that shrink by this factor at least are followed to their end."""

BLUR = 2e-10
"""Rounding blurs log-odds by up to this times the scale squared, at scales that count thousands of payoff ranges: a
change so small that is larger than the one before it is not followed."""

GONE = 1e-12
DYING = 0.5
SLOWING = 0.6
"""An option whose log-odds fall by less than this share of what a gap would make of the fall before has no gap: it
falls like a root of precision, say, and is as good as what is chosen."""

SIZEABLE = 1e-4
LIVELY = -20.0

POWERS = 12
"""Powers are multiples of one over this."""

BEYOND = 400.0
"""Powers are raised to those of a precision whose logarithm is larger by this."""


@dataclass(frozen=True, eq=False)
class Rung:
    """A point of the branch: the scale of all precisions, and every option's log-odds against its set's best.

    ``odds`` has one array ``(sets, options)`` per decision point, ``-inf`` for barred options.
    """

    scale: float
    odds: tuple[Array, ...]


@dataclass(frozen=True, eq=False)
class Approach:
    """A guess at a limit, per decision point ``(sets, options)``: what is kept, what fades, and the log-odds there."""

    kept: tuple[Mask, ...]
    fading: tuple[Mask, ...]
    odds: tuple[Array, ...]

    def same(self, other: Approach) -> bool:
        """Return whether the two keep the same options, let the same fade, and order the rest alike."""
        pairs = [*zip(self.kept, other.kept, strict=True), *zip(self.fading, other.fading, strict=True)]
        return all(np.array_equal(a, b) for a, b in [*pairs, *zip(self.odds, other.odds, strict=True)])


def approaches(rungs: list[Rung]) -> list[Approach]:
    """Return guesses at the limit, the likeliest first; none where the branch was not followed far enough to tell.

    An early rung from before things settled can make what is kept look worse; what lasts from rung to rung counts then.
    """
    late, middle, early = _three(rungs)
    if late is None or middle is None:
        return []
    best = [own.argmax(axis=1)[:, None] for own in late.odds]
    middle, early = _against(middle, best), None if early is None else _against(early, best)
    kept, fading, slowing, plain, ordered, lasting, sizeable = [], [], [], [], [], [], []
    for k, last in enumerate(late.odds):
        before = middle.odds[k]
        finite = np.isfinite(last) & np.isfinite(before)
        gap, power = _rates(late, middle, early, k)
        worse = finite & (gap * late.scale > np.maximum(1.0, 0.5 * np.abs(last)))
        local = np.where(finite, before, 0.0) - np.where(finite, last, 0.0)
        falls = local / np.log(late.scale / middle.scale) > LASTING
        kept.append(finite & ~worse & ~falls)
        fading.append(finite & ~worse & falls)
        slowing.append(fading[k] | (finite & worse & _slowing(late, middle, early, k)))
        plain.append(_ahead(late, middle, early, k))
        snapped = np.where(finite & (last < 0.0) & ~kept[k], np.rint(power * POWERS) / POWERS, 0.0)
        ordered.append(plain[k] - snapped * BEYOND)
        shares, shares_before = _shares(last), _shares(before)
        lasting.append((shares > GONE) & (shares > DYING * shares_before))
        sizeable.append(shares > SIZEABLE)
    none = tuple(np.zeros_like(own) for own in kept)
    fading_still = tuple(a & ~b for a, b in zip(fading, lasting, strict=True))
    both = tuple(a | b for a, b in zip(kept, fading, strict=True))
    guesses = [
        Approach(tuple(kept), tuple(fading), tuple(ordered)),
        Approach(tuple(kept), tuple(fading), tuple(plain)),
        Approach(tuple(lasting), fading_still, tuple(plain)),
        Approach(tuple(lasting), none, tuple(plain)),
        Approach(tuple(sizeable), none, tuple(plain)),
        Approach(both, none, tuple(plain)),
        Approach(tuple(kept), tuple(slowing), tuple(plain)),
    ]
    return [guess for i, guess in enumerate(guesses) if not any(guess.same(other) for other in guesses[:i])]


def _three(rungs: list[Rung]) -> tuple[Rung | None, Rung | None, Rung | None]:
    """Return the steepest rung, the steepest of at most a ``BACK``-th of its precision, and one as far below that."""
    found: list[Rung | None] = [rungs[-1] if rungs else None]
    while len(found) < 3:
        last = found[-1]
        below = [rung for rung in rungs if last is not None and rung.scale * BACK <= last.scale * 1.001]
        found.append(below[-1] if below else None)
    return found[0], found[1], found[2]


def _against(rung: Rung, options: list[NDArray[np.intp]]) -> Rung:
    """Return the rung with its log-odds against the options given, ``(sets, 1)`` per decision point.

    What is likeliest may change from rung to rung; against itself an option neither falls nor has a gap.
    """
    pairs = zip(rung.odds, options, strict=True)
    return Rung(rung.scale, tuple(own - np.take_along_axis(own, option, axis=1) for own, option in pairs))


def _rates(late: Rung, middle: Rung, early: Rung | None, k: int) -> tuple[Array, Array]:
    """Return each option's gap and power: what the last three rungs obey, or two if there are no more (no power then).

    Where nothing tells, both are zero.
    """
    rungs = [late, middle] if early is None else [late, middle, early]
    odds = np.stack([rung.odds[k] for rung in rungs])
    finite = np.isfinite(odds).all(axis=0)
    scales = np.array([rung.scale for rung in rungs])
    columns = [-scales, np.ones(len(rungs))] if early is None else [-scales, -np.log(scales), np.ones(len(rungs))]
    rates = np.linalg.solve(np.stack(columns, axis=1), np.where(finite, odds, 0.0).reshape(len(rungs), -1))
    gap, power = rates[0], np.zeros_like(rates[0]) if early is None else rates[1]
    return gap.reshape(finite.shape), power.reshape(finite.shape)


def _slowing(late: Rung, middle: Rung, early: Rung | None, k: int) -> Mask:
    """Return which options fall more and more slowly, measured by what precision grows."""
    if early is None:
        return np.zeros(late.odds[k].shape, dtype=np.bool_)
    odds = np.stack([np.where(np.isfinite(rung.odds[k]), rung.odds[k], 0.0) for rung in (late, middle, early)])
    now, before = (odds[0] - odds[1]) / (late.scale - middle.scale), (odds[1] - odds[2]) / (middle.scale - early.scale)
    return np.asarray((now < 0.0) & (now > SLOWING * before))


def _ahead(late: Rung, middle: Rung, early: Rung | None, k: int) -> Array:
    """Return the log-odds that the rungs lead to, where an option does not die away.

    Changes that shrink evenly are followed to their end (Aitken); else they are taken to shrink as 1 / precision does.
    Changes that were shrinking into what rounding blurs are over.
    """
    after, before = late.odds[k], middle.odds[k]
    finite = (after > LIVELY) & (before > LIVELY)
    drift = np.where(finite, after, 0.0) - np.where(finite, before, 0.0)
    share = np.full_like(drift, middle.scale / (late.scale - middle.scale))
    steps = np.array([late.scale / middle.scale, 0.0 if early is None else middle.scale / early.scale])
    if early is not None and abs(steps[1] / steps[0] - 1.0) < 1e-6:
        first = np.where(finite, before, 0.0) - np.where(finite, early.odds[k], 0.0)
        factor = np.divide(drift, first, out=np.zeros_like(drift), where=np.abs(first) > 1e-9)
        share = np.where((factor > 0.0) & (factor < STEADY), factor / (1.0 - factor), share)
        share = np.where((np.abs(drift) > np.abs(first)) & (np.abs(drift) < BLUR * late.scale**2), -1.0, share)
    return np.where(np.abs(drift) < 1.0, after + drift * share, after)


def _shares(odds: Array) -> Array:
    weights = np.exp(odds - odds.max(axis=1, keepdims=True))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))
