"""``quandary ask CASE "QUERY"``: one question, one answer."""

from __future__ import annotations

from typing import Annotated

import typer

from quandary.cli.options import AsJson, AsOf, CaseArgument, NoEvidence, Quiet, Seed, Worlds, checked_worlds, read_day
from quandary.cli.outcome import Exit, told_to_people
from quandary.cli.progress import progress_bar

QUESTION = "question"


def register(app: typer.Typer) -> None:
    """Add the command to the application."""

    @app.command()
    def ask(
        case: CaseArgument,
        query: Annotated[str, typer.Argument(help='For example "P(invasion | do(unrest = none))".')],
        worlds: Worlds = 10_000,
        seed: Seed = 1,
        as_of: AsOf = None,
        no_evidence: NoEvidence = False,
        as_json: AsJson = False,
        quiet: Quiet = False,
    ) -> None:
        """Ask a case one question; the question's language is the one of claims."""
        with told_to_people(as_json=as_json, texts={QUESTION: query}):
            from quandary.pipeline import ask_case
            from quandary.places import Place

            with progress_bar(quiet=quiet) as progress:
                asked = ask_case(
                    case,
                    query,
                    place=Place(QUESTION, 1, 1),
                    worlds=checked_worlds(worlds),
                    seed=seed,
                    as_of=read_day(as_of),
                    use_evidence=not no_evidence,
                    progress=progress,
                )
            if as_json:
                from quandary.report.as_json import answer_json, dumps

                typer.echo(dumps(answer_json(asked.answer)))
            else:
                from quandary.report.questions import asked_lines

                for line in asked_lines(asked.query, asked.answer, seed):
                    typer.echo(line)
            if not asked.complete:
                raise typer.Exit(Exit.INTERRUPTED)
