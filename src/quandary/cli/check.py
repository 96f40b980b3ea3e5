"""``quandary check CASE``: every fault and warning of a case at once, from its text and a few of its worlds."""

from __future__ import annotations

from dataclasses import replace

import typer

from quandary.cli.options import AsJson, CaseArgument, Memory, Text
from quandary.cli.outcome import Exit, told_to_people
from quandary.cli.streams import document, echo, echo_lines


def register(app: typer.Typer) -> None:
    """Add the command to the application."""

    @app.command()
    def check(case: CaseArgument, text: Text = None, memory: Memory = None, as_json: AsJson = False) -> None:
        """Check a case: structure, names, numbers, quotes and sources, and a few worlds for what only a run finds."""
        with told_to_people(as_json=as_json):
            from quandary.case.shipped import find_case
            from quandary.compile.loader import read_case
            from quandary.onegame.formats.endings import no_game
            from quandary.report.faults import render, summary

            loaded = read_case(no_game(find_case(case), case), text)
            if loaded.case is not None:
                from quandary.ask.claims.trial import trial
                from quandary.pipeline import work_needed

                work = work_needed(loaded.case)
                tried = () if any(p.is_error for p in work) else trial(loaded.case)
                loaded = replace(loaded, problems=(*loaded.problems, *work, *tried))
            errors = sum(p.is_error for p in loaded.problems)
            if as_json:
                from quandary.report.documents.document import dumps
                from quandary.report.documents.problems import problems_document

                document(dumps(problems_document(loaded.problems)))
            else:
                if loaded.problems:
                    echo_lines(render(loaded.problems).split("\n"))
                echo(summary(loaded))
            if errors:
                raise typer.Exit(Exit.FAULTS)
