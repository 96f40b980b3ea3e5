"""``quandary equilibria CASE [QUERY]``: whether worlds have several equilibria, and what hangs on which is played."""

from __future__ import annotations

from typing import Annotated, Optional

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
from quandary.cli.showing import show

THING = "question"

MOST_STARTS = 10_000

Thing = Annotated[
    Optional[str],  # noqa: UP045 - typer reads the annotation at run time
    typer.Argument(metavar="[QUERY]", help="A claim, question or forecast of the case, or a query."),
]
Starts = Annotated[
    int, typer.Option("--starts", min=1, max=MOST_STARTS, help="From how many starts each world is searched.")
]


def register(app: typer.Typer) -> None:
    """Add the command to the application."""

    @app.command()
    def equilibria(
        case: CaseArgument,
        thing: Thing = None,
        worlds: Worlds = 200,
        starts: Starts = 30,
        seed: Seed = 1,
        memory: Memory = None,
        as_of: AsOf = None,
        no_evidence: NoEvidence = False,
        as_json: AsJson = False,
        quiet: Quiet = False,
    ) -> None:
        """Search worlds for other equilibria, list them, and say how an answer depends on which is played."""
        with told_to_people(as_json=as_json, texts={THING: thing or ""}):
            from functools import partial

            from quandary.ask.equilibria.equilibria import equilibria as search
            from quandary.ask.query.subject import subjects
            from quandary.ask.study import Study
            from quandary.base.places import Place
            from quandary.pipeline import load
            from quandary.report.analyses.equilibria_found import equilibria_json, equilibria_parts
            from quandary.report.words.unconverged import with_unconverged

            loaded, _ = load(case)
            asked = () if thing is None else subjects(loaded, thing, None, Place(THING, 1, 1))
            study = Study(
                loaded,
                worlds=checked_worlds(worlds),
                seed=seed,
                as_of=read_day(as_of),
                use_evidence=not no_evidence,
            )
            with progress_bar(quiet=quiet) as progress:
                told = None if progress is None else lambda done, total: progress("Searching worlds", done, total)
                found = search(study, [subject.query for subject in asked], worlds=worlds, starts=starts, told=told)
            body, parts = partial(equilibria_json, loaded, found), partial(equilibria_parts, loaded, found)
            show(as_json, *with_unconverged(found.unconverged, (worlds, seed, case), body, parts))
            leave_unless(found.complete)
