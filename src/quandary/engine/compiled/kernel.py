"""The compiled way through a program, eight worlds at a time: needs numba (the extra ``quandary[fast]``).

Imported only where a large job asks for it. It works in float64 like the rest of the engine. Inside, arrays are handed
on as bare addresses (``vectors.place``); whoever calls keeps the arrays.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from quandary.engine.compiled.compiling import entrance, inner
from quandary.engine.compiled.exponential import exponential
from quandary.engine.compiled.reading import eight_at, number_at
from quandary.engine.compiled.vectors import (
    LANES,
    beyond,
    choose,
    entry,
    fused,
    less,
    load,
    load_listed,
    over,
    place,
    plus,
    put,
    smaller,
    spread,
    store,
    store_from,
    store_listed,
    times,
)
from quandary.engine.program import Code
from quandary.engine.sources import Sources
from quandary.game.table import Array

Whole = NDArray[np.int64]
Place = Any
"""The bare address of an array."""

VANISHING = 1e-290
"""A lane whose smallest probability is below this needs tables and their logarithms."""

TOO_SMALL = 1e-200
"""So small a divisor counts like a probability of ``VANISHING``."""


class Desk(NamedTuple):
    """Where eight worlds are worked on, every array in rows of eight.

    ``rows`` are the program's. ``smallest`` is the smallest probability of a pass, ``steep`` and ``odds`` are passing.
    ``state`` has a row of zeros before the n log-odds; ``scale``, ``precision`` (a row a player) and the ``image``.
    """

    rows: Array
    smallest: Array
    steep: Array
    odds: Array
    state: Array
    scale: Array
    precision: Array
    image: Array


class Board(NamedTuple):
    """A program and a desk as addresses."""

    code: Place
    pointer: Place
    left: Place
    right: Place
    target: Place
    rows: Place
    smallest: Place
    steep: Place
    odds: Place
    state: Place
    scale: Place
    precision: Place
    image: Place


def rows_of(*counts: int) -> list[Array]:
    """Return arrays of so many rows of eight zeros each, that begin where a line of the cache does."""
    room = np.zeros((sum(counts) + 1) * LANES)
    first = -room.ctypes.data % 64 // 8
    ends = np.cumsum((0, *counts)) * LANES + first
    return [room[begin:end] for begin, end in pairwise(ends.tolist())]


def desk_for(slots: int, widest: int, players: int, n: int) -> Desk:
    """Return a desk for programs of so many slots, options and players, and n log-odds."""
    desk = Desk(*rows_of(slots, 1, 1, 2 * widest + 2, n + 1, 1, players, n))
    desk.smallest[:] = 1.0
    return desk


@inner
def board_of(program: Code, desk: Desk) -> Board:
    """Return the addresses of a program and a desk."""
    return Board(
        place(program[0]),
        place(program[1]),
        place(program[2]),
        place(program[3]),
        place(program[4]),
        place(desk.rows),
        place(desk.smallest),
        place(desk.steep),
        place(desk.odds),
        place(desk.state),
        place(desk.scale),
        place(desk.precision),
        place(desk.image),
    )


@inner
def _multiply(board: Board, first: int, last: int) -> None:
    """Rows = sums of products."""
    rows, left, right = board.rows, board.left, board.right
    end = np.int64(entry(board.pointer, first))
    for row in range(first, last):
        total = spread(0.0)
        i, end = end, np.int64(entry(board.pointer, row + 1))
        while i < end:
            total = fused(load_listed(rows, left, i), load_listed(rows, right, i), total)
            i += 1
        store_listed(rows, board.target, row, total)


@inner
def _add(board: Board, first: int, last: int) -> None:
    """Rows = sums."""
    end = np.int64(entry(board.pointer, first))
    for row in range(first, last):
        total = spread(0.0)
        i, end = end, np.int64(entry(board.pointer, row + 1))
        while i < end:
            total = plus(load_listed(board.rows, board.left, i), total)
            i += 1
        store_listed(board.rows, board.target, row, total)


@inner
def _divide(board: Board, first: int, last: int) -> None:
    """Rows = quotients; note small divisors."""
    rows, low, one = board.rows, load(board.smallest, 0), spread(1.0)
    for row in range(first, last):
        i = np.int64(entry(board.pointer, row))
        whole = load_listed(rows, board.right, i)
        low = smaller(times(whole, spread(VANISHING / TOO_SMALL)), low)
        divisor = choose(less(whole, spread(TOO_SMALL)), whole, one)
        store_listed(rows, board.target, row, over(load_listed(rows, board.left, i), divisor))
    store(board.smallest, 0, low)


@inner
def _respond(board: Board, source: Place, first: int, last: int) -> None:
    """Write the answers of some sets to values or log-odds in ``source``; note small probabilities."""
    rows, left, right, odds = board.rows, board.left, board.right, board.odds
    steepness, low = load(board.steep, 0), load(board.smallest, 0)
    end = np.int64(entry(board.pointer, first))
    for row in range(first, last):
        begin, end = end, np.int64(entry(board.pointer, row + 1))
        count = end - begin
        one, total = load_listed(source, left, begin), spread(1.0)
        for i in range(1, count):
            own = exponential(times(less(load_listed(source, left, begin + i), one), steepness))
            store(odds, i, own)
            total = plus(total, own)
        share = over(spread(1.0), total)
        low = smaller(share, low)
        store_listed(rows, right, begin, share)
        for i in range(1, count):
            own = times(load(odds, i), share)
            low = smaller(own, low)
            store_listed(rows, right, begin + i, own)
    store(board.smallest, 0, low)


@inner
def _play_evenly(board: Board, first: int, last: int) -> None:
    """Write even chances: the answer to anything at scale zero."""
    for row in range(first, last):
        begin, end = np.int64(entry(board.pointer, row)), np.int64(entry(board.pointer, row + 1))
        share = spread(1.0 / (end - begin))
        for i in range(begin, end):
            store_listed(board.rows, board.right, i, share)


@inner
def _pack(board: Board, first: int, last: int, player: int) -> None:
    """Write differences times the precision."""
    factor = load(board.precision, player)
    for row in range(first, last):
        i = np.int64(entry(board.pointer, row))
        gap = less(load_listed(board.rows, board.left, i), load_listed(board.rows, board.right, i))
        store_listed(board.image, board.target, row, times(gap, factor))


@inner
def run_lines(board: Board, begin: int, end: int, even: bool) -> None:
    """Run some lines of the program in eight worlds; ``even`` says that the scale is zero in all of them."""
    for line in range(begin, end):
        do, first = entry(board.code, 4 * line), entry(board.code, 4 * line + 1)
        last, player = entry(board.code, 4 * line + 2), entry(board.code, 4 * line + 3)
        if do == 0:
            _multiply(board, first, last)
        elif do == 1:
            _add(board, first, last)
        elif do == 2:
            _divide(board, first, last)
        elif do == 5:
            _pack(board, first, last, player)
        elif even:
            _play_evenly(board, first, last)
        else:
            own = load(board.scale, 0)
            store(board.steep, 0, own if do == 4 else times(own, load(board.precision, player)))
            _respond(board, board.state if do == 4 else board.rows, first, last)


@inner
def load_block(addresses: Place, steps: Place, loaded: int, block: int, worlds: int, rows: Place) -> None:
    """Load a block of eight worlds into the first rows; the last world is repeated to fill the last block."""
    first = block * LANES
    for i in range(loaded):
        address = entry(addresses, i)
        if entry(steps, i) == 0:
            store(rows, i, spread(number_at(address, 0)))
        elif first + LANES <= worlds:
            store(rows, i, eight_at(address, first))
        else:
            for w in range(LANES):
                put(rows, i * LANES + w, number_at(address, min(first + w, worlds - 1)))


@inner
def copy_rows(source: Place, target: Place, count: int) -> None:
    """Copy rows of eight."""
    for i in range(count):
        store(target, i, load(source, i))


@inner
def export(rows: Place, exports: Whole, policies: Array, first: int, count: int) -> None:
    """Write the rows that ``exports`` names (-1: zeros) to ``policies`` ``(exports, W)``, ``count`` worlds."""
    to, width = place(policies), policies.shape[1]
    for i in range(len(exports)):
        at = i * width + first
        if count == LANES:
            store_from(to, at, load(rows, exports[i]) if exports[i] >= 0 else spread(0.0))
            continue
        for w in range(count):
            put(to, at + w, entry(rows, exports[i] * LANES + w) if exports[i] >= 0 else 0.0)


@entrance
def run(
    program: Code, exports: Whole, desk: Desk, sources: Sources, state: Array, scale: Array, precision: Array,
    image: Array, policies: Array, first: int, wanted: Array, smallest: Array,
) -> None:  # fmt: skip
    """Run a program in every wanted block of eight worlds.

    ``state`` is ``(blocks, (n + 1) * 8)`` with zeros before the first log-odds, ``image`` ``(blocks, n, 8)``, ``scale``
    ``(blocks, 8)``, ``precision`` ``(blocks, players, 8)``, ``policies`` ``(exports, W)`` is written from world
    ``first`` on. ``smallest`` ``(blocks, 8)`` is each world's smallest probability.
    """
    board = board_of(program, desk)
    addresses, steps = place(sources.addresses), place(sources.steps)
    rows, players, n = state.shape[1] // LANES, precision.shape[1], image.shape[1]
    for block in range(state.shape[0]):
        if not wanted[block]:
            continue
        load_block(addresses, steps, len(sources.addresses), block, sources.worlds, board.rows)
        copy_rows(beyond(place(state), block * rows), board.state, rows)
        copy_rows(beyond(place(precision), block * players), board.precision, players)
        copy_rows(beyond(place(scale), block), board.scale, 1)
        store(board.smallest, 0, spread(1.0))
        even = True
        for w in range(LANES):
            even = even and scale[block, w] == 0.0
        run_lines(board, 0, len(program[0]), even)
        copy_rows(board.image, beyond(place(image), block * n), n)
        copy_rows(board.smallest, beyond(place(smallest), block), 1)
        export(board.rows, exports, policies, first + block * LANES, min(LANES, sources.worlds - block * LANES))
