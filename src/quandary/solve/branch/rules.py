"""The rules by which the branch is followed, written once for NumPy and for compiled code.

A rule is a function of numbers or of arrays alike: NumPy runs it on all worlds at once, and numba compiles its source
for one world (``solve.branch.compiled.rules``). So it says ``either`` for a choice, ``&`` and ``|`` for and and or, and
calls no other rule. Whether a step is right is decided here and nowhere else; what is measured, and in which order, is
in ``walking`` and ``trace`` and in their compiled twins.
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

import numpy as np

Numbers: TypeAlias = Any
"""A number, or an array of one for each world."""

Marks: TypeAlias = Any
"""Yes or no, or an array of them."""

NUDGE = 1e-6
"""By this much of what it counts an unknown is moved to see how the answers change, and by a share of itself besides,
so that the change is not lost in rounding."""

NUDGED_SHARE = 1e-11

LEAST = 1e-9
"""So short a second correction is short enough, however short the first one was."""

RIDGE = 1e-14
"""Anderson's normal equations get this share of their trace on the diagonal."""

POLISHING_ROUNDS = 12
POLISHED_SHARE = 1e-4
"""Newton's method at t = 1 goes on to this share of the tolerance, in so many rounds at most."""


class Stride(NamedTuple):
    """How boldly to walk: see ``walking.walk``; ``settled`` is the correction (in log-odds) that ends a step.

    At t = 1 a world goes on to ``beyond`` times the tolerance, as far as rounding lets it, so that the answer does not
    depend on the worlds that it was solved beside. ``ahead`` stands for ``beyond`` where it is the next iterate that is
    taken, and its residual measured (``walking.lanes``).
    """

    first: float = 0.5
    shortest: float = 1.0 / 64.0
    reach: float = 0.7
    pull: float = 0.45
    trusted: float = 0.1
    near: float = 1.0
    careful: float = 0.125
    leap: float = 4.0
    patient: float = 0.02
    shake: float = 0.05
    settled: float = 0.1
    tries: int = 6
    finishing: int = 30
    beyond: float = 0.002
    ahead: float = 0.05
    depth: int = 5


class Pace(NamedTuple):
    """How the curve is followed: step lengths in log-odds as they are at the present t.

    A growth of t by the factor e counts as ``weight`` of them; below one over the largest log-odds, t grows evenly.
    ``crossing`` lets the curve run straight on, by short steps, where another one crosses it, which only games with a
    symmetry have, and end on such a point.
    """

    first: float = 0.3
    longest: float = 4.0
    shortest: float = 1e-7
    reach: float = 0.4
    pull: float = 0.2
    bend: float = 0.9
    weight: float = 8.0
    most: int = 5000
    nudge: float = NUDGE
    repeats: int = 3
    crossing: bool = False

    def finer(self) -> Pace:
        """Return the pace for worlds in which this one lost the curve."""
        return refined(self, 1)


def either(mark: Marks, yes: Numbers, no: Numbers) -> Numbers:
    """Return ``yes`` where marked, else ``no``."""
    return np.where(mark, yes, no)


# The walk. A step goes from ``t`` by ``step`` to ``target``; ``tried`` counts the sweeps at the target before this one.


def largest_leap(stride: Stride, largest: Numbers) -> Numbers:
    """Return the longest step from t = 0, the largest log-odds of uniform play being given."""
    return stride.leap / np.maximum(largest, 1e-300)


def target_of(t: Numbers, step: Numbers) -> Numbers:
    """Return the t that a step leads to; one is not just missed."""
    return either(t + step >= 1.0 - 1e-9, 1.0, t + step)


def pull_measured(tried: Numbers, target: Numbers, moved: Numbers, drawn: Numbers, pull: Numbers) -> Numbers:
    """Return the factor by which the sweep draws states together, the worst of this step.

    Two states ``moved`` apart have images ``drawn`` apart; states that are as good as one tell nothing.
    """
    now = drawn / np.maximum(moved, 1e-100)
    worst = either((tried == 1) | np.logical_not(now <= pull), now, pull)
    return either((tried >= 1) & (moved * target > 1e-6), worst, pull)


def refused(
    stride: Stride, tried: Numbers, last: Marks, gap: Numbers, far: Marks, pull: Numbers, step: Numbers
) -> Marks:
    """Return whether a step is too long: its first correction, its pull, its length far from uniform play, or its
    number of sweeps; ``last``: it leads to t = 1."""
    slow = (tried <= stride.tries) & (pull > stride.pull)
    too_bold = far & (step > stride.careful)
    too_often = tried >= either(last, stride.finishing, stride.tries)
    return either(tried == 0, gap > stride.reach, slow) | too_bold | too_often


