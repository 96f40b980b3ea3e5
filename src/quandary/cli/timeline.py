"""``quandary timeline CASE``: how the answers moved with each dated piece of evidence."""

from __future__ import annotations

import typer

from quandary.cli.options import AsJson, AsOf, CaseArgument, Memory, Quiet, Seed, Worlds, checked_worlds, read_day
from quandary.cli.outcome import Exit, told_to_people
from quandary.cli.paper import paper
from quandary.cli.progress import progress_bar


def register(app: typer.Typer) -> None:
    """Add the command to the application."""

    @app.command()
    def timeline(
        case: CaseArgument,
        worlds: Worlds = 10_000,
        seed: Seed = 1,
        memory: Memory = None,
        as_of: AsOf = None,
        as_json: AsJson = False,
        quiet: Quiet = False,
    ) -> None:
        """Follow the case's questions through its evidence, in order of date: what each piece moved, and how far."""
        with told_to_people(as_json=as_json):
            from quandary.ask import timeline as following
            from quandary.pipeline import load

            loaded, _ = load(case)
            with progress_bar(quiet=quiet) as progress:
                found = following.timeline(
                    loaded,
                    worlds=checked_worlds(worlds),
                    seed=seed,
                    as_of=read_day(as_of),
                    progress=None if progress is None else lambda done, total: progress("Solving worlds", done, total),
                )
            if as_json:
                from quandary.report.as_json import dumps
                from quandary.report.timeline import timeline_json

                typer.echo(dumps(timeline_json(loaded, found)))
            else:
                from quandary.report.timeline import print_timeline

                print_timeline(loaded, found, paper())
            if not found.complete:
                raise typer.Exit(Exit.INTERRUPTED)
