"""The compiled way through a program, eight worlds at a time: needs numba (the extra ``quandary[fast]``).

Imported only where a large job asks for it. It works in float64 like the rest of the engine. Inside, arrays are handed
on as bare addresses (``vectors.place``); whoever calls keeps the arrays.
"""

from __future__ import annotations

from quandary.base.arrays import Array
from quandary.engine.compiled.compiling import entrance, inner
from quandary.engine.compiled.instructions import run_lines
from quandary.engine.compiled.reading import eight_at, number_at
from quandary.engine.compiled.vectors import (
    beyond,
    entry,
    load,
    place,
    put,
    spread,
    store,
    store_from,
    stream_from,
    streamed,
)
from quandary.engine.compiled.workspace import Place, Whole, Workspace, addresses_of
from quandary.engine.programs.program import LANES, LINE, Code
from quandary.engine.programs.sources import Sources

CACHED = 1 << 19
"""Profiles of more numbers than this are written past the caches, which would not hold them anyway."""


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
    """Write the rows that ``exports`` names to ``policies`` ``(exports, W)``, ``count`` worlds from ``first`` on."""
    to, width = place(policies), policies.shape[1]
    if count == LANES and policies.size > CACHED and (policies.ctypes.data + 8 * first) % LINE == 0 and width % 8 == 0:
        for i in range(len(exports)):
            stream_from(to, i * width + first, load(rows, exports[i]))
    elif count == LANES:
        for i in range(len(exports)):
            store_from(to, i * width + first, load(rows, exports[i]))
    else:
        for i in range(len(exports)):
            for w in range(count):
                put(to, i * width + first + w, entry(rows, exports[i] * LANES + w))


@entrance
def run(
    program: Code, exports: Whole, workspace: Workspace, sources: Sources, state: Array, scale: Array, precision: Array,
    image: Array, policies: Array, first: int, wanted: Array, smallest: Array,
) -> None:  # fmt: skip
    """Run a program in every wanted block of eight worlds.

    ``state`` is ``(blocks, (n + 1) * 8)`` with zeros before the first log-odds, ``image`` ``(blocks, n, 8)``, ``scale``
    ``(blocks, 8)``, ``precision`` ``(blocks, players, 8)``, ``policies`` ``(exports, W)`` is written from world
    ``first`` on. ``smallest`` ``(blocks, 8)`` is each world's smallest probability.
    """
    work = addresses_of(program, workspace)
    addresses, steps = place(sources.addresses), place(sources.steps)
    rows, players, n = state.shape[1] // LANES, precision.shape[1], image.shape[1]
    for block in range(state.shape[0]):
        if not wanted[block]:
            continue
        load_block(addresses, steps, len(sources.addresses), block, sources.worlds, work.rows)
        copy_rows(beyond(place(state), block * rows), work.state, rows)
        copy_rows(beyond(place(precision), block * players), work.precision, players)
        copy_rows(beyond(place(scale), block), work.scale, 1)
        store(work.smallest, 0, spread(1.0))
        even = True
        for w in range(LANES):
            even = even and scale[block, w] == 0.0
        run_lines(work, 0, len(program[0]), even)
        copy_rows(work.image, beyond(place(image), block * n), n)
        copy_rows(work.smallest, beyond(place(smallest), block), 1)
        export(work.rows, exports, policies, first + block * LANES, min(LANES, sources.worlds - block * LANES))
    streamed()
