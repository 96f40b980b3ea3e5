"""``quandary show CASE --stage ...``: any stage of the way from text to answer, in a stable printed form."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated

import typer

from quandary.cli.options import AsJson, CaseArgument, Memory, Seed, Worlds, checked_worlds
from quandary.cli.outcome import told_to_people
from quandary.version import __version__


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
        worlds: Worlds = 1_000,
        seed: Seed = 1,
        memory: Memory = None,
        as_json: AsJson = False,
    ) -> None:
        """Show a stage: the case as read, the game, who must think about whom, the worlds drawn, the solution."""
        with told_to_people(as_json=as_json):
            from quandary.pipeline import show_stage

            lines = show_stage(case, stage.value, worlds=checked_worlds(worlds), seed=seed)
            if as_json:
                body = {"schema": "quandary.show/1", "version": __version__, "stage": stage.value, "lines": [*lines]}
                typer.echo(json.dumps(body, ensure_ascii=False, indent=2))
            else:
                for line in lines:
                    typer.echo(line)
