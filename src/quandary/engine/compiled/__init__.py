"""Compiled code (numba, an extra) for large jobs: imported only where one asks for it."""

from __future__ import annotations

from numba.core import event

from quandary.engine.compilation import compiling_begins


class _Compiling(event.Listener):  # type: ignore[misc]  # numba has no types
    """Hears when numba compiles what it could not load."""

    def on_start(self, event: event.Event) -> None:
        """Say so."""
        compiling_begins()

    def on_end(self, event: event.Event) -> None:
        """Say nothing."""


event.register("numba:compile", _Compiling())
