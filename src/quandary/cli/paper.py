"""Where text for people goes: the terminal, or whatever reads standard output instead."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NoReturn

import typer

from quandary.cli.outcome import Exit

if TYPE_CHECKING:
    from rich.console import Console


def paper() -> Console:
    """Return a console on standard output; a reader that has seen enough, such as `head`, ends the command well."""
    from rich.console import Console

    class Paper(Console):
        def on_broken_pipe(self) -> NoReturn:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, sys.stdout.fileno())
            raise typer.Exit(Exit.FINE)

    return Paper(highlight=False)
