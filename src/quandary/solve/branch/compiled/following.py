"""Walking and tracing all worlds of a diagram game in compiled code: what ``solve.branch.compiled.game`` asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from quandary.base.arrays import Array, Mask
from quandary.engine.compilation import CompilingError, give_up_compiling
from quandary.engine.playing.fused import FusedPass
from quandary.engine.programs.program import LANES
from quandary.solve.branch.crossing import CENTRAL, SUSPECT, may_meet
from quandary.solve.branch.rules import Pace, Stride

if TYPE_CHECKING:
    from quandary.solve.branch.compiled.lanes import Task

SLOPES_BYTES = 16 << 20
"""Bytes of derivatives that are looked at together."""


@dataclass(frozen=True, eq=False)
class Followed:
    """Every world's residual ``(W,)``, infinite where it never arrived.

    ``unfit`` worlds need tables (a probability was too small), ``traced`` ones were stuck in the walk, and
    ``suspect`` ones of these ended where curves may meet. ``sweeps`` counts passes over one world in the walk.
    """

    residual: Array
    unfit: Mask
    traced: Mask
    suspect: Mask
    sweeps: int


@dataclass(frozen=True, eq=False)
class Route:
    """How to follow the branch: the rules' numbers and the tolerance.

    ``signs`` ``(n, rounds)`` shake the steps. ``walks`` and ``traces`` say whether worlds are walked at all and
    whether those stuck are traced. ``sets`` points to the first log-odds of each set and past the last; ``counts``
    ``(n, W or 1)`` is 1 where a log-odds counts; ``usual`` how usual its option is against the first of its set,
    without rows where all are alike.
    """

    stride: Stride
    pace: Pace
    tolerance: float
    signs: Array
    walks: bool
    traces: bool
    sets: NDArray[np.int64]
    counts: Array
    usual: Array


def follow(own: FusedPass, route: Route, policies: Array, first: int) -> Followed:
    """Return where the branch leads in every world of the pass's game; write profiles as ``FusedPass.export`` does.

    Where nothing can be compiled, every world is unfit: left to tables.
    """
    try:
        return _followed(own, route, policies, first)
    except CompilingError as fault:
        give_up_compiling(fault)
        nowhere, every = np.full(own.worlds, np.inf), np.ones(own.worlds, dtype=np.bool_)
        return Followed(nowhere, every, ~every, ~every, 0)


def _followed(own: FusedPass, route: Route, policies: Array, first: int) -> Followed:
    from quandary.engine.compiled.workspace import workspace_for
    from quandary.solve.branch.compiled import lanes, steps, tracing, walking

    n, worlds, inner = route.counts.shape[0], own.worlds, own.inner
    counts, usual = (
        own.in_blocks(rows) if rows.shape[1] > 1 else np.repeat(rows, 8, axis=1)[None]
        for rows in (route.counts, route.usual)
    )
    room = workspace_for(inner.slots, own.widest, own.precision.shape[1], n)
    given = own.sources, own.precision, counts, usual, route.sets
    task = lanes.task_for(inner.compiled, inner.lead, room, *given)
    states, residual = np.zeros((n, worlds)), np.full(worlds, np.inf)
    outcome, exported = np.full(worlds, steps.LATE, dtype=np.int64), np.zeros(worlds, dtype=np.bool_)
    notes, results = steps.notes_for(n, route.stride, route.signs), (states, residual, outcome)
    sweeps = worlds
    if route.walks and inner.front_heavy:
        writing = inner.exports, policies, first, exported
        sweeps += walking.walk_blocks(task, notes, route.tolerance, *results, *writing)
    else:
        lanes.find_origins(task)
    late = np.flatnonzero(outcome == steps.LATE)
    if route.walks and len(late):
        sweeps += walking.walk_lanes(task, notes, route.tolerance, inner.front_heavy, late, *results)
    traced = outcome == (steps.STUCK if route.walks else steps.LATE)
    if route.traces and traced.any():
        tracing.trace_lanes(task, np.flatnonzero(traced), route.pace, route.tolerance, *results)
    residual[outcome != steps.ARRIVED] = np.inf
    suspect = _suspect(task, np.flatnonzero(traced & (outcome == steps.ARRIVED)), states)
    unfit = outcome == steps.UNFIT
    if not exported.all():
        unfit |= ~own.export(states, policies, first, ~exported)
    return Followed(residual, unfit, traced, suspect, sweeps)


def _suspect(task: Task, worlds: NDArray[np.intp], states: Array) -> Mask:
    """Return which worlds are among the named ones and have arrived where curves may meet."""
    from quandary.solve.branch.compiled.slopes import slopes_of

    n, found = len(states), np.zeros(states.shape[1], dtype=np.bool_)
    each = max(LANES, SLOPES_BYTES // (8 * n * n))
    for first in range(0, len(worlds), each):
        some = worlds[first : first + each]
        slopes, fit = slopes_of(task, some, states, CENTRAL)
        found[some] = may_meet(slopes, SUSPECT) | ~fit
    return found
