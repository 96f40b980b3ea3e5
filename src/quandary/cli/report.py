"""``quandary report CASE -o report.html``: a run to hand over, as one file, and every chart as a picture."""

from __future__ import annotations

import time
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from quandary.base.files import check_place, write_files
from quandary.base.problems import Problem, Refusal
from quandary.cli.options import (
    AsOf,
    CaseArgument,
    Force,
    Memory,
    NoEvidence,
    Quiet,
    Seed,
    Text,
    Worlds,
    checked_worlds,
    read_day,
)
from quandary.cli.outcome import leave_unless, need, told_to_people
from quandary.cli.progress import progress_bar
from quandary.cli.run import NoSearch
from quandary.cli.signals import held
from quandary.cli.streams import contents, echo, echo_lines

if TYPE_CHECKING:
    from quandary.report.dossier import Dossier


class ReportFormat(StrEnum):
    """What a report can be written as."""

    HTML = "html"
    PDF = "pdf"
    MD = "md"
    JSON = "json"
    CSV = "csv"


DRAWN = (ReportFormat.HTML, ReportFormat.PDF)
EXTRA = "report"

Output = Annotated[
    Optional[Path],  # noqa: UP045 - typer reads the annotation at run time
    typer.Option("--output", "-o", metavar="FILE", help="Where to write; md, json and csv may go to the screen."),
]
As = Annotated[
    Optional[ReportFormat],  # noqa: UP045 - as above
    typer.Option("--format", "-f", help="What to write (default: by the ending of FILE, else html)."),
]
ChartFolder = Annotated[
    Optional[Path],  # noqa: UP045 - as above
    typer.Option("--charts", metavar="FOLDER", help="Also write each chart as SVG, PNG, PDF and Vega-Lite."),
]


Sliders = Annotated[
    bool, typer.Option("--sliders", help="HTML: add sliders on the drawn worlds, which need a script in the page.")
]


def register(app: typer.Typer) -> None:
    """Add the command to the application."""

    @app.command()
    def report(
        case: CaseArgument,
        output: Output = None,
        as_format: As = None,
        charts: ChartFolder = None,
        sliders: Sliders = False,
        worlds: Worlds = 10_000,
        seed: Seed = 1,
        memory: Memory = None,
        as_of: AsOf = None,
        no_evidence: NoEvidence = False,
        no_search: NoSearch = False,
        text: Text = None,
        force: Force = False,
        quiet: Quiet = False,
    ) -> None:
        """Write a run as one file to hand over: HTML that opens offline, PDF, Markdown, JSON or CSV."""
        with told_to_people():
            wanted = _format(output, as_format, only_charts=charts is not None)
            _need_extra(wanted, charts)
            _check_place(output, force=force)
            from quandary.pipeline import SEARCHED_WORLDS, dossier_of, studied

            with progress_bar(quiet=quiet) as progress:
                study, found = studied(
                    case,
                    follow=True,
                    worlds=checked_worlds(worlds),
                    seed=seed,
                    as_of=read_day(as_of),
                    use_evidence=not no_evidence,
                    search=not no_search,
                    text=text,
                    progress=progress,
                )
            started = time.perf_counter()
            dossier = dossier_of(study, found, searched=0 if no_search else SEARCHED_WORLDS)
            content = None if wanted is None else _content(dossier, wanted, sliders=sliders)
            if charts is not None:
                _save_charts(dossier, charts, force=force)
            if content is not None:
                _write(content, output, force=force)
            if not quiet:
                echo(f"The report took {time.perf_counter() - started:.1f} s beyond the run.", err=True)
            leave_unless(found.findings.run.complete)


def _format(output: Path | None, named: ReportFormat | None, *, only_charts: bool) -> ReportFormat | None:
    """Return what to write; ``None`` where only charts are wanted. Refuses what cannot go to the screen."""
    if named is None and output is not None:
        ending = output.suffix.lower().lstrip(".").replace("htm", "html").replace("htmll", "html")
        known = [form for form in ReportFormat if form.value == ending]
        if not known:
            message = f'"{output}" does not say what to write'
            raise Refusal(Problem("Q850", message, hint="end it in .html, .pdf, .md, .json or .csv, or name --format"))
        named = known[0]
    if named is None and only_charts:
        return None
    named = named or ReportFormat.HTML
    if output is None and named in DRAWN:
        raise Refusal(Problem("Q850", f"a report as {named.value} needs a file", hint=f"-o report.{named.value}"))
    return named


def check_chart(chart: Path, *, force: bool) -> None:
    """Refuse a chart's file by its ending, its place, or for want of the extra, before anything is solved."""
    from quandary.report.charts.rendering import PICTURES, need_drawing

    if not chart.name.endswith(PICTURES):
        hint = "end it in .svg, .png, .pdf or .vl.json"
        raise Refusal(Problem("Q850", f'"{chart}" does not say what to draw', hint=hint))
    _check_place(chart, force=force)
    need(need_drawing, EXTRA, "a chart")


def _check_place(path: Path | None, *, force: bool) -> None:
    """Refuse (Q805) to write over anything but a report or a picture that we made."""
    from quandary.report.mark import is_ours

    if path is not None:
        check_place(path, force=force, replaceable=is_ours)


def _need_extra(wanted: ReportFormat | None, charts: Path | None) -> None:
    if wanted in DRAWN or charts is not None:
        from quandary.report.charts.rendering import need_drawing

        need(need_drawing, EXTRA, "a report with charts")
    if wanted is ReportFormat.PDF:
        from quandary.report.media.pdf import browser

        browser()


def _write(content: str | bytes, output: Path | None, *, force: bool) -> None:
    if output is None:
        assert isinstance(content, str)
        contents(content)
        return
    from quandary.report.mark import is_ours

    with held():
        write_files({output: content}, force=force, replaceable=is_ours)
    size = len(content.encode() if isinstance(content, str) else content)
    echo_lines([f"{output}: {size / 1000:,.0f} kB"], err=True)


def _content(dossier: Dossier, wanted: ReportFormat, *, sliders: bool) -> str | bytes:
    if wanted is ReportFormat.HTML or wanted is ReportFormat.PDF:
        from quandary.report.html.page import page

        text = page(dossier, sliders=sliders and wanted is ReportFormat.HTML)
        if wanted is ReportFormat.HTML:
            return text
        from quandary.report.media.pdf import printed

        return printed(text)
    if wanted is ReportFormat.MD:
        from quandary.report.media.as_markdown import markdown

        return markdown(dossier)
    if wanted is ReportFormat.CSV:
        from quandary.report.media.as_csv import rows_csv

        return rows_csv(dossier)
    from quandary.report.documents.document import dumps
    from quandary.report.documents.run import report_document

    return dumps(report_document(dossier)) + "\n"


def _save_charts(dossier: Dossier, folder: Path, *, force: bool) -> None:
    from quandary.report.charts.collection import charts_of
    from quandary.report.charts.rendering import save_charts
    from quandary.report.html.diagram import diagram_svg

    drawings = {"diagram": diagram_svg(dossier.report.case, dossier.seen)}
    written = save_charts(charts_of(dossier).all(), drawings, folder, force=force)
    echo_lines([f"{folder}: {len(written)} files"], err=True)
