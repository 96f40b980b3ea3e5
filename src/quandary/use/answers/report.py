"""A run to hand over, as one file, and every chart as a picture."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from quandary.base.files import write_files
from quandary.base.problems import Problem, Refusal, clause
from quandary.use.answers.drawing import check_drawing, check_own_place
from quandary.use.answers.run import run_request, studied
from quandary.use.requests import (
    DISCREPANCY,
    About,
    Anchored,
    ArticleText,
    AsOf,
    CaseName,
    Discrepancy,
    Evidence,
    Force,
    Memory,
    NamedPlace,
    SchemaVersion,
    Search,
    Seed,
    Worlds,
)
from quandary.use.results import NEWEST, Hands, Result, going_away

if TYPE_CHECKING:
    from quandary.ask.changes.clones import Clones
    from quandary.ask.equilibria.equilibria import EquilibriaOfWorlds
    from quandary.ask.study import Study
    from quandary.ask.turning.flips import Flips
    from quandary.ask.why.critique.items import Critique
    from quandary.language.syntax import Expression
    from quandary.report.documents.runs.earlier import EarlierReportDocument
    from quandary.report.documents.runs.run import ReportDocument
    from quandary.report.dossier import Dossier
    from quandary.report.words.record import Report

HELD = 3
"""How many numbers a page's sliders can hold."""

SEARCHED_WORLDS, STARTS = 32, 20
"""In how many worlds a report looks for other equilibria, and from how many starts."""


class ReportFormat(StrEnum):
    """What a report can be written as."""

    HTML = "html"
    PDF = "pdf"
    MD = "md"
    JSON = "json"
    CSV = "csv"


DRAWN = (ReportFormat.HTML, ReportFormat.PDF)


@dataclass(frozen=True, kw_only=True)
class ReportRequest:
    """A case, how it is to be run, and what is to be written of it, and where."""

    case: CaseName
    output: Annotated[
        Path | None,
        About("Where to write; md, json and csv may go to the screen.", "-o", metavar="FILE", names=NamedPlace.WRITTEN),
    ] = None
    format: Annotated[
        ReportFormat | None, About("What to write (default: by the ending of FILE, else html).", "-f")
    ] = None
    charts: Annotated[
        Path | None,
        About("Also write each chart as SVG, PNG, PDF and Vega-Lite.", metavar="FOLDER", names=NamedPlace.WRITTEN),
    ] = None
    sliders: Annotated[bool, About("HTML: add sliders on the drawn worlds, which need a script in the page.")] = False
    worlds: Worlds = 10_000
    seed: Seed = 1
    memory: Memory = None
    as_of: AsOf = None
    evidence: Evidence = True
    anchored: Anchored = False
    discrepancy: Discrepancy = DISCREPANCY
    search: Search = True
    text: ArticleText = None
    force: Force = False
    code: Annotated[bool, About("Say code names, queries and lines too.")] = False
    schema: SchemaVersion = NEWEST


@dataclass(frozen=True, eq=False)
class ReportResult(Result):
    """A report that was made: its text where it was not written, what was written, and how long it took."""

    dossier: Dossier
    text: str | None
    written: tuple[str, ...]
    seconds: float
    schema: int = NEWEST

    @property
    def complete(self) -> bool:
        """Return whether every world was solved, and what was to be searched."""
        return self.dossier.report.findings.run.complete

    def document(self) -> ReportDocument | EarlierReportDocument:
        """Return what was found as ``quandary.report/2``, or ``/1`` where that was asked for."""
        return _document(self.dossier, self.schema)

    def content(self) -> str | None:
        """Return the report where no file was named."""
        return self.text

    def notes(self, *, quiet: bool = False) -> tuple[str, ...]:
        """Return what was written, and how long it took."""
        took = f"The report took {self.seconds:.1f} s beyond the run."
        return (*self.written, *(() if quiet else (took,)), *going_away(self.schema))


def run(request: ReportRequest, hands: Hands) -> ReportResult:
    """Return a report, after writing what is to be written. What cannot be written is refused before the run."""
    wanted = _format(request.output, request.format, only_charts=request.charts is not None)
    if wanted in DRAWN or request.charts is not None:
        check_drawing("a report with charts")
    if wanted is ReportFormat.PDF:
        from quandary.report.media.pdf import browser

        browser()
    check_own_place(request.output, force=request.force)
    study, report = studied(run_request(request), hands, follow=True)
    report = replace(report, code=request.code)
    started = time.perf_counter()
    dossier = dossier_of(study, report, searched=SEARCHED_WORLDS if request.search else 0, bounds=request.search)
    content = None if wanted is None else _content(dossier, wanted, request.schema, sliders=request.sliders)
    written = []
    if request.charts is not None:
        written.append(_charts_saved(dossier, request.charts, force=request.force))
    text = None
    if content is not None and request.output is not None:
        written.append(_saved(content, request.output, request.force, hands))
    elif content is not None:
        assert isinstance(content, str)
        text = content
    return ReportResult(dossier, text, tuple(written), time.perf_counter() - started, request.schema)


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


