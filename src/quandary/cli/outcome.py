"""From a fault to an exit code: one table, one way, no traceback.

0 fine; 1 faults in the case or query; 2 wrong usage, missing file or extra, or a refusal; 3 no world could be solved;
130 interrupted, from the keyboard or by the system (a partial result is printed first); 70 a bug in Quandary
(``QUANDARY_DEBUG=1`` shows the traceback).
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, cast

import typer

from quandary.base.characters import LONGEST_NAME, one_line, shortened
from quandary.base.environment import DEBUG, checked_settings
from quandary.base.problems import CaseError, Problem, Refusal
from quandary.cli import signals
from quandary.cli.streams import document, echo, echo_lines, takes_a_document
from quandary.version import __version__

if TYPE_CHECKING:
    from quandary.use.results import Result


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

EXITS: tuple[tuple[str, Exit], ...] = (
    ("Q807 Q808", Exit.UNSOLVED),
    ("Q401 Q402 Q42 Q45 Q46", Exit.USAGE),
    ("Q521 Q529 Q542 Q545 Q549 Q56 Q57", Exit.USAGE),
    ("Q907 Q916 Q917", Exit.FAULTS),
    ("Q6 Q7 Q8 Q9", Exit.USAGE),
    ("Q", Exit.FAULTS),
)
"""From the code of a fault to the exit code: the first row with the code or its beginning.

A game, a question or a file that is understood and cannot be answered, written or found is usage; what is wrong in a
case, a query or a ledger is a fault.
"""

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


@contextmanager
def told_to_people(*, as_json: bool = False) -> Iterator[None]:
    """Turn every failure inside the block into sentences on standard error (or JSON on standard output) and a code."""
    try:
        checked_settings()
        yield
    except CaseError as fault:
        print_problems(fault.problems, as_json=as_json)
        raise typer.Exit(exit_for(fault.problems)) from None
    except Refusal as refusal:
        print_problems([refusal.problem], as_json=as_json)
        raise typer.Exit(exit_for([refusal.problem])) from None
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
        if os.environ.get(DEBUG) == "1":
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


def leave_with(result: Result) -> None:
    """Leave by the exit code of a result: interrupted where it rests on a part of the work, by its faults, or none."""
    if not result.complete:
        signals.leaving(Exit.INTERRUPTED)
        echo("Interrupted: what is said rests on what was finished by then.", err=True)
        raise typer.Exit(Exit.INTERRUPTED)
    if any(problem.is_error for problem in result.problems):
        raise typer.Exit(Exit.FAULTS)
    if result.unsolved:
        raise typer.Exit(Exit.UNSOLVED)


def exit_of(code: str) -> Exit:
    """Return the exit code of a fault's code, from the table."""
    return next(found for beginnings, found in EXITS if code.startswith(tuple(beginnings.split())))


def exit_for(problems: Sequence[Problem]) -> Exit:
    """Return the exit code for several faults: nothing solved before faults of the case, and these before usage."""
    found = {exit_of(problem.code) for problem in problems if problem.is_error}
    return next((code for code in (Exit.UNSOLVED, Exit.FAULTS, Exit.USAGE) if code in found), Exit.FAULTS)


def print_problems(problems: Sequence[Problem], *, as_json: bool) -> None:
    """Print faults with their places: for people on standard error, as JSON on standard output."""
    if as_json and takes_a_document():
        _print_document(problems)
        return
    from quandary.report.faults import fault_lines

    echo_lines(fault_lines(problems), err=True)


def _print_document(problems: Sequence[Problem]) -> None:
    from quandary.report.documents.document import dumps
    from quandary.report.documents.problems import problems_document

    document(dumps(problems_document(problems)))


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
        _print_document([Problem("Q802", text)])
    else:
        echo(one_line(text), err=True)
