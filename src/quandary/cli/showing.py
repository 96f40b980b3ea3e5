"""A result shown: as a JSON document, or for people, with what is said beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from quandary.cli.paper import paper
from quandary.cli.streams import contents, document, echo_lines
from quandary.use.results import Result

if TYPE_CHECKING:
    from quandary.report.documents.document import ResultDocument


def show(result: Result, *, as_json: bool, quiet: bool) -> None:
    """Print a result on standard output, and its notes on standard error."""
    if as_json:
        from quandary.report.documents.document import dumps

        document(dumps(cast("ResultDocument", result.document())))
    else:
        console = None
        for piece in result.pieces():
            if isinstance(piece, str):
                echo_lines([piece])
            else:
                console = console or paper()
                piece(console)
        made = result.content()
        if made is not None:
            contents(made)
    echo_lines(result.notes(quiet=quiet), err=True)
