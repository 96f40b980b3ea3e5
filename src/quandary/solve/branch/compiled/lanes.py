"""What the compiled walk and the compiled tracer share: eight worlds side by side, each at its own place on its branch.

A *lane* is one of the eight. When a world is through, its lane is given the next world that waits, so that no world
waits for a slower one; or all eight lanes take a block of worlds that follow each other, which costs less.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from quandary.base.arrays import Array
from quandary.engine.compiled.compiling import entrance, inner
from quandary.engine.compiled.exponential import exponential
from quandary.engine.compiled.instructions import VANISHING, run_lines
from quandary.engine.compiled.kernel import copy_rows, load_block
from quandary.engine.compiled.reading import fetch, number_at
from quandary.engine.compiled.vectors import (
    Eight,
    beyond,
    entry,
    larger,
    less,
    load,
    over,
    place,
    plus,
    put,
    size,
    spread,
    store,
    times,
)
from quandary.engine.compiled.workspace import Addresses, Place, Whole, Workspace, addresses_of, rows_of
from quandary.engine.programs.program import LANES, Code
from quandary.engine.programs.sources import Sources

PIECE = 64
"""So many rows are asked for at a time."""


class Task(NamedTuple):
    """A program with the numbers of every world, and room to work on eight.

    ``lead`` lines of the program depend on the scale only. ``precision`` is ``(blocks, players, 8)``, ``origin``
    ``(blocks, n, 8)`` where the state at scale zero is written. ``counts`` ``(blocks or 1, n, 8)`` is 1 where a
    log-odds counts, else 0; ``usual`` is like it how usual its option is against the first of its set, without rows
    where all are alike. ``sets`` points to the first log-odds of every set, and past the last. ``near`` holds what
    one block of ``origin``, ``counts`` and ``usual`` is in the lanes, and a row of smallest probabilities.
    """

    program: Code
    lead: int
    workspace: Workspace
    sources: Sources
    precision: Array
    origin: Array
    counts: Array
    usual: Array
    sets: Whole
    near: Array


class Lanes(NamedTuple):
    """A task as addresses and sizes; ``origin``, ``counts`` and ``usual`` are those of the worlds in the lanes."""

    work: Addresses
    lead: int
    lines: int
    n: int
    players: int
    loaded: int
    addresses: Place
    steps: Place
    worlds: int
    precisions: Place
    origins: Place
    all_counts: Place
    shared: bool
    sets: Place
    many: int
    widest: int
    origin: Place
    counts: Place
    lead_smallest: Place
    usual: Place
    all_usual: Place
    tilted: bool
    as_usual: bool


def task_for(
    program: Code, lead: int, workspace: Workspace, sources: Sources, precision: Array, counts: Array, usual: Array,
    sets: Whole,
) -> Task:  # fmt: skip
    """Return the task of following worlds whose precisions, counted log-odds and what is usual are given in blocks."""
    blocks, n = len(precision), counts.shape[1]
    origin, near = np.zeros((blocks, n, LANES)), rows_of(2 * n + 1 + usual.shape[1])[0]
    return Task(program, lead, workspace, sources, precision, origin, counts, usual, sets, near)


@inner
def lanes_of(task: Task) -> Lanes:
    """Return the task as addresses and sizes."""
    n = task.origin.shape[1]
    near = place(task.near)
    return Lanes(
        addresses_of(task.program, task.workspace),
        task.lead,
        len(task.program[0]),
        n,
        task.precision.shape[1],
        len(task.sources.addresses),
        place(task.sources.addresses),
        place(task.sources.steps),
        task.sources.worlds,
        place(task.precision),
        place(task.origin),
        place(task.counts),
        task.counts.shape[0] == 1,
        place(task.sets),
        len(task.sets) - 1,
        len(task.workspace.odds) // (2 * LANES) - 1,
        near,
        beyond(near, n),
        beyond(near, 2 * n),
        beyond(near, 2 * n + 1),
        place(task.usual),
        task.usual.shape[1] > 0,
        task.usual.shape[0] == 1,
    )


@inner
def enter(lanes: Lanes, world: int, lane: int) -> None:
    """Load one world's numbers into a lane."""
    block, from_ = world // LANES, world % LANES
    for i in range(lanes.loaded):
        number = number_at(entry(lanes.addresses, i), world * entry(lanes.steps, i))
        put(lanes.work.rows, i * LANES + lane, number)
    for i in range(lanes.players):
        own = entry(lanes.precisions, (block * lanes.players + i) * LANES + from_)
        put(lanes.work.precision, i * LANES + lane, own)
    there = 0 if lanes.shared else block
    for i in range(lanes.n):
        put(lanes.origin, i * LANES + lane, entry(lanes.origins, (block * lanes.n + i) * LANES + from_))
        put(lanes.counts, i * LANES + lane, entry(lanes.all_counts, (there * lanes.n + i) * LANES + from_))
    there = 0 if lanes.as_usual else block
    for i in range(lanes.n if lanes.tilted else 0):
        put(lanes.usual, i * LANES + lane, entry(lanes.all_usual, (there * lanes.n + i) * LANES + from_))


