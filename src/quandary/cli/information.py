"""``quandary information CASE THING``: what knowing, controlling or studying something is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Optional

import typer

from quandary.cli.options import AsJson, AsOf, CaseArgument, Memory, NoEvidence, Quiet, Seed, checked_worlds, read_day
from quandary.cli.outcome import leave_unless, told_to_people
from quandary.cli.progress import progress_bar
from quandary.cli.showing import Shown, show

if TYPE_CHECKING:
    from quandary.ask.study import Study
    from quandary.pipeline import Progress

THING, PAYOFF = "question", "payoff"
WORLDS = 10_000
SOLVING_WORLDS = 300

Thing = Annotated[
    str, typer.Argument(metavar="DECISION-OR-QUERY", help="A decision (actor.decision); or a claim, question or query.")
]
Variables = Annotated[
    Optional[list[str]],  # noqa: UP045 - typer reads the annotation at run time
    typer.Argument(metavar="VARIABLE", help="Look at these variables only (with a decision)."),
]
Control = Annotated[bool, typer.Option("--control", help="Also what each chance event would be worth to control.")]
Choose = Annotated[bool, typer.Option("--choose", help="Which option is best, and which assumptions to study first.")]
Payoff = Annotated[
    Optional[str],  # noqa: UP045 - as above
    typer.Option("--payoff", metavar="QUERY", help="What to choose for (with --choose; default: the actor's payoff)."),
]
SomeWorlds = Annotated[
    Optional[int],  # noqa: UP045 - as above
    typer.Option("--worlds", "-w", help=f"How many worlds ({WORLDS:,}; {SOLVING_WORLDS} where games are solved anew)."),
]


def register(app: typer.Typer) -> None:
    """Add the command to the application."""

    @app.command()
    def information(
        case: CaseArgument,
        thing: Thing,
        variables: Variables = None,
        control: Control = False,
        choose: Choose = False,
        payoff: Payoff = None,
        worlds: SomeWorlds = None,
        seed: Seed = 1,
        memory: Memory = None,
        as_of: AsOf = None,
        no_evidence: NoEvidence = False,
        as_json: AsJson = False,
        quiet: Quiet = False,
    ) -> None:
        """Say what it is worth to an actor to know or control something, or to the analyst to study an assumption."""
        with told_to_people(as_json=as_json, texts={THING: thing, PAYOFF: payoff or ""}):
            from quandary.ask.study import Study
            from quandary.ask.turning.information import is_decision
            from quandary.pipeline import load
            from quandary.report.words.unconverged import with_unconverged

            loaded, _ = load(case)
            solving = is_decision(loaded, thing) and not choose and payoff is None
            study = Study(
                loaded,
                worlds=checked_worlds((SOLVING_WORLDS if solving else WORLDS) if worlds is None else worlds),
                seed=seed,
                as_of=read_day(as_of),
                use_evidence=not no_evidence,
            )
            with progress_bar(quiet=quiet) as progress:
                if solving:
                    (body, printed), complete = _of_decision(study, thing, tuple(variables or ()), control, progress)
                elif choose or payoff is not None:
                    (body, printed), complete = _of_choice(study, thing, payoff, progress)
                else:
                    (body, printed), complete = _of_study(study, thing, variables, progress)
            show(as_json, body, with_unconverged(study.run.unconverged, (study.worlds, seed, case), printed))
            leave_unless(complete)


def _of_decision(
    study: Study, thing: str, variables: tuple[str, ...], control: bool, progress: Progress | None
) -> tuple[Shown, bool]:
    from quandary.ask.turning.information import decision_named, information
    from quandary.report.analyses.information import print_information
    from quandary.report.documents.information import information_document

    told = None if progress is None else lambda done, total: progress("Solving anew", done, total)
    found = information(study, decision_named(study.case, thing), variables, control=control, told=told)
    case, lost = study.case, study.run.unconverged
    shown = (
        lambda: information_document(case, found, lost),
        lambda to: print_information(case, found, to),
    )
    return shown, found.complete


def _of_choice(study: Study, thing: str, payoff: str | None, progress: Progress | None) -> tuple[Shown, bool]:
    from quandary.ask.turning.information import decision_named
    from quandary.ask.turning.studying import advice
    from quandary.base.places import Place
    from quandary.language.parser import parse_query
    from quandary.report.analyses.information import print_advice
    from quandary.report.documents.answers import work_of_run
    from quandary.report.documents.information import advice_document

    decision = decision_named(study.case, thing)
    wanted = None if payoff is None else parse_query(payoff, Place(PAYOFF, 1, 1))
    _shows_worlds(study, progress)
    found = advice(study, decision, wanted)
    case, worlds, seed = study.case, study.worlds, study.seed
    run = study.run
    shown = (
        lambda: advice_document(case, found, worlds, seed, work_of_run(run)),
        lambda to: print_advice(case, found, worlds, seed, to),
    )
    return shown, run.complete


def _of_study(study: Study, thing: str, reading: list[str] | None, progress: Progress | None) -> tuple[Shown, bool]:
    from quandary.ask.query.subject import subjects
    from quandary.ask.turning.studying import studying
    from quandary.base.places import Place
    from quandary.report.analyses.information import print_studying
    from quandary.report.documents.answers import work_of_run
    from quandary.report.documents.information import studying_document

    asked = subjects(study.case, thing, reading[0] if reading else None, Place(THING, 1, 1))
    _shows_worlds(study, progress)
    study.need([subject.query for subject in asked])
    found = [(subject, studying(study, subject.query)) for subject in asked]
    case, worlds, seed = study.case, study.worlds, study.seed
    run = study.run
    shown = (
        lambda: studying_document(case, found, worlds, seed, work_of_run(run)),
        lambda to: print_studying(case, found, worlds, seed, to),
    )
    return shown, run.complete


def _shows_worlds(study: Study, progress: Progress | None) -> None:
    if progress is not None:
        study.progress = lambda done, total: progress("Solving worlds", done, total)
