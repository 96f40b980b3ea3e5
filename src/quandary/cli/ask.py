"""``quandary ask CASE "QUERY"``: one question, one answer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from quandary.base.places import Place
from quandary.base.problems import Problem, Refusal
from quandary.cli.options import (
    AsJson,
    AsOf,
    CaseArgument,
    Force,
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
from quandary.cli.report import check_chart
from quandary.cli.signals import held
from quandary.cli.streams import document, echo, echo_lines
from quandary.onegame.formats.endings import is_game_file

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
        force: Force = False,
        quiet: Quiet = False,
    ) -> None:
        """Ask a case one question, or a network or diagram; the question's language is the one of claims."""
        with told_to_people(as_json=as_json, texts={QUESTION: query}):
            if is_game_file(Path(case)):
                _ask_file(case, query, as_json=as_json, unfit=chart is not None or as_of is not None)
                return
            if chart is not None:
                check_chart(chart, force=force)
            from quandary.pipeline import ask_case

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
            if chart is not None:
                _draw(chart, asked, force=force)
            _say(asked, case, worlds, seed, as_json=as_json)
            leave_unless(asked.run.complete)


def _say(asked: Asked, case: str, worlds: int, seed: int, *, as_json: bool) -> None:
    if as_json:
        from quandary.report.documents.answers import ask_document
        from quandary.report.documents.document import dumps

        run = asked.run
        document(dumps(ask_document(asked.answer, run.unconverged, complete=run.complete)))
    else:
        from quandary.report.words.questions import asked_lines
        from quandary.report.words.unconverged import unconverged_lines

        echo_lines(asked_lines(asked.query, asked.answer, seed))
        echo_lines(f"  {line}" for line in unconverged_lines(asked.run.unconverged, worlds, seed, case))


def _ask_file(named: str, query: str, *, as_json: bool, unfit: bool) -> None:
    from quandary.solving import ask_file

    if unfit:
        message = "a game file has no dates, and one world, which gives nothing to draw"
        raise Refusal(Problem("Q806", message, hint="leave --as-of and --chart out"))
    parsed, answer = ask_file(named, query, place=Place(QUESTION, 1, 1))
    if as_json:
        from quandary.report.documents.answers import ask_document
        from quandary.report.documents.document import dumps

        document(dumps(ask_document(answer)))
    else:
        from quandary.report.words.questions import exact_lines

        echo_lines(exact_lines(parsed, answer))


def _draw(chart: Path, asked: Asked, *, force: bool) -> None:
    from quandary.report.charts.outcomes import spread_chart
    from quandary.report.charts.rendering import save_chart

    drawn = spread_chart("answer", asked.answer.query, asked.query, asked.answer)
    if drawn is None:
        echo("There is no number to draw.", err=True)
    else:
        with held():
            save_chart(drawn, chart, force=force)