@inner
def fetch_ahead(lanes: Lanes, block: int, piece: int) -> None:
    """Ask the memory for a piece of the numbers of the two blocks after this one and the next; odd blocks ask for none.

    The two lie side by side, so that a row is looked up once for both.
    """
    if block % 2:
        return
    last_of_block = (block + 3) * LANES - 1
    for i in range(piece * PIECE, min((piece + 1) * PIECE, lanes.loaded)):
        address, step = entry(lanes.addresses, i), entry(lanes.steps, i)
        fetch(address, last_of_block * step)
        fetch(address, (last_of_block + LANES) * step)


@inner
def enter_block(lanes: Lanes, block: int) -> None:
    """Load a whole block's numbers into the lanes, and find its states at scale zero."""
    n, work = lanes.n, lanes.work
    load_block(lanes.addresses, lanes.steps, lanes.loaded, block, lanes.worlds, work.rows)
    copy_rows(beyond(lanes.precisions, block * lanes.players), work.precision, lanes.players)
    copy_rows(beyond(lanes.all_counts, 0 if lanes.shared else block * n), lanes.counts, n)
    if lanes.tilted:
        copy_rows(beyond(lanes.all_usual, 0 if lanes.as_usual else block * n), lanes.usual, n)
    store(work.scale, 0, spread(0.0))
    store(work.smallest, 0, spread(1.0))
    run_lines(work, 0, lanes.lines, True)
    copy_rows(work.image, lanes.origin, n)
    copy_rows(work.image, beyond(lanes.origins, block * n), n)


@entrance
def find_origins(task: Task) -> None:
    """Find the state at scale zero of every world."""
    lanes = lanes_of(task)
    for block in range(task.origin.shape[0]):
        for piece in range(-(-lanes.loaded // PIECE)):
            fetch_ahead(lanes, block, piece)
        enter_block(lanes, block)


@inner
def lead(lanes: Lanes) -> None:
    """Run what depends on the scale only."""
    store(lanes.work.smallest, 0, spread(1.0))
    run_lines(lanes.work, 0, lanes.lead, False)
    store(lanes.lead_smallest, 0, load(lanes.work.smallest, 0))


@inner
def answer(lanes: Lanes) -> None:
    """Find the image of the state, the lead lines having been run at its scale."""
    store(lanes.work.smallest, 0, load(lanes.lead_smallest, 0))
    run_lines(lanes.work, lanes.lead, lanes.lines, False)


@inner
def too_small(lanes: Lanes, lane: int) -> bool:
    """Return whether a probability of the last pass was too small for compiled code."""
    return not entry(lanes.work.smallest, lane) >= VANISHING


@inner
def changes(lanes: Lanes, worst: Place) -> None:
    """Write to ``worst`` each lane's largest difference of a choice probability between state and image."""
    work, most = lanes.work, spread(0.0)
    odds, scale, state = work.odds, load(work.scale, 0), beyond(work.state, 1)
    other = beyond(odds, lanes.widest + 1)
    for s in range(lanes.many):
        first, end = entry(lanes.sets, s), entry(lanes.sets, s + 1)
        mine = _chances(lanes, beyond(state, first), first, end - first, scale, odds)
        theirs = _chances(lanes, beyond(work.image, first), first, end - first, scale, other)
        counted = load(lanes.counts, first)
        for i in range(end - first + 1):
            gap = less(times(load(odds, i), mine), times(load(other, i), theirs))
            most = larger(times(size(gap), counted), most)
    store(worst, 0, most)


@inner
def _chances(lanes: Lanes, state: Place, first: int, count: int, scale: Eight, odds: Place) -> Eight:
    """Write the exponentials of a set's log-odds, the ``first`` of which is given, to ``odds``; return one over their
    sum."""
    total = spread(1.0)
    store(odds, 0, total)
    for i in range(count):
        own = exponential(times(load(state, i), scale))
        if lanes.tilted:
            own = times(own, load(lanes.usual, first + i))
        store(odds, 1 + i, own)
        total = plus(total, own)
    return over(spread(1.0), total)
