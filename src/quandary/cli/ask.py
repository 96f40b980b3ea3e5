"""``quandary ask CASE "QUERY"``: one question, one answer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

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
from quandary.cli.outcome import Exit, told_to_people
from quandary.cli.progress import progress_bar
from quandary.cli.report import check_chart

if TYPE_CHECKING:
    from quandary.pipeline import Asked

QUESTION = "question"

ChartFile = Annotated[
    Optional[Path],  # noqa: UP045 - typer reads the annotation at run time
    typer.Option("--chart", metavar="FILE", help="Also draw how the worlds spread, as .svg, .png, .pdf or .vl.json."),
]


def register(app: typer.Typer) -> None:
    """Add the command to the application."""

    @app.command()
    def ask(
        case: CaseArgument,
        query: Annotated[str, typer.Argument(help='For example "P(invasion | do(unrest = none))".')],
        worlds: Worlds = 10_000,
        seed: Seed = 1,
        memory: Memory = None,
        as_of: AsOf = None,
        no_evidence: NoEvidence = False,
        as_json: AsJson = False,
        chart: ChartFile = None,
        quiet: Quiet = False,
    ) -> None:
        """Ask a case one question; the question's language is the one of claims."""
        with told_to_people(as_json=as_json, texts={QUESTION: query}):
            if chart is not None:
                check_chart(chart)
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
            if chart is not None:
                _draw(chart, asked)
            if not asked.complete:
                raise typer.Exit(Exit.INTERRUPTED)


def _draw(chart: Path, asked: Asked) -> None:
    from quandary.report.charts.outcomes import spread_chart
    from quandary.report.charts.rendering import save_chart

    drawn = spread_chart("answer", asked.answer.query, asked.query, asked.answer)
    if drawn is None:
        typer.echo("There is no number to draw.", err=True)
    else:
        save_chart(drawn, chart)
