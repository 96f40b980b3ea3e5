"""``quandary compare CASE_A CASE_B "QUERY"``: how two cases answer one question, and what makes the difference."""

from __future__ import annotations

from typing import Annotated

import typer

from quandary.cli.options import AsJson, AsOf, Memory, NoEvidence, Quiet, Seed, Worlds, checked_worlds, read_day
from quandary.cli.outcome import told_to_people
from quandary.cli.progress import progress_bar
from quandary.cli.showing import show

QUESTION = "question"

First = Annotated[str, typer.Argument(metavar="CASE_A", help="A case file, its folder, or a case that ships.")]
Second = Annotated[str, typer.Argument(metavar="CASE_B", help="The case to compare it with.")]


def register(app: typer.Typer) -> None:
    """Add the command to the application."""

    @app.command()
    def compare(
        first: First,
        second: Second,
        query: Annotated[str, typer.Argument(help='For example "P(invasion)".')],
        worlds: Worlds = 1_000,
        seed: Seed = 1,
        memory: Memory = None,
        as_of: AsOf = None,
        no_evidence: NoEvidence = False,
        as_json: AsJson = False,
        quiet: Quiet = False,
    ) -> None:
        """Compare how two cases answer one question, and share the difference among the assumptions that differ."""
        with told_to_people(as_json=as_json, texts={QUESTION: query}):
            from functools import partial

            from quandary.ask.study import Study
            from quandary.ask.turning.compare import compare as compared
            from quandary.base.places import Place
            from quandary.language.parser import parse_query
            from quandary.pipeline import load
            from quandary.report.analyses.compare import comparison_json, comparison_parts
            from quandary.report.words.unconverged import with_unconverged

            ours, theirs = load(first)[0], load(second)[0]
            parsed = parse_query(query, Place(QUESTION, 1, 1))
            study_of = partial(
                Study,
                worlds=checked_worlds(worlds),
                seed=seed,
                as_of=read_day(as_of),
                use_evidence=not no_evidence,
            )
            with progress_bar(quiet=quiet) as progress:
                told = None if progress is None else lambda done, total: progress("Exchanging parts", done, total)
                found = compared(ours, theirs, parsed, study_of, seed=seed, told=told)
            show(
                as_json,
                *with_unconverged(
                    found.unconverged,
                    (worlds, seed, first),
                    lambda: comparison_json(ours, theirs, found, seed),
                    lambda: comparison_parts(ours, theirs, parsed, found),
                ),
            )
