"""Eight numbers as one value in compiled code, so that a processor's vector registers are used for certain.

An array counts as rows of eight; where the processor has smaller registers, LLVM splits the eight.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic, models, register_model

from quandary.engine.programs.program import LANES, LINE

DOUBLES = ir.VectorType(ir.DoubleType(), LANES)
INTEGERS = ir.VectorType(ir.IntType(64), LANES)

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


@intrinsic
def stream_from(context: Any, place: Any, index: Any, value: Any) -> Any:
    """Write eight numbers from entry ``index`` on past the caches; they must begin where a line of the cache does."""

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        at = _at(context, builder, given[0], given[1], index)
        written = builder.store(given[2], builder.bitcast(at, DOUBLES.as_pointer()), align=LINE)
        written.set_metadata("nontemporal", builder.module.add_metadata([ir.Constant(ir.IntType(32), 1)]))
        return context.get_dummy_value()

    return types.void(place, index, value), generate


@intrinsic
def streamed(context: Any) -> Any:
    """Wait until all that was written past the caches is seen by everybody."""

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        builder.fence("seq_cst")
        return context.get_dummy_value()

    return types.void(), generate


def eight_times(number: float) -> Any:
    """Return the constant of eight times one number, for use in an intrinsic."""
    return ir.Constant(DOUBLES, [number] * LANES)


@intrinsic
def load(context: Any, rows: Any, index: Any) -> Any:
    """Return a row."""

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        return builder.load(_at(context, builder, given[0], given[1], index, rows=True), align=8)

    return eight(rows, index), generate


@intrinsic
def load_listed(context: Any, rows: Any, list_: Any, index: Any) -> Any:
    """Return the row whose first number is the one that entry ``index`` of a list names."""

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        first = builder.load(_at(context, builder, given[1], given[2], index))
        at = _at(context, builder, given[0], first, list_.dtype)
        return builder.load(builder.bitcast(at, DOUBLES.as_pointer()), align=8)

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
    """Write the row whose first number is the one that entry ``index`` of a list names."""

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        first = builder.load(_at(context, builder, given[1], given[2], index))
        at = _at(context, builder, given[0], first, list_.dtype)
        builder.store(given[3], builder.bitcast(at, DOUBLES.as_pointer()), align=8)
        return context.get_dummy_value()

    return types.void(rows, list_, index, value), generate


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
    return eight(a, b, c), lambda context, builder, signature, given: fused_eight(builder, *given)


@intrinsic
def larger(context: Any, a: Any, b: Any) -> Any:
    """Return the larger of a and b, b where one is no number."""
    return eight(a, b), lambda context, builder, signature, given: chosen_eight(
        builder, ">", given[0], given[1], *given
    )


@intrinsic
def smaller(context: Any, a: Any, b: Any) -> Any:
    """Return the smaller of a and b, b where one is no number."""
    return eight(a, b), lambda context, builder, signature, given: chosen_eight(
        builder, "<", given[0], given[1], *given
    )


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
        return chosen_eight(builder, ">", given[0], eight_times(0.0), given[1], given[2])

    return eight(mark, a, b), generate


def fused_eight(builder: Any, a: Any, b: Any, c: Any) -> Any:
    """Write a * b + c, for use in an intrinsic."""
    name = f"llvm.fmuladd.v{LANES}f64"
    kind = ir.FunctionType(DOUBLES, [DOUBLES] * 3)
    return builder.call(cgutils.get_or_insert_function(builder.module, kind, name), [a, b, c])


def chosen_eight(builder: Any, relation: str, a: Any, b: Any, yes: Any, no: Any) -> Any:
    """Write ``yes`` where a stands in the relation to b, else ``no``, for use in an intrinsic."""
    return builder.select(builder.fcmp_ordered(relation, a, b), yes, no)
