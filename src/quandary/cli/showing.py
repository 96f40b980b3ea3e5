"""A result shown: as JSON, or printed for people; and numbers given as options, read."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from quandary.base.problems import Problem, Refusal
from quandary.cli.paper import paper
from quandary.cli.streams import document

if TYPE_CHECKING:
    from rich.console import Console

    from quandary.report.documents.document import ResultDocument

Shown: TypeAlias = "tuple[Callable[[], ResultDocument], Callable[[Console], None]]"
"""What makes the JSON of a result, and what prints it for people."""


def show(as_json: bool, body: Callable[[], ResultDocument], printed: Callable[[Console], None]) -> None:
    """Print the JSON that ``body`` makes, or let ``printed`` write to the terminal."""
    if as_json:
        from quandary.report.documents.document import dumps

        document(dumps(body()))
    else:
        printed(paper())


def read_level(written: str | None) -> float | None:
    """Return a number or a percentage as a number, ``None`` for none; Q563 for anything else."""
    if written is None:
        return None
    text = written.strip()
    try:
        return float(text.removesuffix("%")) / (100.0 if text.endswith("%") else 1.0)
    except ValueError:
        message = f'"{written}" is neither a number nor a percentage'
        raise Refusal(Problem("Q563", message, hint="write it as 30% or 0.3, for points as a plain number")) from None
