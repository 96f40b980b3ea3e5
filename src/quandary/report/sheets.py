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
class StripSpan:
    """What a strip draws of a row: the middle and the range of a difference, where it has one.

    ``heading`` stands over the row where it is another than that of the row before. ``mark`` is a verdict, ``told`` the
    share of worlds behind it, ``beside`` what stands at the end of the row.
    """

    heading: str
    label: str
    middle: float | None
    low: float | None
    high: float | None
    mark: str
    told: str
    beside: str = ""


@dataclass(frozen=True)
class Strip:
    """A sheet's rows drawn on one axis with a line at zero; ``below`` and ``above`` say what lies on either side.

    ``told`` and ``beside`` are the heads of what stands behind the rows.
    """

    below: str
    above: str
    told: str
    beside: str
    spans: tuple[StripSpan, ...]


@dataclass(frozen=True)
class Sheet:
    """A table for people: ``caption`` says what it shows; the first cell of a row is its heading.

    ``flagged`` holds the numbers of the rows to set apart; what is wrong with them stands in the row as words.
    ``numeric`` holds those of the columns that hold numbers; ``close`` columns have little space between them. A
    ``strip`` is drawn in place of the table by media that draw with letters, where there is room.
    """

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    flagged: frozenset[int] = frozenset()
    numeric: frozenset[int] = frozenset()
    close: bool = False
    strip: Strip | None = None

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"a row of {len(row)} cells under {len(self.columns)} columns")


ReportPart = Paragraph | Sheet
"""One part of what is shown."""
