"""``quandary schema``: the JSON Schema of the case language, for editors."""

from __future__ import annotations

from importlib.resources import files

import typer

from quandary.cli.outcome import told_to_people
from quandary.cli.streams import echo


def register(app: typer.Typer) -> None:
    """Add the command to the application."""

    @app.command()
    def schema() -> None:
        """Print the JSON Schema of case files, so that an editor completes and checks them."""
        with told_to_people(as_json=False):
            text = files("quandary.case.schema").joinpath("case.schema.json").read_text(encoding="utf-8")
            echo(text.rstrip("\n"))
