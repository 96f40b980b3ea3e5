"""The main job: from a case file to tested claims. The way of the data in one screen: ``studied``."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from quandary.use.requests import (
    DISCREPANCY,
    Anchored,
    ArticleText,
    AsOf,
    CaseName,
    Discrepancy,
    Evidence,
    Memory,
    SchemaVersion,
    Search,
    Seed,
    ShowAll,
    Worlds,
)
from quandary.use.results import NEWEST, Hands, Piece, Result, going_away
from quandary.use.studies import anchored_by, loaded_case, newest_with_unknowns, study_of

if TYPE_CHECKING:
    from rich.console import Console

    from quandary.ask.claims.headline import LeadingQuestion
    from quandary.ask.outside import ReadyComparison
    from quandary.ask.query.queries import Query
    from quandary.ask.study import Study
    from quandary.base.problems import Problem
    from quandary.case.model import Case
    from quandary.report.documents.runs.earlier import EarlierRunDocument
    from quandary.report.documents.runs.run import RunDocument
    from quandary.report.words.record import Report

FLAGSHIP = "kazakhstan-2022"

WIDEST = 100
"""Columns of text at most, and where the output goes to a file."""


@dataclass(frozen=True, kw_only=True)
class RunRequest:
    """A case, and how it is to be run.

    ``search`` looks for what holds by construction, and how far the answer depends on how options are listed."""

    case: CaseName
    worlds: Worlds = 10_000
    seed: Seed = 1
    memory: Memory = None
    as_of: AsOf = None
    evidence: Evidence = True
    anchored: Anchored = False
    discrepancy: Discrepancy = DISCREPANCY
    search: Search = True
    text: ArticleText = None
    all: ShowAll = False
    schema: SchemaVersion = NEWEST


@dataclass(frozen=True, kw_only=True)
class DemoRequest:
    """How the flagship is to be run."""

    worlds: Worlds = 10_000
    seed: Seed = 1
    memory: Memory = None
    all: ShowAll = False
    schema: SchemaVersion = NEWEST


@dataclass(frozen=True, eq=False)
class RunResult(Result):
    """Everything that a run says; ``schema`` is the version of its document.

    For people it is the first screen, and ``everything`` where that was asked for.
    """

    report: Report
    schema: int = NEWEST
    everything: bool = False

    @property
    def complete(self) -> bool:
        """Return whether every world was solved, and what was to be searched."""
        return self.report.complete

    def document(self) -> RunDocument | EarlierRunDocument:
        """Return what was found as ``quandary.run/2``, or ``/1`` where that was asked for."""
        from quandary.report.documents.runs.earlier import earlier_run_document
        from quandary.report.documents.runs.run import run_document

        return run_document(self.report) if self.schema == NEWEST else earlier_run_document(self.report)

    def pieces(self, *, code: bool = False) -> Iterator[Piece]:
        """Yield the report for a terminal."""
        yield partial(self._print, code=code)

    def notes(self, *, quiet: bool = False) -> tuple[str, ...]:
        """Return that the document's version goes away, where an earlier one was asked for."""
        return going_away(self.schema)

    def _print(self, console: Console, *, code: bool) -> None:
        from quandary.report.media.terminal import print_report

        console.width = min(console.width, WIDEST) if console.is_terminal else WIDEST
        print_report(replace(self.report, code=code), console, everything=self.everything)


def run(request: RunRequest, hands: Hands) -> RunResult:
    """Return everything a run says: the case is read, compiled, solved in every world, and asked all it claims."""
    return RunResult(studied(request, hands)[1], request.schema, request.all)


def run_request(request: Any) -> RunRequest:  # noqa: ANN401 - the request of any task that runs a case first
    """Return the request for the run that another task begins with: the fields that both have."""
    own = {one.name for one in fields(RunRequest)} & {one.name for one in fields(request)}
    return RunRequest(**{name: getattr(request, name) for name in own})


def demo(request: DemoRequest, hands: Hands) -> RunResult:
    """Return what a run of the flagship says."""
    settings = {one.name: getattr(request, one.name) for one in fields(request)}
    return run(RunRequest(case=FLAGSHIP, **settings), hands)


