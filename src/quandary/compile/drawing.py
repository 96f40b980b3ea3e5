"""Drawing worlds: uniforms of every number, block by block; impossible worlds redrawn and counted, or the case
refused.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import replace
from typing import Any

import numpy as np

from quandary.base.arrays import Array, Mask
from quandary.base.problems import CaseError, Problem
from quandary.compile.validity import LARGEST_SHARE, Violation, any_world
from quandary.quantities.design import Design, Index, runs
from quandary.quantities.influence import OrderedColumns

SCANNED = 2_000
"""Worlds checked at a time, about, so that memory does not grow with their number."""

KEPT_BYTES = 32 << 20
"""Bytes of draws that are kept; where all take more, each block is drawn again when it is asked for."""

FIRM_CHECK = 10_000
"""Worlds on which a case is judged when the design asked for is smaller: a share of 0.1 % needs that many."""

ROUNDS = 100
"""How often impossible worlds are redrawn before giving up."""

Correlations = Sequence[tuple[str, str, float]]
Impossible = Callable[[Mapping[str, Array]], list[Violation]]


class WorldDraws(OrderedColumns):
    """Uniforms (W,) by the name of the number, drawn when they are asked for; ``redrawn`` counts the worlds that were
    impossible at first.
    """

    def __init__(self, design: Design, names: Sequence[str], correlations: Correlations = ()) -> None:
        self.design = design
        self.worlds = design.worlds
        self._names = dict.fromkeys(names)
        self._correlations = tuple(correlations)
        self._ends = [where.stop for where in design.blocks]
        self._again: Index = np.zeros(0, dtype=np.intp)
        self._fresh: dict[str, Array] = {}
        self._kept: dict[str, Array] | None = None
        self._orders: dict[str, Index] = {}
        if 8 * self.worlds * len(self._names) <= KEPT_BYTES:
            self._kept = design.columns(self._names, self._correlations)

    def first(self, worlds: int) -> WorldDraws:
        """Return the draws of the first worlds alone, as they are in all."""
        few = copy(self)
        few.worlds = min(worlds, self.worlds)
        few._orders = {}
        if self._kept is not None:
            few._kept = {name: column[: few.worlds] for name, column in self._kept.items()}
        few._again = self._again[: np.searchsorted(self._again, few.worlds)]
        return few

    def again(self, design: Design, names: Sequence[str], correlations: Correlations) -> WorldDraws | None:
        """Return these draws for a case of other ranges, ``None`` where numbers are other ones or worlds redrawn."""
        alike = (design, tuple(names), tuple(correlations)) == (self.design, tuple(self._names), self._correlations)
        return copy(self) if alike and self._kept is not None and not len(self._again) else None

    def __getstate__(self) -> dict[str, Any]:
        """Return what is sent to another process: how to draw, not what was drawn."""
        return {**self.__dict__, "_kept": None, "_orders": {}}

    def __getitem__(self, name: str) -> Array:
        """Return one number's uniforms in every world, ``(W,)``; not to be written to."""
        if name not in self._names:
            raise KeyError(name)
        return self._between(0, self.worlds, [name])[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def between(self, start: int, stop: int) -> dict[str, Array]:
        """Return the uniforms of the worlds ``start`` to ``stop`` (exclusive); not to be written to."""
        return self._between(start, stop, list(self._names))

    def order(self, name: str) -> Index:
        """Return the worlds from a number's least to its most, found once where draws are kept."""
        if self._kept is None:
            return super().order(name)
        if name not in self._orders:
            self._orders[name] = super().order(name)
        return self._orders[name]

    @property
    def redrawn(self) -> int:
        """Return how many worlds were drawn again."""
        return len(self._again)

    def replace(self, worlds: Index, fresh: Mapping[str, Array]) -> None:
        """Put fresh uniforms of every number in the place of some worlds' (rising); those of others stay."""
        self._again, self._fresh = worlds, dict(fresh)
        self._orders = {}
        if self._kept is not None:
            self._kept = {name: column.copy() for name, column in self._kept.items()}  # others may share them
            for name, column in self._kept.items():
                column[worlds] = self._fresh[name]

    def _between(self, start: int, stop: int, names: Sequence[str]) -> dict[str, Array]:
        if self._kept is not None:
            return {name: self._kept[name][start:stop] for name in names}
        found = {name: np.empty(stop - start) for name in names}
        for number in range(bisect_right(self._ends, start), bisect_left(self._ends, stop) + 1):
            where = self.design.blocks[number]
            first, last = max(where.start, start), min(where.stop, stop)
            for name, column in self.design.drawn(number, names, self._correlations).items():
                found[name][first - start : last - start] = column[first - where.start : last - where.start]
        some = slice(*np.searchsorted(self._again, [start, stop]).tolist())
        for name in names if some.start < some.stop else ():
            found[name][self._again[some] - start] = self._fresh[name][some]
        return found


def draw_worlds(
    design: Design,
    names: Sequence[str],
    correlations: Correlations,
    impossible: Impossible,
    drawn: WorldDraws | None = None,
) -> WorldDraws:
    """Return the design's uniforms with impossible worlds redrawn, every number of such a world anew.

    Redrawing whole worlds keeps what is left exactly the distribution given that the world is possible. The
    new numbers come from the seed, the block and the round alone, so that the same design gives the same draws and no
    block hangs on another. Raises ``CaseError`` for each rule that is impossible in clearly more than 0.1 % of worlds;
    a design below 10,000 worlds is judged on one of 10,000. What was ``drawn`` before is taken where it is the same.
    """
    draws = None if drawn is None else drawn.again(design, names, correlations)
    if draws is None:
        draws = WorldDraws(design, names, correlations)
    bad, shares = _scan(draws, impossible)
    if not bad.any():
        return draws
    if _too_often(shares, design.worlds):
        if design.worlds < FIRM_CHECK:
            firm = replace(design, worlds=FIRM_CHECK)
            _, shares = _scan(WorldDraws(firm, names, correlations), impossible)
        _refuse(shares, max(design.worlds, FIRM_CHECK))
    again = np.flatnonzero(bad)
    held = {name: np.empty(len(again)) for name in names}
    open_ = np.ones(len(again), dtype=np.bool_)
    for attempt in range(1, ROUNDS + 1):
        fresh = _redrawn(design, again[open_], attempt, names, correlations)
        for name, column in fresh.items():
            held[name][open_] = column
        open_[open_] = any_world(impossible(fresh), int(open_.sum()))
        if not open_.any():
            draws.replace(again, held)
            return draws
    raise CaseError(shares)


def _redrawn(
    design: Design, worlds: Index, attempt: int, names: Sequence[str], correlations: Correlations
) -> dict[str, Array]:
    """Return fresh uniforms ``(worlds,)`` of some worlds, which rise."""
    found = {name: np.empty(len(worlds)) for name in names}
    of_block = np.searchsorted([where.stop for where in design.blocks], worlds, side="right")
    for block in np.unique(of_block).tolist():
        here = of_block == block
        places = worlds[here] - design.blocks[block].start
        for name, column in design.redrawn(block, attempt, names, correlations).items():
            found[name][here] = column[places]
    return found


def _scan(draws: WorldDraws, impossible: Impossible) -> tuple[Mask, dict[Problem, float]]:
    """Return the impossible worlds, and the share of worlds in which each fault happens."""
    bad = np.zeros(draws.worlds, dtype=np.bool_)
    counts: dict[Problem, int] = {}
    blocks = draws.design.blocks
    for where in runs(blocks, max(1, SCANNED * len(blocks) // max(draws.worlds, 1))):
        size = where.stop - where.start
        found = impossible(draws.between(where.start, where.stop))
        bad[where] = any_world(found, size)
        for violation in found:
            here = int(np.broadcast_to(violation.worlds, (size,)).sum())
            counts[violation.problem] = counts.get(violation.problem, 0) + here
    return bad, {problem: count / draws.worlds for problem, count in counts.items()}


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
