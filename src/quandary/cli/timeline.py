"""``quandary timeline CASE``: how the answers moved with each dated piece of evidence."""

from __future__ import annotations

import typer

from quandary.cli.options import AsJson, AsOf, CaseArgument, Memory, Quiet, Seed, Worlds, checked_worlds, read_day
from quandary.cli.outcome import leave_unless, told_to_people
from quandary.cli.paper import paper
from quandary.cli.progress import progress_bar
from quandary.cli.streams import document, echo_lines


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
            from quandary.ask.changes import timeline as following
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
                from quandary.report.analyses.timeline import timeline_json
                from quandary.report.as_json import dumps
                from quandary.report.words.unconverged import unconverged_json

                document(dumps(timeline_json(loaded, found) | unconverged_json(found.unconverged)))
            else:
                from quandary.report.analyses.timeline import timeline_parts
                from quandary.report.media.columns import print_parts
                from quandary.report.words.unconverged import unconverged_lines

                print_parts(timeline_parts(loaded, found), paper())
                echo_lines(unconverged_lines(found.unconverged, found.worlds, seed, case))
            leave_unless(found.complete)
