"""What an analysis found, ready for people: it prints as on the command line and shows itself in a notebook."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from rich.console import Console

from quandary.base.characters import visible
from quandary.report.documents.document import ResultDocument, plain
from quandary.report.html.escaping import escaped
from quandary.report.html.notebook import sheet_html
from quandary.report.media.columns import print_parts
from quandary.report.sheets import Paragraph, ReportPart, Sheet

Record_co = TypeVar("Record_co", covariant=True)

WIDTH = 120
"""Letters in a line of text."""


@dataclass(frozen=True, eq=False, repr=False)
class Finding(Generic[Record_co]):
    """``found`` is the record of what was found; ``parts`` are the words and tables of the command of that name."""

    found: Record_co
    parts: Callable[[], Iterable[ReportPart]]
    document: Callable[[], ResultDocument]

    def to_dict(self) -> dict[str, Any]:
        """Return what the command prints with ``--json``."""
        return dict(plain(self.document()))

    def __str__(self) -> str:
        text = io.StringIO()
        console = Console(file=text, width=WIDTH, color_system=None, highlight=False, markup=False, emoji=False)
        print_parts(self.parts(), console)
        return "\n".join(line.rstrip() for line in visible(text.getvalue()).split("\n")).rstrip("\n")

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return f"<div>{''.join(map(_part_html, self.parts()))}</div>"


def _part_html(part: ReportPart) -> str:
    if isinstance(part, Sheet):
        return sheet_html(part)
    return f"<div style='margin-left:2em'>{_paragraph(part)}</div>" if part.indent else _paragraph(part)


def _paragraph(part: Paragraph) -> str:
    words = escaped(part.text.strip())
    if not words:
        return ""
    if part.tone in ("title", "strong"):
        words = f"<b>{words}</b>"
    return f"<p><small>{words}</small></p>" if part.tone == "aside" else f"<p>{words}</p>"
