"""``quandary check CASE``: every fault and warning of a case at once, without solving it."""

from __future__ import annotations

import json
from dataclasses import replace

import typer

from quandary.cli.options import AsJson, CaseArgument, Memory, Text
from quandary.cli.outcome import Exit, problems_json, told_to_people


def register(app: typer.Typer) -> None:
    """Add the command to the application."""

    @app.command()
    def check(case: CaseArgument, text: Text = None, memory: Memory = None, as_json: AsJson = False) -> None:
        """Check a case: structure, names, numbers, quotes and sources; all faults at once, nothing is solved."""
        with told_to_people(as_json=as_json):
            from quandary.case.loader import read_case
            from quandary.case.shipped import find_case
            from quandary.report.faults import render, summary

            loaded = read_case(find_case(case), text)
            if loaded.case is not None:
                from quandary.pipeline import memory_needed

                loaded = replace(loaded, problems=(*loaded.problems, *memory_needed(loaded.case)))
            errors = sum(p.is_error for p in loaded.problems)
            if as_json:
                typer.echo(json.dumps(problems_json(loaded.problems), ensure_ascii=False, indent=2))
            else:
                if loaded.problems:
                    typer.echo(render(loaded.problems))
                typer.echo(summary(loaded))
            if errors:
                raise typer.Exit(Exit.FAULTS)
