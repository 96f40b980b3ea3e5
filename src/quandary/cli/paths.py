"""``quandary paths CASE EVENT --change "x: a to b" --through m``: how much of an effect runs through a mediator."""

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

QUESTION = "question"


def register(app: typer.Typer) -> None:
    """Add the command to the application."""

    @app.command()
    def paths(
        case: CaseArgument,
        event: Annotated[str, typer.Argument(help='What is asked: a condition such as "invasion".')],
        change: Annotated[str, typer.Option(help='What changes, for example "unrest: none to regime_threat".')],
        through: Annotated[list[str], typer.Option(help="A variable on the way; may be given again.")],
        worlds: Worlds = 10_000,
        seed: Seed = 1,
        memory: Memory = None,
        as_of: AsOf = None,
        no_evidence: NoEvidence = False,
        as_json: AsJson = False,
        quiet: Quiet = False,
    ) -> None:
        """Split a change's effect: how much runs through a variable on the way, and how much around it."""
        with told_to_people(as_json=as_json, texts={QUESTION: event}):
            from quandary.ask.changes import paths as split
            from quandary.ask.study import Study
            from quandary.base.places import Place
            from quandary.language.parser import parse_condition
            from quandary.pipeline import load
            from quandary.report.words.unconverged import unconverged_lines

            target = parse_condition(event, Place(QUESTION, 1, 1))
            loaded = load(case)[0]
            with progress_bar(quiet=quiet) as progress:
                study = Study(
                    loaded,
                    worlds=checked_worlds(worlds),
                    seed=seed,
                    as_of=read_day(as_of),
                    use_evidence=not no_evidence,
                    progress=None if progress is None else lambda done, total: progress("Solving worlds", done, total),
                )
                found = split.paths(study, target, split.read_change(change), through)
            if as_json:
                from quandary.report.documents.answers import work_of_run
                from quandary.report.documents.changes import paths_document
                from quandary.report.documents.document import dumps

                document(dumps(paths_document(found, seed, work_of_run(study.run))))
            else:
                from quandary.report.analyses.paths import path_lines

                echo_lines(path_lines(found, seed))
                echo_lines(f"  {line}" for line in unconverged_lines(study.run.unconverged, worlds, seed, case))
            leave_unless(study.run.complete)
