"""Paragraphs and sheets on a terminal; tables break at spaces only, so that every name can be read and copied."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from quandary.report.media.strips import StripLines
from quandary.report.sheets import ReportPart, Sheet, Tone

STYLES: dict[Tone, str] = {"plain": "", "title": "bold underline", "strong": "bold", "aside": "dim"}


FIXED = "\N{NO-BREAK SPACE}"

SHORT = 16
"""Signs of a cell that is not broken while there is room."""


def print_parts(parts: Iterable[ReportPart], console: Console) -> None:
    """Print paragraphs and sheets, one after the other."""
    for one in parts:
        console.print(_renderable(one))


def _renderable(one: ReportPart) -> RenderableType:
    if isinstance(one, Sheet):
        heads = [(column, number in one.numeric) for number, column in enumerate(one.columns)]
        table = TableColumns(heads, 1 if one.close else 2, list(one.rows))
        return table if one.strip is None else StripLines(one.strip, table)
    text = Text(one.text, style=STYLES[one.tone])
    return Padding(text, (0, 0, 0, one.indent), expand=False) if one.indent else text


@dataclass
class TableColumns:
    """A table without lines. ``heads`` are the columns' names, each with whether it is of numbers, set to the right.

    Where no column has a name there is no line of them.
    Where the terminal is too narrow for the longest words of all columns beside each other, each row is a few lines.
    """

    heads: Sequence[tuple[str, bool]]
    gap: int = 2
    rows: list[tuple[str, ...]] = field(default_factory=list)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        """Yield the table for the width at hand."""
        widths = self._widths(options.max_width)
        if widths is None:
            yield from self._lines()
            return
        headed = any(head for head, _ in self.heads)
        table = Table(box=None, padding=(0, self.gap, 0, 0), header_style="dim", show_header=headed)
        for (head, right), width in zip(self.heads, widths, strict=True):
            table.add_column(head, justify="right" if right else "left", width=width)
        for row in self.rows:
            table.add_row(*("\n".join(_broken(cell, width)) for cell, width in zip(row, widths, strict=True)))
        yield table

    def _widths(self, width: int) -> list[int] | None:
        """Return what each column takes: at least its longest word, short cells whole; none where that fails.

        What is left goes, sign by sign, to the column that most often is the highest of a row, so that rows take few
        lines.
        """
        cells = [[head, *(row[i] for row in self.rows)] for i, (head, _) in enumerate(self.heads)]
        widths = [max((cell_len(word) for cell in column for word in _words(cell)), default=0) for column in cells]
        left = width - sum(widths) - self.gap * len(widths)
        if left < 0:
            return None
        told = [max(map(cell_len, column[1:]), default=0) for column in cells]
        for i in sorted((i for i in range(len(told)) if told[i] <= SHORT), key=told.__getitem__):
            more = max(min(left, told[i] - widths[i]), 0)
            widths[i] += more
            left -= more
        heights = [[len(_broken(cell, widths[i])) for cell in column] for i, column in enumerate(cells)]
        while left:
            rows = [max(row) for row in zip(*heights, strict=True)]
            highest = [sum(h for h, row in zip(column, rows, strict=True) if 1 < h == row) for column in heights]
            if not any(highest):
                break
            most = highest.index(max(highest))
            widths[most] += 1
            left -= 1
            heights[most] = [len(_broken(cell, widths[most])) for cell in cells[most]]
        return widths

    def _lines(self) -> Iterator[RenderableType]:
        for row in self.rows:
            told = [(head, cell, right) for (head, right), cell in zip(self.heads, row, strict=True) if cell]
            yield Text(" ".join(cell for _, cell, right in told if not right))
            numbers = "; ".join(f"{head} {cell}".strip() for head, cell, right in told if right)
            yield Padding(Text(numbers), (0, 0, 0, 2))


def _words(cell: str) -> list[str]:
    """Return what a cell is never broken inside of: its words, a number with its ``%``, a name with its star."""
    kept = cell.replace(" %", f"{FIXED}%").replace(" *", f"{FIXED}*")
    return [word.replace(FIXED, " ") for word in kept.split(" ") if word]


def _broken(cell: str, width: int) -> list[str]:
    """Return the lines into which a cell breaks."""
    lines: list[str] = []
    for part in cell.split("\n"):
        if cell_len(part) <= width:
            lines.append(part)
            continue
        lines.append(" " * (len(part) - len(part.lstrip(" "))))
        for word in _words(part):
            if lines[-1].strip() and cell_len(lines[-1]) + 1 + cell_len(word) > width:
                lines.append(word)
            else:
                lines[-1] += f" {word}" if lines[-1].strip() else word
    return lines
