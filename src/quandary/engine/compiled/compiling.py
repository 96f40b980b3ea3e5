"""How functions are compiled: those that Python calls, and those that only other compiled functions call."""

from __future__ import annotations

from typing import Any

from numba import njit

entrance: Any = njit(cache=True, nogil=True, error_model="numpy")
"""For functions that Python calls; their code, with all that they call, is kept on disk."""

inner: Any = njit(nogil=True, error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True)
"""For functions that compiled code calls: nothing is written by which Python could, which halves their compiling."""
