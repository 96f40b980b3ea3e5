"""Odds to probabilities in compiled code, eight worlds side by side: the part of the kernel that choices need.

The exponential is a polynomial of degree 13 after reduction by powers of two, as exact as the library's up to the last
place or two.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from quandary.game.table import Array

Whole = NDArray[np.int64]

U0, U1, U2, U3, U4, U5, U6, U7, U8 = (np.uint64(i) for i in range(9))

LOWEST = -700.0
MAGIC = 6755399441055744.0
LOG2E = 1.4426950408889634
LN2_HIGH = 0.6931471803691238
LN2_LOW = 1.9082149292705877e-10


@njit(cache=True, nogil=True, error_model="numpy")
def exponentials(odds: Array, shifted: Array, bits: Whole, power: Array, power_bits: Whole, count: int) -> None:
    """Replace the first ``count`` odds (none above zero, below -700 counts as -700) by their exponentials."""
    for i in range(count):
        odds[i] = odds[i] if odds[i] > LOWEST else LOWEST
        shifted[i] = odds[i] * LOG2E + MAGIC
    for i in range(count):
        power_bits[i] = (bits[i] + 1023) << 52
    for i in range(count):
        k = shifted[i] - MAGIC
        x = (odds[i] - k * LN2_HIGH) - k * LN2_LOW
        p = 1.0 / 6227020800.0
        p = p * x + 1.0 / 479001600.0
        p = p * x + 1.0 / 39916800.0
        p = p * x + 1.0 / 3628800.0
        p = p * x + 1.0 / 362880.0
        p = p * x + 1.0 / 40320.0
        p = p * x + 1.0 / 5040.0
        p = p * x + 1.0 / 720.0
        p = p * x + 1.0 / 120.0
        p = p * x + 1.0 / 24.0
        p = p * x + 1.0 / 6.0
        p = p * x + 0.5
        p = p * x + 1.0
        p = p * x + 1.0
        odds[i] = p * power[i]


@njit(cache=True, nogil=True, error_model="numpy")
def less_largest(odds: Array, begin: int, end: int) -> None:
    """Take the largest of one set's odds from all of them, lane by lane."""
    i = np.uint64(begin)
    m0 = odds[i + U0]
    m1 = odds[i + U1]
    m2 = odds[i + U2]
    m3 = odds[i + U3]
    m4 = odds[i + U4]
    m5 = odds[i + U5]
    m6 = odds[i + U6]
    m7 = odds[i + U7]
    for at in range(begin + 8, end, 8):
        i = np.uint64(at)
        m0 = odds[i + U0] if odds[i + U0] > m0 else m0
        m1 = odds[i + U1] if odds[i + U1] > m1 else m1
        m2 = odds[i + U2] if odds[i + U2] > m2 else m2
        m3 = odds[i + U3] if odds[i + U3] > m3 else m3
        m4 = odds[i + U4] if odds[i + U4] > m4 else m4
        m5 = odds[i + U5] if odds[i + U5] > m5 else m5
        m6 = odds[i + U6] if odds[i + U6] > m6 else m6
        m7 = odds[i + U7] if odds[i + U7] > m7 else m7
    for at in range(begin, end, 8):
        i = np.uint64(at)
        odds[i + U0] = odds[i + U0] - m0
        odds[i + U1] = odds[i + U1] - m1
        odds[i + U2] = odds[i + U2] - m2
        odds[i + U3] = odds[i + U3] - m3
        odds[i + U4] = odds[i + U4] - m4
        odds[i + U5] = odds[i + U5] - m5
        odds[i + U6] = odds[i + U6] - m6
        odds[i + U7] = odds[i + U7] - m7


@njit(cache=True, nogil=True, error_model="numpy")
def shares(odds: Array, begin: int, end: int) -> None:
    """Divide one set's numbers by their sum, lane by lane."""
    s0 = s1 = s2 = s3 = s4 = s5 = s6 = s7 = 0.0
    for at in range(begin, end, 8):
        i = np.uint64(at)
        s0 += odds[i + U0]
        s1 += odds[i + U1]
        s2 += odds[i + U2]
        s3 += odds[i + U3]
        s4 += odds[i + U4]
        s5 += odds[i + U5]
        s6 += odds[i + U6]
        s7 += odds[i + U7]
    s0 = 1.0 / s0
    s1 = 1.0 / s1
    s2 = 1.0 / s2
    s3 = 1.0 / s3
    s4 = 1.0 / s4
    s5 = 1.0 / s5
    s6 = 1.0 / s6
    s7 = 1.0 / s7
    for at in range(begin, end, 8):
        i = np.uint64(at)
        odds[i + U0] *= s0
        odds[i + U1] *= s1
        odds[i + U2] *= s2
        odds[i + U3] *= s3
        odds[i + U4] *= s4
        odds[i + U5] *= s5
        odds[i + U6] *= s6
        odds[i + U7] *= s7
