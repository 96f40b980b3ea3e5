"""``quandary explain CODE``: what a fault code means, with a broken line and its mend."""

from __future__ import annotations

from typing import Annotated

import typer

from quandary.base.faults import catalogue, entry
from quandary.cli.outcome import told_to_people
from quandary.cli.streams import document, echo


def register(app: typer.Typer) -> None:
    """Add the command to the application."""

    @app.command()
    def explain(
        code: Annotated[str, typer.Argument(help="A fault code such as Q104; without one, all are listed.")] = "",
        as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    ) -> None:
        """Explain a fault code: what is wrong, why it matters, and a mended example."""
        with told_to_people(as_json=as_json):
            chosen = [entry(code)] if code else list(catalogue().values())
            if as_json:
                from quandary.report.documents.document import dumps
                from quandary.report.documents.problems import explain_document

                document(dumps(explain_document(chosen)))
            elif code:
                echo(chosen[0].told())
            else:
                for fault in chosen:
                    echo(f"{fault.code}  {fault.title}")
