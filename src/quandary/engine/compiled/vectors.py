"""Eight numbers as one value in compiled code, so that a processor's vector registers are used for certain.

An array counts as rows of eight; where the processor has smaller registers, LLVM splits the eight. The exponential is a
polynomial of degree 11 after reduction by powers of two, as exact as the library's up to the last place or two.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic, models, register_model

LANES = 8

DOUBLES = ir.VectorType(ir.DoubleType(), LANES)
INTEGERS = ir.VectorType(ir.IntType(64), LANES)

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


Eight = Any
"""Eight float64 side by side: in compiled code a value of ``EightType``."""


class EightType(types.Type):  # type: ignore[misc]
    """The type of eight float64 side by side."""

    def __init__(self) -> None:
        super().__init__(name="Eight")


eight = EightType()


@register_model(EightType)
class _EightModel(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, DOUBLES)


class PlaceType(types.Type):  # type: ignore[misc]
    """The type of an array's bare address: handed from function to function without counting references."""

    def __init__(self, dtype: Any) -> None:
        self.dtype = dtype
        super().__init__(name=f"Place({dtype})")


@register_model(PlaceType)
class _PlaceModel(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, manager.lookup(kind.dtype).get_data_type().as_pointer())


@intrinsic
def place(context: Any, array: Any) -> Any:
    """Return the address of an array in one piece, which somebody else has to keep alive."""

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        return context.make_array(array)(context, builder, given[0]).data

    return PlaceType(array.dtype)(array), generate


def _at(context: Any, builder: Any, place: Any, index: Any, index_kind: Any, rows: bool = False) -> Any:
    """Return the pointer to an entry, or to a row of eight."""
    at = context.cast(builder, index, index_kind, types.int64)
    if not rows:
        return builder.gep(place, [at])
    found = builder.gep(place, [builder.mul(at, ir.Constant(ir.IntType(64), LANES))])
    return builder.bitcast(found, DOUBLES.as_pointer())


@intrinsic
def entry(context: Any, place: Any, index: Any) -> Any:
    """Return one entry, unchecked."""

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        return builder.load(_at(context, builder, given[0], given[1], index))

    return place.dtype(place, index), generate


@intrinsic
def put(context: Any, place: Any, index: Any, value: Any) -> Any:
    """Write one entry, unchecked."""

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        number = context.cast(builder, given[2], value, place.dtype)
        builder.store(number, _at(context, builder, given[0], given[1], index))
        return context.get_dummy_value()

    return types.void(place, index, value), generate


@intrinsic
def beyond(context: Any, place: Any, index: Any) -> Any:
    """Return the address of the row of that number."""

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        row = _at(context, builder, given[0], given[1], index, rows=True)
        return builder.bitcast(row, ir.DoubleType().as_pointer())

    return place(place, index), generate


@intrinsic
def after(context: Any, place: Any, index: Any) -> Any:
    """Return the address of an entry."""
    return place(place, index), lambda context, builder, signature, given: _at(
        context, builder, given[0], given[1], index
    )


@intrinsic
def store_from(context: Any, place: Any, index: Any, value: Any) -> Any:
    """Write eight numbers from entry ``index`` on."""

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        at = _at(context, builder, given[0], given[1], index)
        builder.store(given[2], builder.bitcast(at, DOUBLES.as_pointer()), align=8)
        return context.get_dummy_value()

    return types.void(place, index, value), generate


def _constant(number: float) -> Any:
    return ir.Constant(DOUBLES, [number] * LANES)


@intrinsic
def load(context: Any, rows: Any, index: Any) -> Any:
    """Return a row."""

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        return builder.load(_at(context, builder, given[0], given[1], index, rows=True), align=8)

    return eight(rows, index), generate


@intrinsic
def load_listed(context: Any, rows: Any, list_: Any, index: Any) -> Any:
    """Return the row that entry ``index`` of a list names."""

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        row = builder.load(_at(context, builder, given[1], given[2], index))
        return builder.load(_at(context, builder, given[0], row, list_.dtype, rows=True), align=8)

    return eight(rows, list_, index), generate


@intrinsic
def store(context: Any, rows: Any, index: Any, value: Any) -> Any:
    """Write a row."""

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        builder.store(given[2], _at(context, builder, given[0], given[1], index, rows=True), align=8)
        return context.get_dummy_value()

    return types.void(rows, index, value), generate


@intrinsic
def store_listed(context: Any, rows: Any, list_: Any, index: Any, value: Any) -> Any:
    """Write the row that entry ``index`` of a list names."""

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        row = builder.load(_at(context, builder, given[1], given[2], index))
        builder.store(given[3], _at(context, builder, given[0], row, list_.dtype, rows=True), align=8)
        return context.get_dummy_value()

    return types.void(rows, list_, index, value), generate


@intrinsic
def number_at(context: Any, address: Any, index: Any) -> Any:
    """Return the float64 of that number from a whole-number address on, unchecked."""

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        return builder.load(_from(context, builder, given[0], given[1], index))

    return types.float64(address, index), generate


@intrinsic
def eight_at(context: Any, address: Any, index: Any) -> Any:
    """Return eight float64 from a whole-number address on, beginning with that of the number ``index``, unchecked."""

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        at = _from(context, builder, given[0], given[1], index)
        return builder.load(builder.bitcast(at, DOUBLES.as_pointer()), align=8)

    return eight(address, index), generate


