"""``quandary new NAME``: a small, complete case of your own to start from."""

from __future__ import annotations

import json
import shlex
import shutil
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from quandary.cli.options import AsJson
from quandary.cli.outcome import told_to_people
from quandary.problems import Problem, Refusal
from quandary.version import __version__


def register(app: typer.Typer) -> None:
    """Add the command to the application."""

    @app.command()
    def new(
        name: Annotated[str, typer.Argument(help="The folder to make, for example `strait`.")], as_json: AsJson = False
    ) -> None:
        """Start a case of your own: a small crisis that runs as it is, commented line by line."""
        with told_to_people(as_json=as_json):
            folder = Path(name)
            write_template(folder)
            case = folder / "case.yaml"
            if as_json:
                made = {"schema": "quandary.new/1", "version": __version__, "case": str(case)}
                typer.echo(json.dumps(made, ensure_ascii=False, indent=2))
                return
            typer.echo(f"Made {case}. It runs as it is; now make it yours.\n")
            named = shlex.quote(str(folder))
            typer.echo(f"    quandary run {named}      what follows from it")
            typer.echo(f"    quandary check {named}    what is missing or wrong")


def write_template(folder: Path) -> None:
    """Copy the template case to ``folder``, whole or not at all; a folder already there is refused."""
    from quandary.case.shipped import TEMPLATE, shipped_folder

    if folder.exists():
        raise Refusal(Problem("Q805", f'"{folder}" is already there', hint="name another folder"))
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.") as temporary:
        made = Path(temporary) / folder.name
        shutil.copytree(shipped_folder() / TEMPLATE, made, ignore=shutil.ignore_patterns("__pycache__"))
        made.rename(folder)
