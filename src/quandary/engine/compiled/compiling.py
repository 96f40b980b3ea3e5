"""How functions are compiled: those that Python calls, and those that only other compiled functions call."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from numba import njit


def forget_older_code(folder: Path) -> None:
    """Remove code kept on disk that is older than a source file of the folder.

    numba itself compares a kept function with its own file only, not with the files of what it calls.
    """
    newest = max(source.stat().st_mtime for source in folder.glob("*.py"))
    with suppress(OSError):  # what cannot be removed was put there by somebody else, who keeps it up to date
        for kept in folder.glob("__pycache__/*.nb[ci]"):
            if kept.stat().st_mtime < newest:
                kept.unlink(missing_ok=True)


forget_older_code(Path(__file__).parent)

entrance: Any = njit(cache=True, nogil=True, error_model="numpy")
"""For functions that Python calls; their code, with all that they call, is kept on disk."""

inner: Any = njit(nogil=True, error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True)
"""For functions that compiled code calls: nothing is written by which Python could, which halves their compiling."""