@intrinsic
def fetch(context: Any, address: Any, index: Any) -> Any:
    """Ask for the line of memory around a float64 soon to be read; harmless where there is none."""

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        byte, number = ir.IntType(8).as_pointer(), ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [byte, number, number, number])
        ask = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        at = builder.bitcast(_from(context, builder, given[0], given[1], index), byte)
        builder.call(ask, [at, number(0), number(3), number(1)])
        return context.get_dummy_value()

    return types.void(address, index), generate


def _from(context: Any, builder: Any, address: Any, index: Any, index_kind: Any) -> Any:
    start = builder.inttoptr(address, ir.DoubleType().as_pointer())
    return builder.gep(start, [context.cast(builder, index, index_kind, types.int64)])


@intrinsic
def spread(context: Any, number: Any) -> Any:
    """Return eight times one number."""

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        one = builder.insert_element(ir.Constant(DOUBLES, ir.Undefined), given[0], ir.Constant(ir.IntType(32), 0))
        lanes = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
        return builder.shuffle_vector(one, ir.Constant(DOUBLES, ir.Undefined), lanes)

    return eight(types.float64), generate


@intrinsic
def plus(context: Any, a: Any, b: Any) -> Any:
    """Return a + b."""
    return eight(a, b), lambda context, builder, signature, given: builder.fadd(*given)


@intrinsic
def less(context: Any, a: Any, b: Any) -> Any:
    """Return a - b."""
    return eight(a, b), lambda context, builder, signature, given: builder.fsub(*given)


@intrinsic
def times(context: Any, a: Any, b: Any) -> Any:
    """Return a * b."""
    return eight(a, b), lambda context, builder, signature, given: builder.fmul(*given)


@intrinsic
def over(context: Any, a: Any, b: Any) -> Any:
    """Return a / b."""
    return eight(a, b), lambda context, builder, signature, given: builder.fdiv(*given)


@intrinsic
def fused(context: Any, a: Any, b: Any, c: Any) -> Any:
    """Return a * b + c."""
    return eight(a, b, c), lambda context, builder, signature, given: _fused(builder, *given)


@intrinsic
def larger(context: Any, a: Any, b: Any) -> Any:
    """Return the larger of a and b, b where one is no number."""
    return eight(a, b), lambda context, builder, signature, given: _chosen(builder, ">", given[0], given[1], *given)


@intrinsic
def smaller(context: Any, a: Any, b: Any) -> Any:
    """Return the smaller of a and b, b where one is no number."""
    return eight(a, b), lambda context, builder, signature, given: _chosen(builder, "<", given[0], given[1], *given)


@intrinsic
def size(context: Any, a: Any) -> Any:
    """Return |a|."""

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        bits = builder.bitcast(given[0], INTEGERS)
        return builder.bitcast(builder.and_(bits, ir.Constant(INTEGERS, [(1 << 63) - 1] * LANES)), DOUBLES)

    return eight(a), generate


@intrinsic
def choose(context: Any, mark: Any, a: Any, b: Any) -> Any:
    """Return a where the mark is above zero, else b."""

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        return _chosen(builder, ">", given[0], _constant(0.0), given[1], given[2])

    return eight(mark, a, b), generate


@intrinsic
def exponential(context: Any, a: Any) -> Any:
    """Return e to the power a; beyond -700 and 700 a counts as these."""

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        own = _chosen(builder, ">", given[0], _constant(-FARTHEST), given[0], _constant(-FARTHEST))
        own = _chosen(builder, "<", own, _constant(FARTHEST), own, _constant(FARTHEST))
        shifted = _fused(builder, own, _constant(LOG2E), _constant(MAGIC))
        power = builder.fsub(shifted, _constant(MAGIC))
        rest = _fused(builder, power, _constant(-LN2_HIGH), own)
        rest = _fused(builder, power, _constant(-LN2_LOW), rest)
        square = builder.fmul(rest, rest)
        value = _fused(builder, _series(builder, rest, square), square, rest)
        value = builder.fadd(value, _constant(1.0))
        exponent = builder.add(builder.bitcast(shifted, INTEGERS), ir.Constant(INTEGERS, [1023] * LANES))
        two = builder.shl(exponent, ir.Constant(INTEGERS, [52] * LANES))
        return builder.fmul(value, builder.bitcast(two, DOUBLES))

    return eight(a), generate


def _series(builder: Any, rest: Any, square: Any) -> Any:
    """Return q(r), neighbouring powers taken together (Estrin's scheme), so that few steps wait for each other."""
    terms = [_constant(number) for number in SERIES]
    power, powers = rest, iter((square, builder.fmul(square, square)))
    while len(terms) > 1:
        pairs = [_fused(builder, terms[i + 1], power, terms[i]) for i in range(0, len(terms) - 1, 2)]
        terms = [*pairs, *terms[2 * len(pairs) :]]
        power = next(powers, None) or builder.fmul(power, power)
    return terms[0]


def _fused(builder: Any, a: Any, b: Any, c: Any) -> Any:
    name = f"llvm.fmuladd.v{LANES}f64"
    kind = ir.FunctionType(DOUBLES, [DOUBLES] * 3)
    return builder.call(cgutils.get_or_insert_function(builder.module, kind, name), [a, b, c])


def _chosen(builder: Any, relation: str, a: Any, b: Any, yes: Any, no: Any) -> Any:
    return builder.select(builder.fcmp_ordered(relation, a, b), yes, no)