def studied(request: RunRequest, hands: Hands, *, follow: bool = False) -> tuple[Study, Report]:
    """Return a run with its study, which can be asked on: what a report to hand over starts from.

    With ``follow`` the same pass over the worlds answers what the headline's timeline will ask, and all is looked into
    that ``all`` asks for.
    """
    case, problems = loaded_case(request.case, request.text)
    return studied_case(case, problems, request, hands, follow=follow)


def studied_case(
    case: Case, problems: tuple[Problem, ...], request: RunRequest, hands: Hands, *, follow: bool = False
) -> tuple[Study, Report]:
    """Return a run of a case that was read, as ``studied`` does."""
    from quandary.ask.claims.findings import with_enough_worlds

    started = time.perf_counter()
    study = study_of(case, request, request.worlds, hands, anchored=anchored_by(request))
    newest_with_unknowns(study, getattr(request, "schema", NEWEST))
    asked = asked_beside(study, follow=follow)
    study = with_enough_worlds(study, asked.queries)
    whole = request.search and (request.all or follow)
    report = reported(study, asked, request.case, problems, search=request.search, whole=whole)
    return study, replace(report, seconds=time.perf_counter() - started)


@dataclass(frozen=True)
class AskedBeside:
    """What a run asks beside the case's own claims and questions: its headline, and what outside views are about.

    ``queries`` are all of it, and what the headline's timeline will ask where that is to follow.
    """

    leading: LeadingQuestion | None
    headline: Query | None
    outside: tuple[ReadyComparison, ...]
    queries: tuple[Query, ...]


def asked_beside(study: Study, *, follow: bool = False) -> AskedBeside:
    """Return what a run of a study's case asks beside; with ``follow`` also what its headline's timeline will."""
    from quandary.ask.claims.headline import headline_query
    from quandary.ask.outside import outside_queries

    leading = headline_query(study.case)
    query = None if leading is None else study.prepared(leading.query)
    outside = outside_queries(study.case)
    queries = [*(() if query is None else (query,)), *(own for _, own in outside)]
    if follow and leading is not None:
        from quandary.ask.changes.timeline import Line, needed

        queries += needed(study, [Line("headline", leading.asks, leading.query)])
    return AskedBeside(leading, query, outside, tuple(queries))


def reported(
    study: Study,
    asked: AskedBeside,
    named: str,
    problems: tuple[Problem, ...],
    *,
    search: bool = False,
    whole: bool = False,
) -> Report:
    """Return what a study of enough worlds finds, without the time that it took.

    ``search`` and ``whole`` say how far what verdicts rest on is looked into, as ``findings`` has it.
    """
    from quandary.ask.changes.clones import clones
    from quandary.ask.changes.ladder import in_few_worlds
    from quandary.ask.claims.construction.by_construction import Budget
    from quandary.ask.claims.findings import findings
    from quandary.ask.outside import outside_results
    from quandary.ask.turning.headline import headline_of, looked_into
    from quandary.ask.turning.swings import carrying_swings
    from quandary.report.words.record import Report

    case, leading, query = study.case, asked.leading, asked.headline
    found = findings(study, Budget() if search else None, also=asked.queries, whole=whole)
    headline = None if leading is None or query is None else headline_of(study, leading, query)
    hangs = found.unknowns is not None and leading is not None and found.unknowns.of(leading.query) is not None
    if headline is not None and query is not None and whole and found.run.complete and not hangs:
        headline = looked_into(study, headline, query, found.questions)
    twice = None
    if query is not None and search and found.run.complete and not hangs:
        twice = clones(in_few_worlds(study), query)
    numbers = {number.name: number for number in study.model.quantities}
    compared = outside_results(study, asked.outside)
    hangs_on = () if query is None else carrying_swings(study, query)
    told = (case, named, study.as_of, problems, found, headline, numbers, 0.0)
    return Report(*told, outside=compared, hangs_on=hangs_on, clones=twice)
