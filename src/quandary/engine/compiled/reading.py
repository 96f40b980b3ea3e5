"""Numbers read from the game's own tables in compiled code, by the addresses that ``engine.programs.sources`` gives."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from quandary.engine.compiled.vectors import DOUBLES, eight


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
        builder.call(ask, [at, number(0), number(2), number(1)])
        return context.get_dummy_value()

    return types.void(address, index), generate


def _from(context: Any, builder: Any, address: Any, index: Any, index_kind: Any) -> Any:
    start = builder.inttoptr(address, ir.DoubleType().as_pointer())
    return builder.gep(start, [context.cast(builder, index, index_kind, types.int64)])
