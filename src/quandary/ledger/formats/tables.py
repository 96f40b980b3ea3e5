"""Rows of CSV that other programs wrote, and rows that spreadsheets will open: read row by row, with line numbers."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from quandary.base.problems import Problem, Refusal

LARGEST_CELL = 1 << 20
"""Signs of one cell; a quote that is never closed swallows the rest of a file, up to this."""
REREAD = 100
"""Rows with a quote that is not closed after which reading goes on with the next line; later ones take with them what
they swallow, so that no file takes for ever.
"""
MARKS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""Signs by which a spreadsheet takes text for a formula (OWASP, "CSV Injection")."""
BOMS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}


def rows(path: Path, encoding: str | None = None) -> Iterator[tuple[int, dict[str, str] | str]]:
    """Yield each row's line (from 1) with its cells by the names of the columns, or why it cannot be read.

    Raises ``Refusal`` (Q920) where the file cannot be opened, has no columns, or is not in its encoding (UTF-8 unless
    it begins with a mark of UTF-16).
    """
    try:
        with path.open("rb") as file:
            begins = file.read(3)
            file.seek(0)
            told = encoding or next((name for mark, name in BOMS.items() if begins.startswith(mark)), "utf-8")
            with io.TextIOWrapper(file, encoding=told, newline="") as text:
                yield from _rows(text, path)
    except OSError as fault:
        raise Refusal(Problem("Q920", f"{path} cannot be read: {fault.strerror}", hint="name another file")) from fault
    except (UnicodeError, LookupError) as fault:
        hint = "save it as UTF-8, or say what it is: --encoding cp1252"
        raise Refusal(Problem("Q920", f"{path} is not text in {encoding or 'UTF-8'}", hint=hint)) from fault


def columns(path: Path, encoding: str | None = None) -> tuple[str, ...]:
    """Return the names of a file's columns."""
    for _, row in rows(path, encoding):
        if isinstance(row, dict):
            return tuple(row)
    with path.open("rb") as file:
        begins = file.read(LARGEST_CELL).decode(encoding or "utf-8-sig", errors="replace")
    return tuple(next(csv.reader(begins.splitlines()), ()))


def written(names: Sequence[str], found: Iterable[Mapping[str, object]]) -> Iterator[str]:
    """Yield the lines of a CSV, its columns first; text that a spreadsheet would run gets a ``'`` before it."""
    held = io.StringIO()
    writer = csv.writer(held, lineterminator="\r\n")
    writer.writerow(names)
    for row in found:
        yield held.getvalue()
        held.seek(0)
        held.truncate()
        writer.writerow([neutral(row.get(name, "")) for name in names])
    yield held.getvalue()


def neutral(value: object) -> object:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith((*MARKS, "'")) else value


def meant(cell: str) -> str:
    """Return the text of a cell that ``neutral`` made."""
    return cell[1:] if cell.startswith("'") and cell[1:2] in (*MARKS, "'") and len(cell) > 1 else cell


class _Lines:
    """The lines of a file, with those of the row that is being read, so that they can be read again."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._again: list[str] = []
        self.row: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.pop() if self._again else next(self._lines)
        self.row.append(line)
        return line

    def begin(self) -> None:
        """Say that a row begins."""
        self.row.clear()

    def reread(self) -> None:
        """Read the row again but for its first line."""
        self._again += reversed(self.row[1:])
        self.row.clear()


def _rows(text: Iterable[str], path: Path) -> Iterator[tuple[int, dict[str, str] | str]]:
    csv.field_size_limit(LARGEST_CELL)
    lines = _Lines(text)
    reader = csv.reader(lines, strict=True)
    try:
        names = [name.strip() for name in next(reader, [])]
    except csv.Error as fault:
        raise Refusal(Problem("Q920", f"{path} has no columns that can be read: {fault}")) from fault
    if not any(names):
        raise Refusal(Problem("Q920", f"{path} has no columns", hint="its first row names them"))
    if twice := next((name for name in names if name and names.count(name) > 1), ""):
        raise Refusal(Problem("Q920", f'{path} has two columns "{twice}"', hint="name them apart"))
    line, left = 1 + len(lines.row), REREAD
    while True:
        lines.begin()
        try:
            row = next(reader, None)
        except csv.Error as fault:
            reader = csv.reader(lines, strict=True)
            yield line, _unclosed(fault, lines, left)
            if left:  # what a quote swallowed may be rows
                left -= 1
                lines.reread()
                line += 1
            else:
                line += len(lines.row)
            continue
        if row is None:
            return
        at, line = line, line + len(lines.row)
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(names):
            yield at, f"it has {len(row)} cell{'' if len(row) == 1 else 's'} under {len(names)} columns"
        elif any("\0" in cell for cell in row):
            yield at, "it holds signs that are no text (NUL): is the encoding right?"
        else:
            yield at, dict(zip(names, row, strict=True))


def _unclosed(fault: csv.Error, lines: _Lines, left: int) -> str:
    """Return why a row cannot be read, and what is lost with it."""
    lost = "" if left or len(lines.row) < 2 else f", and {len(lines.row) - 1:,} lines after it are lost with it"
    if "field larger" in str(fault) and len(lines.row) == 1:
        return f"a cell is longer than {LARGEST_CELL:,} signs{lost}"
    return f"its quotes are not balanced{lost}"
