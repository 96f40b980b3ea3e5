"""What is shown to people before any medium renders it: paragraphs and sheets, the tables of a report.

The same sheet serves the terminal, the page, Markdown, and stands beside a chart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Tone = Literal["plain", "title", "strong", "aside"]


@dataclass(frozen=True)
class Paragraph:
    """A paragraph, or an empty line; ``tone`` says how it is set apart, ``indent`` by how many letters it is set in."""

    text: str = ""
    tone: Tone = "plain"
    indent: int = 0


@dataclass(frozen=True)
class Sheet:
    """A table for people: ``caption`` says what it shows; the first cell of a row is its heading.

    ``flagged`` holds the numbers of the rows to set apart; what is wrong with them stands in the row as words.
    ``numeric`` holds those of the columns that hold numbers; ``close`` columns have little space between them.
    """

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    flagged: frozenset[int] = frozenset()
    numeric: frozenset[int] = frozenset()
    close: bool = False

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"a row of {len(row)} cells under {len(self.columns)} columns")


ReportPart = Paragraph | Sheet
"""One part of what is shown."""
