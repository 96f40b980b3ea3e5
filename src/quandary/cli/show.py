"""``quandary show CASE --stage ...``: any stage of the way from text to answer, in a stable printed form."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Optional

import typer

from quandary.base.problems import Problem, Refusal
from quandary.cli.options import AsJson, CaseArgument, Memory, Seed, checked_worlds
from quandary.cli.outcome import told_to_people
from quandary.cli.streams import document, echo_lines

WORLDS, WORLDS_OF_A_RUN = 1_000, 10_000

World = Annotated[
    Optional[int],  # noqa: UP045 - typer reads the annotation at run time
    typer.Option("--world", help="With --stage worlds: this world (from 0), and whether it converges."),
]
SomeWorlds = Annotated[
    Optional[int],  # noqa: UP045 - as above
    typer.Option(
        "--worlds",
        "-w",
        help=f"How many worlds to draw (default: {WORLDS:,}; {WORLDS_OF_A_RUN:,} with --world).",
    ),
]


class Stage(StrEnum):
    """What can be shown."""

    CASE = "case"
    GAME = "game"
    RELEVANCE = "relevance"
    WORLDS = "worlds"
    SOLUTION = "solution"


def register(app: typer.Typer) -> None:
    """Add the command to the application."""

    @app.command()
    def show(
        case: CaseArgument,
        stage: Annotated[Stage, typer.Option("--stage", help="Which stage to print.")] = Stage.GAME,
        world: World = None,
        worlds: SomeWorlds = None,
        seed: Seed = 1,
        memory: Memory = None,
        as_json: AsJson = False,
    ) -> None:
        """Show a stage: the case as read, the game, who must think about whom, the worlds drawn, the solution."""
        with told_to_people(as_json=as_json):
            from quandary.pipeline import show_stage

            if world is not None and stage is not Stage.WORLDS:
                message = f"--world goes with --stage worlds, not with {stage.value}"
                raise Refusal(Problem("Q806", message, hint="add --stage worlds, or leave --world out"))
            usual = WORLDS if world is None else WORLDS_OF_A_RUN
            count = checked_worlds(usual if worlds is None else worlds)
            lines = show_stage(case, stage.value, worlds=count, seed=seed, world=world)
            if as_json:
                from quandary.report.documents.cases import show_document
                from quandary.report.documents.document import dumps

                document(dumps(show_document(stage.value, lines)))
            else:
                echo_lines(lines)
