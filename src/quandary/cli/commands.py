"""Commands made from tasks: a request's fields become arguments and options, its result is shown."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator, Mapping
from dataclasses import MISSING
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from quandary.cli.outcome import leave_with, told_to_people
from quandary.cli.progress import progress_bar
from quandary.cli.showing import show
from quandary.cli.signals import held
from quandary.cli.streams import echo, echo_lines
from quandary.use.requests import RequestField, fields_of, request_from
from quandary.use.results import Hands
from quandary.use.tasks import RegisteredTask

if TYPE_CHECKING:
    from quandary.case.draft import Draft
    from quandary.read.records import Article


def command_of(task: RegisteredTask) -> Any:  # noqa: ANN401 - a command, as the parser of the command line has it
    """Return the command that carries out a task."""
    known = fields_of(task.request)
    turned = {f"no_{one.name}": one.name for one in known if one.default is True}

    def command(**typed: Any) -> None:  # noqa: ANN401 - values of many types
        as_json, quiet, code = (typed.pop(name, False) for name in ("as_json", "quiet", "with_code"))
        given = {turned.get(name, name): not value if name in turned else value for name, value in typed.items()}
        carry_out(task, given, as_json=as_json, quiet=quiet, code=code)

    parameters = [*map(_parameter, known), *_of_the_terminal(task)]
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {one.name: one.annotation for one in parameters}
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
    app.command(task.name, help=task.summary)(command)
    return typer.main.get_command(app)


def carry_out(
    task: RegisteredTask, given: Mapping[str, object], *, as_json: bool, quiet: bool, code: bool = False
) -> None:
    """Carry out a task and show its result; leaves by an exit code other than 0 as the table in ``outcome`` says."""
    with told_to_people(as_json=as_json):
        request: object = request_from(task.request, given)
        with progress_bar(quiet=quiet or not task.takes_long) as progress:
            asked = None if as_json else TerminalDialogue()
            result = task.run(request, Hands(progress, None, held, _reviewed, _standard_input, asked))
        show(result, as_json=as_json, quiet=quiet, code=code)
        leave_with(result)


class TerminalDialogue:
    """A person at the keyboard: lines go to standard error, answers come from standard input."""

    @property
    def present(self) -> bool:
        """Return whether somebody sits there, rather than a file or a program."""
        return sys.stdin.isatty() and sys.stderr.isatty()

    def say(self, line: str) -> None:
        """Show a line, folded at words where it is long."""
        echo_lines([line], err=True)

    def ask(self, prompt: str) -> str | None:
        """Return the line that is typed behind a prompt, ``None`` at the end of the input."""
        echo(prompt, err=True, end="")
        typed = sys.stdin.readline()
        if not typed.endswith("\n"):
            echo("", err=True)
        return typed.rstrip("\r\n") if typed else None


def _standard_input(most: int) -> bytes:
    return sys.stdin.buffer.read(most)


def _reviewed(draft: Draft, article: Article) -> Draft:
    from quandary.read.drafting.review import walk_through

    return walk_through(draft, article, sys.stdin, sys.stderr)


def _parameter(field: RequestField) -> inspect.Parameter:
    """Return an argument or an option, as the parameter of a function from which typer makes it."""
    about, default = field.about, field.default
    kind: Any = field.kind if about.read is None else str
    if field.many:
        kind, default = list[kind], default or None
    if about.written:
        default = about.written
    if default is None:
        kind = Optional[kind]  # noqa: UP045 - made at run time
    bounds: dict[str, Any] = {} if about.read is not None else {"min": about.least, "max": about.most}
    if about.positional:
        shown = typer.Argument(help=about.help, metavar=about.metavar or None, **bounds)
        return _keyword(field.name, kind, shown, default)
    turned = default is True
    name = f"no_{field.name}" if turned else field.name
    names = [about.option or f"--{name.replace('_', '-')}", *([about.short] if about.short else [])]
    shown = typer.Option(*names, help=about.help, metavar=about.metavar or None, **bounds)
    return _keyword(name, kind, shown, False if turned else default)


def _of_the_terminal(task: RegisteredTask) -> Iterator[inspect.Parameter]:
    """Yield the options by which a person says how the result is to be shown."""
    if task.prints:
        yield _keyword("as_json", bool, typer.Option("--json", help="Print JSON."), False)
    if task.names:
        yield _keyword("with_code", bool, typer.Option("--code", help="Say code names, queries and lines too."), False)
    if task.takes_long:
        yield _keyword("quiet", bool, typer.Option("--quiet", "-q", help="Show no progress."), False)


def _keyword(name: str, kind: Any, shown: Any, default: object) -> inspect.Parameter:  # noqa: ANN401 - types, typer's
    given = inspect.Parameter.empty if default is MISSING else default
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=given, annotation=Annotated[kind, shown])