def _content(dossier: Dossier, wanted: ReportFormat, schema: int, *, sliders: bool) -> str | bytes:
    if wanted is ReportFormat.HTML or wanted is ReportFormat.PDF:
        from quandary.report.html.page import page

        text = page(dossier, sliders=sliders and wanted is ReportFormat.HTML, whole=wanted is ReportFormat.PDF)
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

    return dumps(_document(dossier, schema)) + "\n"


def _document(dossier: Dossier, schema: int) -> ReportDocument | EarlierReportDocument:
    from quandary.report.documents.runs.earlier import earlier_report_document
    from quandary.report.documents.runs.run import report_document

    return report_document(dossier) if schema == NEWEST else earlier_report_document(dossier)


def _saved(content: str | bytes, output: Path, force: bool, hands: Hands) -> str:
    from quandary.report.mark import is_ours

    with hands.writing():
        write_files({output: content}, force=force, replaceable=is_ours)
    size = len(content.encode() if isinstance(content, str) else content)
    return f"{output}: {size / 1000:,.0f} kB"


def _charts_saved(dossier: Dossier, folder: Path, *, force: bool) -> str:
    from quandary.report.charts.collection import charts_of
    from quandary.report.charts.rendering import save_charts
    from quandary.report.html.diagram import diagram_svg

    drawings = {"diagram": diagram_svg(dossier.report.names, dossier.seen)}
    written = save_charts(charts_of(dossier).all(), drawings, folder, force=force)
    return f"{folder}: {len(written)} files"


def dossier_of(study: Study, report: Report, *, searched: int = SEARCHED_WORLDS, bounds: bool = True) -> Dossier:
    """Return a run with what a report to hand over shows beside it; no world is solved again that is still kept.

    In so many worlds (``searched``) other equilibria are looked for; in none where it is 0. What the
    ranges allow in each row of a ladder is searched for where ``bounds`` says so.
    """
    from quandary.ask.changes.ladder import claims_to_show, in_few_worlds, ladders
    from quandary.ask.changes.timeline import Line, followed
    from quandary.ask.claims.decision_rules import decision_rules
    from quandary.ask.games.evidence import conditions_of
    from quandary.ask.turning.swings import noise, swings
    from quandary.ask.why.choice import explained_choices
    from quandary.report.dossier import Dossier, seen_states

    rules = tuple(rule for rule in decision_rules(study) if rule.decision not in study.fillings.moved)
    seen = seen_states(report.names, conditions_of(study.evidence))
    headline = report.headline
    few = in_few_worlds(study)
    whole = report.findings.run.complete
    asked = claims_to_show(study.case, report.findings.claims) if whole else ()
    rungs = ladders(few, asked, search=bounds) if asked else ()
    if headline is None or report.over_fillings is not None:  # what follows averages over worlds, fillings there
        critic = _criticised(study, report, None) if whole else None
        why = "it was not asked for" if headline is None else "the answer hangs on numbers that nobody has put"
        return Dossier(report, rules, study.evidence, seen, not_searched=why, ladders=rungs, critique=critic)
    turning = _flips(study, headline.query)
    chosen = explained_choices(study, study.prepared(headline.query))
    if not study.run.complete:
        report = replace(report, findings=replace(report.findings, run=replace(report.findings.run, complete=False)))
    found, why_not = None, "worlds weigh by the checks, which such a search leaves out"
    if study.anchored is None:
        found, why_not = _other_equilibria(study, headline.query, searched)
    return Dossier(
        report,
        rules,
        study.evidence,
        seen,
        equilibria=found,
        not_searched=why_not,
        swings=swings(study, headline.answer),
        noise=noise(headline.answer),
        flips=turning,
        held=tuple((f.number, study.uniforms[f.number.name]) for f in turning.flips[:HELD]) if turning else (),
        choices=chosen,
        timeline=followed(study, [Line("headline", headline.asks, headline.query)]) if study.evidence else None,
        ladders=rungs,
        critique=_criticised(study, report, report.clones) if whole else None,
    )


def _criticised(study: Study, report: Report, listed: Clones | None) -> Critique:
    """Return what a critic would say of a run; what listing options twice does is known where it has a headline."""
    from quandary.ask.why.critique.critique import critique

    return critique(study, report.findings, report.headline, report.outside, listed=listed)


def _flips(study: Study, query: Expression) -> Flips | None:
    """Return what would change an answer; ``None`` where too few worlds are left to rank by."""
    from quandary.ask.turning.flips import flips

    try:
        return flips(study, study.prepared(query))
    except Refusal:
        return None


def _other_equilibria(study: Study, query: Expression, worlds: int) -> tuple[EquilibriaOfWorlds | None, str]:
    """Return what a search of some worlds finds, or ``None`` and why no search was made."""
    from quandary.ask.equilibria.equilibria import equilibria

    if not worlds:
        return None, "it was not asked for"
    try:
        return equilibria(study, [study.prepared(query)], worlds=worlds, starts=STARTS), ""
    except Refusal as refusal:
        return None, clause(refusal.problem.message)
