"""Drawing worlds: one column of uniforms a number, impossible worlds redrawn and counted, or the case
refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from quandary.case.validity import LARGEST_SHARE, Violation, any_world
from quandary.game.table import Array, Mask
from quandary.problems import CaseError, Problem
from quandary.quantities.design import Design

BLOCK = 2_000
"""Worlds checked at a time, so that memory does not grow with their number."""

FIRM_CHECK = 10_000
"""Worlds on which a case is judged when the design asked for is smaller: a share of 0.1 % needs that many."""

ROUNDS = 100
"""How often impossible worlds are redrawn before giving up."""

Correlations = Sequence[tuple[str, str, float]]
Impossible = Callable[[Mapping[str, Array]], list[Violation]]


class WorldDraws(dict[str, Array]):
    """Uniforms (W,) by the name of the number; ``redrawn`` counts the worlds that were impossible at
    first.
    """

    def __init__(self, columns: Mapping[str, Array], worlds: int, redrawn: int = 0) -> None:
        super().__init__(columns)
        self.worlds = worlds
        self.redrawn = redrawn

    def block(self, start: int, stop: int) -> dict[str, Array]:
        """Return the uniforms of the worlds ``start`` to ``stop`` (exclusive), as views."""
        return {name: column[start:stop] for name, column in self.items()}


def draw_worlds(design: Design, names: Sequence[str], correlations: Correlations, impossible: Impossible) -> WorldDraws:
    """Return the design's uniforms with impossible worlds redrawn, every number of such a world anew.

    Redrawing whole worlds keeps what is left exactly the distribution given that the world is possible. The
    new numbers come from the seed and the round alone, so that the same design gives the same draws. Raises
    ``CaseError`` for each rule that is impossible in clearly more than 0.1 % of worlds; a design below 10,000
    worlds is judged on one of 10,000.
    """
    draws = WorldDraws(design.columns(names, correlations), design.worlds)
    bad, shares = _scan(draws, design.worlds, impossible)
    if not bad.any():
        return draws
    if _too_often(shares, design.worlds):
        if design.worlds < FIRM_CHECK:
            firm = replace(design, worlds=FIRM_CHECK)
            _, shares = _scan(firm.columns(names, correlations), FIRM_CHECK, impossible)
        _refuse(shares, max(design.worlds, FIRM_CHECK))
    draws.redrawn = int(bad.sum())
    for name in names:
        draws[name] = draws[name].copy()
    for attempt in range(1, ROUNDS + 1):
        where = np.flatnonzero(bad)
        fresh = design.redraws(names, correlations, attempt, where)
        for name, column in fresh.items():
            draws[name][where] = column
        bad[where] = any_world(impossible(fresh), len(where))
        if not bad.any():
            return draws
    raise CaseError(shares)


def _scan(columns: Mapping[str, Array], worlds: int, impossible: Impossible) -> tuple[Mask, dict[Problem, float]]:
    """Return the impossible worlds, and the share of worlds in which each fault happens."""
    bad = np.zeros(worlds, dtype=np.bool_)
    counts: dict[Problem, int] = {}
    for start in range(0, worlds, BLOCK):
        stop = min(start + BLOCK, worlds)
        found = impossible({name: column[start:stop] for name, column in columns.items()})
        bad[start:stop] = any_world(found, stop - start)
        for violation in found:
            here = int(np.broadcast_to(violation.worlds, (stop - start,)).sum())
            counts[violation.problem] = counts.get(violation.problem, 0) + here
    return bad, {problem: count / worlds for problem, count in counts.items()}


def _too_often(shares: Mapping[Problem, float], worlds: int) -> list[Problem]:
    """Return the faults in more than 0.1 % of worlds, beyond what chance explains (three standard errors)."""
    limit = LARGEST_SHARE + 3 * np.sqrt(LARGEST_SHARE / worlds)
    return [problem for problem, share in shares.items() if share > limit]


def _refuse(shares: Mapping[Problem, float], worlds: int) -> None:
    """Raise the faults that happen too often, each with its share of worlds."""
    found = _too_often(shares, worlds)
    if found:
        raise CaseError(
            replace(problem, message=f"{problem.message} in {100 * shares[problem]:.3g} % of worlds")
            for problem in found
        )
