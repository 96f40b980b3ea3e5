"""``quandary why CASE THING``: from any number in the output back to what it rests on."""

from __future__ import annotations

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
    Worlds,
    checked_worlds,
    read_day,
)
from quandary.cli.outcome import leave_unless, told_to_people
from quandary.cli.progress import progress_bar
from quandary.cli.streams import document, echo_lines


def register(app: typer.Typer) -> None:
    """Add the command to the application."""

    @app.command()
    def why(
        case: CaseArgument,
        thing: Annotated[
            str, typer.Argument(help="A claim, question, check, x=v, event, number, line, `headline`, or a query.")
        ],
        worlds: Worlds = 10_000,
        seed: Seed = 1,
        memory: Memory = None,
        as_of: AsOf = None,
        no_evidence: NoEvidence = False,
        as_json: AsJson = False,
        quiet: Quiet = False,
    ) -> None:
        """Explain a number of the output: its lines in the case, reasons, sources, and draws."""
        with told_to_people(as_json=as_json, texts={"": thing}):
            from quandary.pipeline import explain_thing

            with progress_bar(quiet=quiet) as progress:
                study, found = explain_thing(
                    case,
                    thing,
                    worlds=checked_worlds(worlds),
                    seed=seed,
                    as_of=read_day(as_of),
                    use_evidence=not no_evidence,
                    progress=progress,
                )
            if as_json:
                from quandary.report.documents.answers import work_of_run
                from quandary.report.documents.document import dumps
                from quandary.report.documents.explanation import why_document

                document(dumps(why_document(found, work_of_run(study.run))))
            else:
                from quandary.report.why.wording import explanation_lines
                from quandary.report.words.unconverged import unconverged_lines

                numbers = {number.name: number for number in study.model.quantities}
                for one in found:
                    echo_lines(explanation_lines(one, numbers))
                echo_lines(unconverged_lines(study.run.unconverged, worlds, seed, case))
            leave_unless(study.run.complete)
