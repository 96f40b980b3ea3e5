"""The compiled way through a program, eight worlds at a time: needs numba (the extra ``quandary[fast]``).

Imported only where a large job asks for it. It works in float64 like the rest of the engine.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from quandary.engine.kernel_odds import U0, U1, U2, U3, U4, U5, U6, U7, U8, exponentials, less_largest, shares
from quandary.game.table import Array, Mask

Index = NDArray[np.uint32]
Whole = NDArray[np.int64]
Room = tuple[Array, Array, Whole, Array, Whole]

LANES = 8
"""Worlds side by side in one row."""

TOO_SMALL = 1e-200
VANISHING = 1e-290
LOT = 32
"""Sets whose odds are turned into probabilities together."""


@njit(cache=True, nogil=True, error_model="numpy")
def _multiply(rows: Array, pointer: Index, left: Index, right: Index, target: Index, first: int, last: int) -> None:
    """Rows = sums of products."""
    for row in range(first, last):
        s0 = s1 = s2 = s3 = s4 = s5 = s6 = s7 = 0.0
        for i in range(np.int64(pointer[row]), np.int64(pointer[row + 1])):
            a = np.uint64(left[i]) * U8
            b = np.uint64(right[i]) * U8
            s0 += rows[a + U0] * rows[b + U0]
            s1 += rows[a + U1] * rows[b + U1]
            s2 += rows[a + U2] * rows[b + U2]
            s3 += rows[a + U3] * rows[b + U3]
            s4 += rows[a + U4] * rows[b + U4]
            s5 += rows[a + U5] * rows[b + U5]
            s6 += rows[a + U6] * rows[b + U6]
            s7 += rows[a + U7] * rows[b + U7]
        to = np.uint64(target[row]) * U8
        rows[to + U0] = s0
        rows[to + U1] = s1
        rows[to + U2] = s2
        rows[to + U3] = s3
        rows[to + U4] = s4
        rows[to + U5] = s5
        rows[to + U6] = s6
        rows[to + U7] = s7


@njit(cache=True, nogil=True, error_model="numpy")
def _add(rows: Array, pointer: Index, left: Index, target: Index, first: int, last: int) -> None:
    """Rows = sums."""
    for row in range(first, last):
        s0 = s1 = s2 = s3 = s4 = s5 = s6 = s7 = 0.0
        for i in range(np.int64(pointer[row]), np.int64(pointer[row + 1])):
            a = np.uint64(left[i]) * U8
            s0 += rows[a + U0]
            s1 += rows[a + U1]
            s2 += rows[a + U2]
            s3 += rows[a + U3]
            s4 += rows[a + U4]
            s5 += rows[a + U5]
            s6 += rows[a + U6]
            s7 += rows[a + U7]
        to = np.uint64(target[row]) * U8
        rows[to + U0] = s0
        rows[to + U1] = s1
        rows[to + U2] = s2
        rows[to + U3] = s3
        rows[to + U4] = s4
        rows[to + U5] = s5
        rows[to + U6] = s6
        rows[to + U7] = s7


@njit(cache=True, nogil=True, error_model="numpy")
def _divide(rows: Array, pointer: Index, left: Index, right: Index, target: Index, first: int, last: int) -> float:
    """Rows = quotients; return the smallest divisor."""
    smallest = 1.0
    for row in range(first, last):
        i = np.int64(pointer[row])
        for w in range(8):
            whole = rows[np.int64(right[i]) * 8 + w]
            smallest = whole if whole < smallest else smallest
            whole = whole if whole > TOO_SMALL else 1.0
            rows[np.int64(target[row]) * 8 + w] = rows[np.int64(left[i]) * 8 + w] / whole
    return smallest


@njit(cache=True, nogil=True, error_model="numpy")
def _respond(
    rows: Array, source: Array, pointer: Index, left: Index, right: Index, low: int, high: int, steep: Array, room: Room
) -> float:
    """Write the answers of some sets to values or log-odds in ``source``; return the smallest probability."""
    odds, shifted, bits, power, power_bits = room
    base = np.int64(pointer[low])
    count = np.int64(pointer[high]) - base
    for i in range(count):
        a = np.uint64(left[base + i]) * U8
        b = np.uint64(i) * U8
        odds[b + U0] = source[a + U0] * steep[U0]
        odds[b + U1] = source[a + U1] * steep[U1]
        odds[b + U2] = source[a + U2] * steep[U2]
        odds[b + U3] = source[a + U3] * steep[U3]
        odds[b + U4] = source[a + U4] * steep[U4]
        odds[b + U5] = source[a + U5] * steep[U5]
        odds[b + U6] = source[a + U6] * steep[U6]
        odds[b + U7] = source[a + U7] * steep[U7]
    for row in range(low, high):
        less_largest(odds, (np.int64(pointer[row]) - base) * 8, (np.int64(pointer[row + 1]) - base) * 8)
    exponentials(odds, shifted, bits, power, power_bits, count * 8)
    smallest = 1.0
    for row in range(low, high):
        shares(odds, (np.int64(pointer[row]) - base) * 8, (np.int64(pointer[row + 1]) - base) * 8)
    for i in range(count * 8):
        smallest = odds[i] if odds[i] < smallest else smallest
    for i in range(count):
        a = np.uint64(right[base + i]) * U8
        b = np.uint64(i) * U8
        rows[a + U0] = odds[b + U0]
        rows[a + U1] = odds[b + U1]
        rows[a + U2] = odds[b + U2]
        rows[a + U3] = odds[b + U3]
        rows[a + U4] = odds[b + U4]
        rows[a + U5] = odds[b + U5]
        rows[a + U6] = odds[b + U6]
        rows[a + U7] = odds[b + U7]
    return smallest


@njit(cache=True, nogil=True, error_model="numpy")
def _pack(
    rows: Array, pointer: Index, left: Index, right: Index, target: Index, first: int, last: int, by: Array, to: Array
) -> None:
    """Write differences times ``by``."""
    for row in range(first, last):
        i = np.int64(pointer[row])
        for w in range(8):
            to[target[row], w] = (rows[np.int64(left[i]) * 8 + w] - rows[np.int64(right[i]) * 8 + w]) * by[w]


@njit(cache=True, nogil=True, error_model="numpy")
def _run_block(
    code: Whole,
    pointer: Index,
    left: Index,
    right: Index,
    target: Index,
    rows: Array,
    state: Array,
    scale: Array,
    precision: Array,
    image: Array,
    steep: Array,
    room: Room,
) -> bool:
    """Run a program in one block; return whether a probability was too small for this way."""
    hard = False
    for line in range(code.shape[0]):
        do, first, last, player = code[line]
        if do == 0:
            _multiply(rows, pointer, left, right, target, first, last)
        elif do == 1:
            _add(rows, pointer, left, target, first, last)
        elif do == 2:
            hard = hard or _divide(rows, pointer, left, right, target, first, last) < TOO_SMALL
        elif do == 5:
            _pack(rows, pointer, left, right, target, first, last, precision[player], image)
        else:
            for w in range(8):
                steep[w] = scale[w] if do == 4 else scale[w] * precision[player, w]
            source = state if do == 4 else rows
            for low in range(first, last, LOT):
                high = min(low + LOT, last)
                hard = hard or _respond(rows, source, pointer, left, right, low, high, steep, room) < VANISHING
    return hard


@njit(cache=True, nogil=True, error_model="numpy")
def run(
    code: Whole,
    pointer: Index,
    left: Index,
    right: Index,
    target: Index,
    exports: Whole,
    rows: Array,
    widest: int,
    constants: Array,
    state: Array,
    scale: Array,
    precision: Array,
    image: Array,
    policies: Array,
    hard: Mask,
) -> None:
    """Run a program in every block of eight worlds.

    ``constants`` is ``(blocks, loaded * 8)``, ``state`` ``(blocks, (n + 1) * 8)`` with zeros before the first log-odds,
    ``image`` ``(blocks, n, 8)``, ``scale`` ``(blocks, 8)``, ``precision`` ``(blocks, players, 8)``, ``policies``
    ``(exports, blocks * 8)``. ``hard`` marks blocks in which a probability is too small for this way.
    """
    odds = np.empty(LOT * widest * 8)
    shifted = np.empty(LOT * widest * 8)
    power = np.empty(LOT * widest * 8)
    room = (odds, shifted, shifted.view(np.int64), power, power.view(np.int64))
    steep = np.empty(8)
    loaded = constants.shape[1] // 8
    for block in range(constants.shape[0]):
        rows[: loaded * 8] = constants[block]
        rows[loaded * 8 : loaded * 8 + 8] = 0.0
        hard[block] = _run_block(
            code,
            pointer,
            left,
            right,
            target,
            rows,
            state[block],
            scale[block],
            precision[block],
            image[block],
            steep,
            room,
        )
        for i in range(exports.shape[0]):
            for w in range(8):
                policies[i, block * 8 + w] = 0.0 if exports[i] < 0 else rows[exports[i] * 8 + w]
