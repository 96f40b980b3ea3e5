"""``quandary flips CASE CLAIM-OR-QUERY``: which assumptions would change an answer, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Optional

import typer

from quandary.cli.options import AsJson, AsOf, CaseArgument, Memory, NoEvidence, Quiet, Seed, checked_worlds, read_day
from quandary.cli.outcome import leave_unless, told_to_people
from quandary.cli.progress import progress_bar
from quandary.cli.showing import Shown, read_level, show

if TYPE_CHECKING:
    from quandary.ask.query.subject import AskedSubject
    from quandary.ask.study import Study
    from quandary.pipeline import Progress

THING = "question"
WORLDS = 10_000
STRUCTURE_WORLDS = 500

Thing = Annotated[
    str, typer.Argument(metavar="CLAIM-OR-QUERY", help="A claim, question, forecast or event, or a query.")
]
Reading = Annotated[
    Optional[str],  # noqa: UP045 - typer reads the annotation at run time
    typer.Argument(metavar="READING", help="One reading of the claim (default: each)."),
]
Level = Annotated[
    Optional[str],  # noqa: UP045 - as above
    typer.Option("--level", help="What the answer must cross, e.g. 30% or 0.3 (default: one half, or zero)."),
]
Structure = Annotated[
    bool, typer.Option("--structure", help="Cut arcs, observations, options and channels instead, solving anew.")
]
SomeWorlds = Annotated[
    Optional[int],  # noqa: UP045 - as above
    typer.Option("--worlds", "-w", help=f"How many worlds ({WORLDS:,}; with --structure {STRUCTURE_WORLDS})."),
]


def register(app: typer.Typer) -> None:
    """Add the command to the application."""

    @app.command()
    def flips(
        case: CaseArgument,
        thing: Thing,
        reading: Reading = None,
        level: Level = None,
        structure: Structure = False,
        worlds: SomeWorlds = None,
        seed: Seed = 1,
        memory: Memory = None,
        as_of: AsOf = None,
        no_evidence: NoEvidence = False,
        as_json: AsJson = False,
        quiet: Quiet = False,
    ) -> None:
        """Say which assumptions would change an answer: ranked, with the value at which it flips."""
        with told_to_people(as_json=as_json, texts={THING: thing}):
            from quandary.ask.query.subject import subjects
            from quandary.ask.study import Study
            from quandary.ask.turning.flips import level_of
            from quandary.base.places import Place
            from quandary.pipeline import load
            from quandary.report.words.unconverged import with_unconverged

            loaded, _ = load(case)
            asked = subjects(loaded, thing, reading, Place(THING, 1, 1))
            edge = read_level(level)
            for subject in asked:
                level_of(subject.query, edge)
            usual = STRUCTURE_WORLDS if structure else WORLDS
            study = Study(
                loaded,
                worlds=checked_worlds(usual if worlds is None else worlds),
                seed=seed,
                as_of=read_day(as_of),
                use_evidence=not no_evidence,
            )
            with progress_bar(quiet=quiet) as progress:
                look = _structure if structure else _assumptions
                shown, complete = look(study, asked, edge, progress)
            show(as_json, *with_unconverged(study.run.unconverged, (study.worlds, seed, case), *shown))
            leave_unless(complete)


def _assumptions(
    study: Study, asked: tuple[AskedSubject, ...], level: float | None, progress: Progress | None
) -> tuple[Shown, bool]:
    from quandary.ask.turning.flips import flips
    from quandary.report.analyses.flips import flips_json, flips_parts

    if progress is not None:
        study.progress = lambda done, total: progress("Solving worlds", done, total)
    study.need([subject.query for subject in asked])
    found = [(subject, flips(study, subject.query, level)) for subject in asked]
    run = study.run
    case = study.case
    return (lambda: flips_json(case, found, run), lambda: flips_parts(case, found, run)), run.complete


def _structure(
    study: Study, asked: tuple[AskedSubject, ...], level: float | None, progress: Progress | None
) -> tuple[Shown, bool]:
    from quandary.ask.turning.structure import structural_flips
    from quandary.report.analyses.structure import structure_json, structure_parts

    told = None if progress is None else lambda done, total: progress("Solving anew", done, total)
    found = structural_flips(study, asked, level, told)
    case = study.case
    return (lambda: structure_json(case, found), lambda: structure_parts(case, found)), found.complete
