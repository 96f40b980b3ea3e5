"""Rows of CSV that other programs wrote, and rows that spreadsheets will open: read row by row, with line numbers."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from quandary.base.problems import Problem, Refusal

LARGEST_CELL = 1 << 20
"""Signs of one cell; a quote that is never closed swallows the rest of a file, up to this."""
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
            yield from _rows(io.TextIOWrapper(file, encoding=told, newline=""), path)
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


def _rows(lines: Iterable[str], path: Path) -> Iterator[tuple[int, dict[str, str] | str]]:
    csv.field_size_limit(LARGEST_CELL)
    reader = csv.reader((line.replace("\0", "") for line in lines), strict=True)
    try:
        names = [name.strip() for name in next(reader, [])]
    except csv.Error as fault:
        raise Refusal(Problem("Q920", f"{path} has no columns that can be read: {fault}")) from fault
    if not any(names):
        raise Refusal(Problem("Q920", f"{path} has no columns", hint="its first row names them"))
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader, None)
        except csv.Error as fault:
            yield line, f"a quote is not closed, or a cell is longer than {LARGEST_CELL:,} signs ({fault})"
            continue
        if row is None:
            return
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(names):
            yield line, f"it has {len(row)} cells under {len(names)} columns"
            continue
        yield line, dict(zip(names, row, strict=True))
