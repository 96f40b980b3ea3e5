"""A result shown: as a JSON document, or for people, with what is said beside it."""

from __future__ import annotations

from quandary.cli.paper import paper
from quandary.cli.streams import contents, document, echo_lines
from quandary.use.results import Result


def show(result: Result, *, as_json: bool, quiet: bool, code: bool = False) -> None:
    """Print a result on standard output, and its notes on standard error."""
    found = result.document() if as_json else None
    if found is not None:
        from quandary.report.documents.document import dumps

        document(dumps(found))
    else:
        console = None
        for piece in result.pieces(code=code):
            if isinstance(piece, str):
                echo_lines([piece])
                continue
            console = console or paper()
            if callable(piece):
                piece(console)
            else:
                from quandary.report.media.columns import print_parts

                print_parts([piece], console)
        made = result.content()
        if made is not None:
            contents(made)
    echo_lines(result.notes(quiet=quiet), err=True)
