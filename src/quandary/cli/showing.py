"""A result shown: as JSON, or printed for people; and numbers given as options, read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeAlias

from quandary.base.problems import Problem, Refusal
from quandary.cli.paper import paper
from quandary.cli.streams import document

if TYPE_CHECKING:
    from quandary.report.sheets import ReportPart

Shown: TypeAlias = "tuple[Callable[[], dict[str, Any]], Callable[[], Iterable[ReportPart]]]"
"""What makes the JSON of a result, and what makes its words and tables."""


def show(as_json: bool, body: Callable[[], dict[str, Any]], parts: Callable[[], Iterable[ReportPart]]) -> None:
    """Print the JSON that ``body`` makes, or the words and tables of ``parts``."""
    if as_json:
        from quandary.report.as_json import dumps

        document(dumps(body()))
    else:
        from quandary.report.media.columns import print_parts

        print_parts(parts(), paper())


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
