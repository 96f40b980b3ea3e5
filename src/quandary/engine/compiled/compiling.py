"""How functions are compiled: those that Python calls, and those that only other compiled functions call."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from numba import njit
from numba.extending import overload

from quandary.engine.compilation import CompilingError
from quandary.engine.compiled.keeping import KeptCode, look_through

look_through()


def entrance(function: Any) -> Any:
    """Return a function that Python calls as compiled code; it is kept on disk, with all that it calls.

    It raises ``CompilingError`` where it cannot be compiled or loaded, and nothing else: compiled code has no faults.
    """
    made: Any = njit(nogil=True, error_model="numpy")(function)
    made._cache = KeptCode(function.__name__)

    @wraps(function)
    def call(*arguments: Any) -> Any:
        try:
            return made(*arguments)
        except Exception as fault:
            raise CompilingError(type(fault).__name__) from fault

    return call


inner: Any = njit(nogil=True, error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True)
"""For functions that compiled code calls: nothing is written by which Python could, which halves their compiling."""


def stands_for(function: Any) -> Callable[[Any], Any]:
    """Have compiled code run the decorated function, of as many arguments, where its source calls ``function``."""

    def register(scalar: Any) -> Any:
        overload(function)(wraps(scalar)(lambda *kinds: scalar))
        return scalar

    return register
