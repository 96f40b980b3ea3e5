"""The formats by name, and which of them a file is in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from quandary.base.problems import Problem, Refusal
from quandary.ledger.formats import fatebook, forecastbench, manifold, metaculus, plain, tables
from quandary.ledger.formats.items import Item, UnreadRow
from quandary.ledger.transfer import is_transfer

FORMATS = ("csv", "fatebook", "forecastbench", "json", "manifold", "metaculus")
READERS = {
    "fatebook": fatebook.read,
    "forecastbench": forecastbench.read,
    "manifold": manifold.read,
    "metaculus": metaculus.read,
}


def format_of(path: Path, encoding: str | None = None) -> str:
    """Return the format of a file by its ending and its columns. Raises ``Refusal`` (Q920) where it is not there."""
    if not path.exists():
        raise Refusal(Problem("Q920", f"there is no {path}", hint="name a file that is there"))
    if path.is_dir() or path.suffix.casefold() == ".zip":
        return "metaculus"
    if is_transfer(path):
        return "json"
    if path.suffix.casefold() == ".json":
        return "manifold"
    names = tables.columns(path, encoding)
    if fatebook.TITLE in names or set(fatebook.IMPORTED) <= set(names):
        return "fatebook"
    return "forecastbench" if set(forecastbench.COLUMNS) <= set(names) else "csv"


def read(
    path: Path, kind: str, encoding: str | None = None, told: Mapping[str, str] | None = None
) -> Iterator[Item | UnreadRow]:
    """Yield what the rows of a file say. Raises ``Refusal`` (Q920, Q921) where the file cannot be read at all."""
    return plain.read(path, encoding, told) if kind == "csv" else READERS[kind](path, encoding)
