"""From a fault to an exit code: one table, one way, no traceback.

0 fine; 1 faults in the case or query; 2 wrong usage, missing file or extra, or a refusal; 3 no world could be solved;
130 interrupted, from the keyboard or by the system (a partial result is printed first); 70 a bug in Quandary
(``QUANDARY_DEBUG=1`` shows the traceback).
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import IntEnum
from pathlib import Path
from typing import cast

import typer

from quandary.base.characters import LONGEST_NAME, one_line, shortened
from quandary.base.problems import CaseError, Problem, Refusal
from quandary.cli import signals
from quandary.cli.streams import document, echo, echo_lines, takes_a_document
from quandary.version import __version__


class Exit(IntEnum):
    """Exit codes of every command."""

    FINE = 0
    FAULTS = 1
    USAGE = 2
    UNSOLVED = 3
    BUG = 70
    INTERRUPTED = signals.INTERRUPTED


WrongUsage = cast(type[typer.BadParameter], typer.BadParameter.__bases__[0].__bases__[0])
"""What the parser of the command line raises: ``ClickException``, which typer brings along under changing names."""

USAGE_CODES = ("Q6", "Q8")
UNSOLVED_CODES = ("Q807", "Q808")

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


@contextmanager
def told_to_people(*, as_json: bool = False, texts: Mapping[str, str] | None = None) -> Iterator[None]:
    """Turn every failure inside the block into sentences on standard error (or JSON on standard output) and a code.

    ``texts`` holds what was not read from a file, by the name its places carry.
    """
    try:
        yield
    except CaseError as fault:
        print_problems(fault.problems, as_json=as_json, texts=texts)
        raise typer.Exit(code_for(fault.problems)) from None
    except Refusal as refusal:
        print_problems([refusal.problem], as_json=as_json)
        raise typer.Exit(code_for([refusal.problem], refused=True)) from None
    except KeyboardInterrupt as stop:
        say_interrupted(*stop.args)
        raise typer.Exit(Exit.INTERRUPTED) from None
    except (typer.Exit, typer.Abort, WrongUsage):
        raise
    except MemoryError:
        _one_sentence("Not enough memory for this case; try fewer worlds (--worlds) or smaller tables.", as_json)
        raise typer.Exit(Exit.UNSOLVED) from None
    except OSError as fault:
        _one_sentence(_of_the_system(fault), as_json)
        raise typer.Exit(Exit.USAGE) from None
    except Exception as bug:
        if signals.heard():  # what was cut off may fail in any way
            say_interrupted()
            raise typer.Exit(Exit.INTERRUPTED) from None
        if os.environ.get("QUANDARY_DEBUG"):
            raise
        kind = type(bug).__name__
        _one_sentence(
            f"This is a fault in Quandary {__version__}, not in your case ({kind}: {bug}). Set QUANDARY_DEBUG=1 and "
            "run it again to see where, and please report it with the case.",
            as_json,
        )
        raise typer.Exit(Exit.BUG) from None


def say_interrupted(*doing: str) -> None:
    """Say that the command was interrupted, with nothing to show for it; not where that has been said."""
    if not signals.is_leaving():
        signals.leaving(Exit.INTERRUPTED)
        echo(one_line(" ".join(["Interrupted", *doing])) + "; nothing was written.", err=True)


def leave_unless(complete: bool) -> None:
    """Leave as interrupted where what was printed rests on a part of the work."""
    if not complete:
        signals.leaving(Exit.INTERRUPTED)
        echo("Interrupted: what is said rests on what was finished by then.", err=True)
        raise typer.Exit(Exit.INTERRUPTED)


def code_for(problems: Sequence[Problem], *, refused: bool = False) -> Exit:
    """Return the exit code for faults: those of usage, files and extras (Q6, Q8) are usage, the others the case's."""
    errors = [p for p in problems if p.is_error]
    if any(p.code in UNSOLVED_CODES for p in errors):
        return Exit.UNSOLVED
    if refused or (errors and all(p.code.startswith(USAGE_CODES) for p in errors)):
        return Exit.USAGE
    return Exit.FAULTS


def print_problems(problems: Sequence[Problem], *, as_json: bool, texts: Mapping[str, str] | None = None) -> None:
    """Print faults with their places: for people on standard error, as JSON on standard output."""
    if as_json and takes_a_document():
        document(json.dumps(problems_json(problems), ensure_ascii=False, indent=2))
        return
    from quandary.report.faults import render

    echo_lines(render(problems, texts).split("\n"), err=True)


def problems_json(problems: Sequence[Problem]) -> dict[str, object]:
    """Return the JSON form of faults: ``{"schema", "version", "problems": [...]}``."""
    return {
        "schema": "quandary.problems/1",
        "version": __version__,
        "problems": [
            {
                "code": p.code,
                "severity": p.severity.value,
                "message": p.message,
                "file": p.place.file or None,
                "line": p.place.line or None,
                "column": p.place.column or None,
                "hint": p.hint,
            }
            for p in problems
        ],
    }


def need(import_something: Callable[[], object], extra: str, what: str) -> None:
    """Refuse with one clear sentence when an optional extra is missing."""
    try:
        import_something()
    except ImportError:
        hint = f"pip install 'quandary[{extra}]'"
        raise Refusal(Problem("Q801", f"{what} needs the extra `{extra}`, which is not installed", hint=hint)) from None


def _of_the_system(fault: OSError) -> str:
    reason = fault.strerror or str(fault) or type(fault).__name__
    if _is_gone(Path()):
        return "The folder you are in is no longer there. Change to another one."
    if not fault.filename:
        return f"{reason}."
    what = "written" if fault.errno in NO_ROOM else "opened"
    hint = {
        FileNotFoundError: " Make the folder first, or name another one.",
        NotADirectoryError: " Name a file in a folder.",
        IsADirectoryError: " It is a folder: name a file in it.",
        PermissionError: " Name a place where you may read and write.",
    }.get(type(fault), "")
    return f'"{shortened(str(fault.filename), LONGEST_NAME)}" cannot be {what}: {reason[:1].lower()}{reason[1:]}.{hint}'


def _is_gone(folder: Path) -> bool:
    try:
        folder.absolute()
    except OSError:
        return True
    return False


def _one_sentence(text: str, as_json: bool) -> None:
    if as_json and takes_a_document():
        document(json.dumps(problems_json([Problem("Q802", text)]), ensure_ascii=False, indent=2))
    else:
        echo(one_line(text), err=True)
