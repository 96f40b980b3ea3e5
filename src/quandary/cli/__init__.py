"""The command line, one file a command. Heavy imports wait until a command runs, so that help is quick."""

from __future__ import annotations

import gc
import os
import sys
import threading
from contextlib import suppress
from importlib import import_module
from io import TextIOWrapper
from typing import Annotated, Optional

import typer

from quandary.version import __version__

LEFT_BEHIND = "quandary: work left behind"
"""The name of threads that cannot be ended (``solve.linear_program``, which start-up does not wait for)."""

COMMANDS = (
    "run",
    "demo",
    "check",
    "ask",
    "why",
    "report",
    "solve",
    "export",
    "show",
    "new",
    "schema",
    "explain",
    "read",
    "timeline",
    "paths",
    "suppose",
    "flips",
    "information",
    "compare",
    "equilibria",
)

RARELY = 50_000, 20, 20
"""Thresholds of the search for circles of objects, of which a command leaves few: made seldom, it takes less time."""


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"quandary {__version__}")
        raise typer.Exit


def build_app() -> typer.Typer:
    """Return the command-line application with every command registered."""
    app = typer.Typer(
        name="quandary",
        help="Make a written analysis of a political crisis executable: test its claims in thousands of worlds.",
        no_args_is_help=True,
        add_completion=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )

    @app.callback()
    def quandary(
        version: Annotated[
            Optional[bool],  # noqa: UP045 - typer reads the annotation at run time
            typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and stop."),
        ] = None,
    ) -> None:
        """Make a written analysis of a political crisis executable: test its claims in thousands of worlds."""

    for command in COMMANDS:
        import_module(f"quandary.cli.{command}").register(app)
    return app


def main() -> None:
    """Run the command line; the console command ``quandary`` is this.

    A terminal that cannot show a sign gets a ``?`` for it.
    """
    gc.set_threshold(*RARELY)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        build_app()()
    finally:
        if any(thread.name == LEFT_BEHIND for thread in threading.enumerate()):
            _leave_at_once()


def _leave_at_once() -> None:
    """End the process with the code that is on its way, tidying up nothing: a solver that nobody can end is at work."""
    leaving = sys.exception()
    interrupted = 130 if isinstance(leaving, KeyboardInterrupt) else 1
    code = leaving.code if isinstance(leaving, SystemExit) else interrupted
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code if isinstance(code, int) else int(code is not None))
