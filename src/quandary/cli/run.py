"""``quandary run CASE``: the main job, from a case file to tested claims; ``quandary demo`` does it on the flagship."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from quandary.cli.options import (
    AsJson,
    AsOf,
    CaseArgument,
    Memory,
    NoEvidence,
    Quiet,
    Seed,
    Text,
    Worlds,
    checked_worlds,
    read_day,
)
from quandary.cli.outcome import leave_unless, told_to_people
from quandary.cli.paper import paper
from quandary.cli.progress import progress_bar
from quandary.cli.streams import document

WIDEST = 100
"""Columns of text at most, and where the output goes to a file."""

NoSearch = Annotated[
    bool, typer.Option("--no-search", help="Skip searches: for what holds by construction, for other equilibria.")
]


def register(app: typer.Typer) -> None:
    """Add the command to the application."""

    @app.command()
    def run(
        case: CaseArgument,
        worlds: Worlds = 10_000,
        seed: Seed = 1,
        memory: Memory = None,
        as_of: AsOf = None,
        no_evidence: NoEvidence = False,
        no_search: NoSearch = False,
        text: Text = None,
        as_json: AsJson = False,
        quiet: Quiet = False,
    ) -> None:
        """Run a case: what happens, which claims hold, and what they rest on."""
        run_case(
            case,
            worlds=worlds,
            seed=seed,
            as_of=as_of,
            no_evidence=no_evidence,
            no_search=no_search,
            text=text,
            as_json=as_json,
            quiet=quiet,
        )


def run_case(
    case: str,
    *,
    worlds: int,
    seed: int,
    as_of: str | None,
    no_evidence: bool,
    no_search: bool,
    text: Path | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Run a case and print it; leaves by an exit code other than 0 as the table in ``cli/outcome.py`` says."""
    with told_to_people(as_json=as_json):
        from quandary.pipeline import run_report

        with progress_bar(quiet=quiet) as progress:
            report = run_report(
                case,
                worlds=checked_worlds(worlds),
                seed=seed,
                as_of=read_day(as_of),
                use_evidence=not no_evidence,
                search=not no_search,
                text=text,
                progress=progress,
            )
        if as_json:
            from quandary.report.documents.document import dumps
            from quandary.report.documents.run import run_document

            document(dumps(run_document(report)))
        else:
            from quandary.report.media.terminal import print_report

            console = paper()
            console.width = min(console.width, WIDEST) if console.is_terminal else WIDEST
            print_report(report, console)
        leave_unless(report.findings.run.complete)
