"""``quandary new NAME``: a small, complete case of your own to start from."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import Annotated

import typer

from quandary.base.files import path_of
from quandary.base.problems import Problem, Refusal
from quandary.cli.options import AsJson, Force
from quandary.cli.outcome import told_to_people
from quandary.cli.signals import held
from quandary.cli.streams import document, echo_lines


def register(app: typer.Typer) -> None:
    """Add the command to the application."""

    @app.command()
    def new(
        name: Annotated[str, typer.Argument(help="The folder to make, for example `strait`.")],
        force: Force = False,
        as_json: AsJson = False,
    ) -> None:
        """Start a case of your own: a small crisis that runs as it is, commented line by line."""
        with told_to_people(as_json=as_json):
            folder = path_of(name)
            write_template(folder, force=force)
            case = folder / "case.yaml"
            if as_json:
                from quandary.report.documents.cases import NewDocument
                from quandary.report.documents.document import dumps

                document(dumps(NewDocument(str(case))))
                return
            named = shlex.quote(str(folder))
            echo_lines([f"Made {case}. It runs as it is; now make it yours.", ""])
            echo_lines([f"    quandary run {named}      what follows from it"])
            echo_lines([f"    quandary check {named}    what is missing or wrong"])


def write_template(folder: Path, *, force: bool = False) -> None:
    """Write the template case to ``folder``, whole or not at all; a folder already there is refused.

    With ``force`` the template's files are written into it, over those of the same names.
    """
    from quandary.base.files import write_folder
    from quandary.case.shipped import TEMPLATE, shipped_folder

    if os.path.lexists(folder) and not force:
        raise Refusal(Problem("Q805", f'"{folder}" is already there', hint="name another folder, or add --force"))
    template = shipped_folder() / TEMPLATE
    files = [path for path in template.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    contents = {path.relative_to(template).as_posix(): path.read_bytes() for path in files}
    with held():
        write_folder(folder, contents, force=force)
