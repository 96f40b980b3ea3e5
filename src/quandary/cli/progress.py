"""A progress bar on standard error, only where a person is looking; and a line when code is compiled first."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from quandary.base.problems import Problem
from quandary.cli.paper import paper
from quandary.cli.streams import echo
from quandary.use.results import TaskProgress

COMPILING = "Compiling for this machine, once: half a minute or so."

BETWEEN = 0.1
"""Seconds between two drawings of the bar."""


@contextmanager
def progress_bar(*, quiet: bool) -> Iterator[TaskProgress | None]:
    """Yield a function ``(what, done, total)`` that moves a bar, or ``None`` where nobody is looking.

    A total of 0 says that there is no telling. Unless ``quiet``, one line says, looking or not, when code is compiled
    for this machine, which takes a while, and a warning before work that takes long.
    """
    if quiet:
        yield None
        return
    from quandary.ask.games.great_work import great_work_told
    from quandary.engine.compilation import noted, told_when_compiling

    if not sys.stderr.isatty():
        with (
            told_when_compiling(lambda: echo(COMPILING, err=True)),
            great_work_told(lambda warning: echo(_rendered(warning), err=True)),
        ):
            yield None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with (
        Bar(*columns, console=paper(err=True), transient=True, auto_refresh=False) as bar,
        told_when_compiling(lambda: bar.console.print(COMPILING)),
        great_work_told(lambda warning: bar.console.print(_rendered(warning), markup=False)),
        noted(lambda sentence: bar.console.print(sentence, markup=False)),
    ):
        task = bar.add_task("", total=None, visible=False)
        drawn = float("-inf")

        def move(what: str, done: int, total: int) -> None:
            nonlocal drawn
            now = monotonic()
            if now - drawn >= BETWEEN:  # a search tells thousands of steps a second; to draw each would take longer
                drawn = now
                bar.update(task, description=what, completed=done, total=total or None, visible=True, refresh=True)

        yield move


def _rendered(warning: Problem) -> str:
    from quandary.report.faults import render

    return render([warning])
