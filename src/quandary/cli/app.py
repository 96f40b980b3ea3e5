"""The application that all commands hang on, and its beginning and end. Heavy imports wait until a command runs."""

from __future__ import annotations

import gc
import sys
from typing import Annotated, Any, Optional

import typer
from typer.core import TyperCommand, TyperGroup

from quandary.base.characters import one_line, repeated, shortened
from quandary.base.files import inputs_kept
from quandary.base.problems import Problem
from quandary.cli import signals
from quandary.cli.outcome import Exit, WrongUsage, print_problems, say_interrupted, told_to_people
from quandary.cli.streams import echo, fault_of_output, open_missing, open_streams
from quandary.use.tasks import GROUPS, NAMES, RegisteredTask, task_named
from quandary.version import __version__

RARELY = 50_000, 20, 20
"""Thresholds of the search for circles of objects, of which a command leaves few: made seldom, it takes less time."""

KINDS_OF_NUMBER = {"int": "a whole number", "int range": "a whole number", "float": "a number"}
"""What the parser calls the values of options, and what people call them."""


def _print_version(wanted: bool) -> None:
    if wanted:
        echo(f"quandary {__version__}")
        raise typer.Exit


class Tasks(TyperGroup):
    """The tasks whose names begin with ``begins``: each is a command, or a group of them where more words follow."""

    begins: tuple[str, ...] = ()
    beside: tuple[RegisteredTask, ...] = ()
    """Ways in that are commands themselves, after the tasks."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401 - as the base class
        """Return the next word of each name."""
        place = len(self.begins)
        words = [name.split() for name in (*NAMES, *(way.name for way in self.beside))]
        return list(dict.fromkeys(one[place] for one in words if tuple(one[:place]) == self.begins))

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401 - as the base class
        """Return a command by its word, with no more than its summary, so that the list of all is quick."""
        if cmd_name not in self.list_commands(ctx):
            return None
        name = self._name(cmd_name)
        task = self._task(name)
        if task is not None:
            return TyperCommand(cmd_name, help=task.summary, rich_markup_mode=None)
        group = Tasks(name=cmd_name, help=GROUPS[name], no_args_is_help=True, rich_markup_mode=None)
        group.begins = (*self.begins, cmd_name)
        return group

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:  # noqa: ANN401
        """Return the command that the arguments name, made from its task."""
        try:
            name, command, rest = super().resolve_command(ctx, args)
        except WrongUsage as fault:
            fault.message = f"{fault.message} {_meant(args[0], self.list_commands(ctx))}".rstrip()
            raise
        task = None if name is None else self._task(self._name(name))
        if task is None:
            return name, command, rest
        from quandary.cli.commands import command_of

        return name, command_of(task), rest

    def _task(self, name: str) -> RegisteredTask | None:
        beside = next((way for way in self.beside if way.name == name), None)
        return task_named(name) if beside is None and name in NAMES else beside

    def _name(self, word: str) -> str:
        return " ".join((*self.begins, word))


class Commands(Tasks):
    """All commands behind one door: whatever happens to them ends in a sentence and a documented exit code."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - as the base class
        """Run the command that the arguments name."""
        with told_to_people(), inputs_kept():
            return super().invoke(ctx)

    def main(self, *args: Any, standalone_mode: bool = True, **extra: Any) -> Any:  # noqa: ANN401 - as the base class
        """Run one command line and leave with its code, or return it."""
        signals.begin()
        with open_streams():
            code = self._code(*args, **extra)
            if code == Exit.INTERRUPTED:
                say_interrupted()
            reason = fault_of_output()
            if reason is not None:
                problem = Problem("Q815", f"the answer could not be written to standard output: {reason}")
                print_problems([problem], as_json=False)
                code = Exit.USAGE
        if standalone_mode:
            sys.exit(code)
        return code

    def _code(self, *args: Any, **extra: Any) -> int:  # noqa: ANN401 - as the base class
        try:
            return int(super().main(*args, **{**extra, "standalone_mode": False}) or 0)
        except WrongUsage as fault:
            _show_usage(fault)
            return Exit.USAGE
        except typer.Abort:
            return Exit.INTERRUPTED


def _meant(typed: str, known: list[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(typed, known)
    return f"Did you mean {', '.join(map(repr, near))}?" if near else ""


def _show_usage(fault: typer.BadParameter) -> None:
    """Show what the parser of the command line says, in plain words: help as it is, a sentence as one line."""
    context = fault.ctx
    if context is not None and fault.message == context.get_help():
        echo(fault.message, err=True)
        return
    message = one_line(shortened(repeated(fault.message)))
    for kind, plain in KINDS_OF_NUMBER.items():
        message = message.replace(f"is not a valid {kind}.", f"is not {plain}.")
    fault.message = message
    fault.show(sys.stderr)


def build_app(beside: tuple[RegisteredTask, ...] = ()) -> typer.Typer:
    """Return the command-line application: every task is a command, and so are the ways in ``beside`` them."""
    app = typer.Typer(
        name="quandary",
        cls=type("AllCommands", (Commands,), {"beside": beside}),
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

    return app


def main(beside: tuple[RegisteredTask, ...] = ()) -> None:
    """Run the command line; the console command ``quandary`` is this, with the other ways in ``beside`` the tasks.

    A terminal that cannot show a sign gets a plain one for it, or a ``?``.
    """
    gc.set_threshold(*RARELY)
    open_missing()
    signals.listen()
    code: int = build_app(beside)(standalone_mode=False)
    signals.leaving(code)
    sys.exit(code)
