"""``quandary read ARTICLE``: from an article to statements and a draft case."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from quandary.cli.options import Force
from quandary.cli.outcome import told_to_people
from quandary.cli.streams import document, echo_lines


def register(app: typer.Typer) -> None:
    """Add the command to the application."""

    @app.command()
    def read(
        article: Annotated[str, typer.Argument(help="A text, Markdown, HTML, PDF or Word file; - for standard input.")],
        out: Annotated[
            Optional[Path],  # noqa: UP045 - typer reads the annotation at run time
            typer.Option("--out", "-o", metavar="FOLDER", help="Write a draft case here."),
        ] = None,
        as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
        review: Annotated[
            bool, typer.Option("--review", help="Walk through the proposals: accept, edit or reject each.")
        ] = False,
        extractor: Annotated[
            str, typer.Option(help="rules (built in, offline) or openai (asks --endpoint).")
        ] = "rules",
        endpoint: Annotated[
            Optional[str],  # noqa: UP045
            typer.Option(metavar="URL", help="An OpenAI-compatible address; the only thing that uses the network."),
        ] = None,
        model: Annotated[
            Optional[str],  # noqa: UP045
            typer.Option(metavar="NAME", help="The endpoint's model, or an installed spaCy model."),
        ] = None,
        force: Force = False,
    ) -> None:
        """Read an article: who says what, what happened, and a draft case with every line's quote."""
        with told_to_people(as_json=as_json):
            from quandary.read.command import carry_out

            reading, said = carry_out(
                article,
                out,
                review=review,
                extractor=extractor,
                endpoint=endpoint,
                model=model,
                force=force,
            )
            if as_json:
                from quandary.report.documents.article import read_document
                from quandary.report.documents.document import dumps

                document(dumps(read_document(reading)))
            else:
                echo_lines(said.split("\n"))
