"""Worlds in which a case says something impossible: odds below zero, weights of nothing, values without
end.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from quandary.base.arrays import Array, Mask
from quandary.base.places import Place
from quandary.base.problems import Problem

TOLERANCE = 1e-9
"""How far odds may lie below zero or their sum above one before a world counts as impossible."""

ROUNDING = 1e-14
"""What sums of odds written in decimals leave of nothing; what is left above it was written, however small."""

LARGEST_SHARE = 0.001
"""The share of impossible worlds above which a case is at fault; up to it, those worlds are redrawn and
counted.
"""


@dataclass(frozen=True, eq=False)
class Violation:
    """One impossibility: the fault to report, and the worlds it happens in, shape ``(W,)`` or ``(1,)``."""

    problem: Problem
    worlds: Mask


def violation(code: str, message: str, place: Place, hint: str | None, worlds: Mask) -> list[Violation]:
    """Return the violation where any world has it, else nothing."""
    return [Violation(Problem(code, message, place, hint), worlds)] if worlds.any() else []


def any_world(violations: Iterable[Violation], worlds: int) -> Mask:
    """Return the worlds with at least one violation, shape ``(worlds,)``."""
    bad = np.zeros(worlds, dtype=np.bool_)
    for found in violations:
        bad |= found.worlds
    return bad


def stack(values: Iterable[Array]) -> Array:
    """Return arrays of shape ``(..., W)`` or ``(..., 1)`` stacked along a new first axis, as ``(n, ..., W or
    1)``.
    """
    return np.stack(np.broadcast_arrays(*values))
