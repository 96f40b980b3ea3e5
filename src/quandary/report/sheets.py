"""Sheets: the tables of a report, in words; the same for the page, for Markdown, and beside every chart."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sheet:
    """A table for people: ``caption`` says what it shows; the first cell of a row is its heading.

    ``flagged`` holds the numbers of the rows to set apart; what is wrong with them stands in the row as words.
    """

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    flagged: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"a row of {len(row)} cells under {len(self.columns)} columns")
