"""The exponential of eight numbers at once in compiled code.

A polynomial of degree 11 after reduction by powers of two, as exact as the library's up to the last place or two.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.extending import intrinsic

from quandary.engine.compiled.vectors import DOUBLES, INTEGERS, chosen_eight, eight, eight_times, fused_eight
from quandary.engine.programs.program import LANES

FARTHEST = 700.0
MAGIC = 6755399441055744.0
LOG2E = 1.4426950408889634
LN2_HIGH = 0.6931471803691238
LN2_LOW = 1.9082149292705877e-10
SERIES = (
    0.5000000000000001, 0.16666666666666669, 0.04166666666662413, 0.008333333333330062, 0.0013888888917213717,
    0.00019841269863053618, 2.4801521295954376e-05, 2.7557268459997064e-06, 2.7620088445409746e-07,
    2.510038549551032e-08,
)  # fmt: skip
"""q in e^r = 1 + r + r^2 q(r), lowest power first: Chebyshev's fit for |r| up to ln(2) / 2, off by 1.6e-17 of e^r."""


@intrinsic
def exponential(context: Any, a: Any) -> Any:
    """Return e to the power a; beyond -700 and 700 a counts as these."""

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        own = chosen_eight(builder, ">", given[0], eight_times(-FARTHEST), given[0], eight_times(-FARTHEST))
        own = chosen_eight(builder, "<", own, eight_times(FARTHEST), own, eight_times(FARTHEST))
        shifted = fused_eight(builder, own, eight_times(LOG2E), eight_times(MAGIC))
        power = builder.fsub(shifted, eight_times(MAGIC))
        rest = fused_eight(builder, power, eight_times(-LN2_HIGH), own)
        rest = fused_eight(builder, power, eight_times(-LN2_LOW), rest)
        square = builder.fmul(rest, rest)
        value = fused_eight(builder, _series(builder, rest, square), square, rest)
        value = builder.fadd(value, eight_times(1.0))
        exponent = builder.add(builder.bitcast(shifted, INTEGERS), ir.Constant(INTEGERS, [1023] * LANES))
        two = builder.shl(exponent, ir.Constant(INTEGERS, [52] * LANES))
        return builder.fmul(value, builder.bitcast(two, DOUBLES))

    return eight(a), generate


def _series(builder: Any, rest: Any, square: Any) -> Any:
    """Return q(r), neighbouring powers taken together (Estrin's scheme), so that few steps wait for each other."""
    terms = [eight_times(number) for number in SERIES]
    power, powers = rest, iter((square, builder.fmul(square, square)))
    while len(terms) > 1:
        pairs = [fused_eight(builder, terms[i + 1], power, terms[i]) for i in range(0, len(terms) - 1, 2)]
        terms = [*pairs, *terms[2 * len(pairs) :]]
        power = next(powers, None) or builder.fmul(power, power)
    return terms[0]