def arrived(
    tolerance: float, beyond: float, tried: Numbers, last: Marks, residual: Numbers, before: Numbers, bad: Marks
) -> Marks:
    """Return whether the fixed point at t = 1 is found: its residual is as small as it gets, or the step is refused."""
    enough = either((residual > 0.5 * before) | bad, tolerance, beyond * tolerance)
    return last & (residual <= enough) & np.logical_not((tried == 0) & bad)


def settled(stride: Stride, tried: Numbers, last: Marks, gap: Numbers, far: Marks, pull: Numbers, bad: Marks) -> Marks:
    """Return whether a step is done before t = 1: what is left to correct is small, and the pull is known."""
    close = gap <= either(far, stride.patient, stride.settled)
    return np.logical_not(last | bad) & close & ((tried > 0) | (pull <= stride.trusted))


def stuck(stride: Stride, step: Numbers) -> Marks:
    """Return whether a refused step can be shortened no more."""
    return step * 0.5 < stride.shortest


def to_be_shaken(stride: Stride, tried: Numbers, pull: Numbers) -> Marks:
    """Return whether the next state is shaken, so that the pull is measured in all directions."""
    return (tried == 0) & (pull > stride.trusted)


def shaking(stride: Stride, target: Numbers) -> Numbers:
    """Return by how much a log-odds is shaken."""
    return stride.shake / np.maximum(target, stride.shortest)


def shaking_column(swept: Numbers, columns: int) -> Numbers:
    """Return which of so many columns of signs to shake by, after so many sweeps."""
    return (7 * swept) % columns


def slope_along(change: Numbers, step: Numbers) -> Numbers:
    """Return the slope of the branch where a step in t changed a log-odds by so much."""
    return change / np.maximum(step, 1e-9)


def next_step(
    stride: Stride, step: Numbers, done: Marks, sweeps: Numbers, far: Marks, leap: Numbers, t: Numbers
) -> Numbers:
    """Return the step after one that is ``done``, in so many sweeps, or refused; ``t`` is where it begins."""
    longer = either(done, either(sweeps <= 2, step * 2.0, step), step * 0.5)
    careful = either(far, np.minimum(longer, stride.careful), longer)
    return np.minimum(careful, np.maximum(leap, t))


# The curve. ``long`` and ``short`` are the first and second correction of a step, in units of the pace.


def even_growth(largest: Numbers) -> Numbers:
    """Return up to which t a growth of t counts evenly, the largest log-odds of uniform play being given."""
    return 1.0 / np.maximum(1.0, largest)


def odds_unit(t: Numbers, early: Numbers) -> Numbers:
    """Return how much a log-odds at scale one counts in a step's length: t times."""
    return np.abs(t) + early


def scale_unit(pace: Pace, reached: Numbers) -> Numbers:
    """Return how much t counts in a step's length, a log-odds counting ``reached``."""
    return pace.weight / reached


def corrected_well(pace: Pace, long: Numbers, short: Numbers, least: float) -> Marks:
    """Return whether the corrector has settled near the predictor; ``least`` is what rounding may leave."""
    return (long <= pace.reach) & (short <= np.minimum(np.maximum(pace.pull * long, least), 0.02))


def corrected_easily(pace: Pace, long: Numbers, short: Numbers, least: float) -> Marks:
    """Return whether the corrector had so little to do that the next step may be longer."""
    return (long <= 0.25 * pace.reach) & (short <= 0.25 * np.maximum(pace.pull * long, least))


def next_length(pace: Pace, length: Numbers, good: Marks, easy: Marks) -> Numbers:
    """Return the length of the step after a good one, an easy one, or one that is refused."""
    longer = either(good, either(easy, length * 1.6, length), length * 0.5)
    return np.minimum(longer, pace.longest)


def refined(pace: Pace, level: int) -> Pace:
    """Return the pace for worlds in which this one, ``level`` times refined, has lost the curve."""
    finer = 4.0**level
    return Pace(
        pace.first / finer,
        pace.longest / finer,
        pace.shortest,
        pace.reach / finer,
        pace.pull,
        1.0 - (1.0 - pace.bend) / finer,
        pace.weight,
        pace.most * 2**level,
        pace.nudge,
        pace.repeats - level,
        pace.crossing,
    )
