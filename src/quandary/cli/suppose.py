"""``quandary suppose CASE QUERY``: a policy announced, or something seen or hidden, and what it changes."""

from __future__ import annotations

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
from quandary.cli.outcome import leave_unless, told_to_people
from quandary.cli.progress import progress_bar
from quandary.cli.streams import document, echo_lines

if TYPE_CHECKING:
    from quandary.ask.changes.commitment import Supposition
    from quandary.case.model import Case

QUESTION = "question"
Several = Optional[list[str]]  # noqa: UP045 - typer reads the annotation at run time
Announce = Annotated[Several, typer.Option(help='A policy known to all: "answer: strong if war = yes; else weak".')]
Sees = Annotated[Several, typer.Option(help='Seen from then on: "answer: intent".')]
Hides = Annotated[Several, typer.Option(help='No longer seen from then on: "answer: intent".')]


def register(app: typer.Typer) -> None:
    """Add the command to the application."""

    @app.command()
    def suppose(
        case: CaseArgument,
        query: Annotated[str, typer.Argument(help='For example "P(invasion)".')],
        announce: Announce = None,
        sees: Sees = None,
        hides: Hides = None,
        worlds: Worlds = 10_000,
        seed: Seed = 1,
        memory: Memory = None,
        as_of: AsOf = None,
        no_evidence: NoEvidence = False,
        as_json: AsJson = False,
        quiet: Quiet = False,
    ) -> None:
        """Suppose a policy were announced before others choose, or an actor saw more or less."""
        with told_to_people(as_json=as_json, texts={QUESTION: query}):
            from quandary.ask.changes import commitment
            from quandary.ask.study import Study
            from quandary.base.places import Place
            from quandary.language.parser import parse_query
            from quandary.pipeline import load
            from quandary.report.words.unconverged import unconverged_lines

            parsed = parse_query(query, Place(QUESTION, 1, 1))
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
                found = commitment.suppose(study, parsed, _changes(loaded, announce or [], sees or [], hides or []))
            if as_json:
                from quandary.report.documents.changes import suppose_document
                from quandary.report.documents.document import dumps

                document(dumps(suppose_document(found, seed, study.run.unconverged)))
            else:
                from quandary.report.analyses.commitment import suppose_lines

                echo_lines(suppose_lines(parsed, found, seed))
                echo_lines(f"  {line}" for line in unconverged_lines(study.run.unconverged, worlds, seed, case))
            leave_unless(found.complete)


def _changes(case: Case, announce: list[str], sees: list[str], hides: list[str]) -> list[Supposition]:
    from quandary.ask.changes.commitment import read_announcement, read_sight

    return [
        *(read_announcement(case, text) for text in announce),
        *(read_sight(case, text, seen=True) for text in sees),
        *(read_sight(case, text, seen=False) for text in hides),
    ]
