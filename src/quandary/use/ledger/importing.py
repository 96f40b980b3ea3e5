"""Forecasts taken from other programs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from quandary.base.problems import Problem, Refusal
from quandary.base.stopping import heed
from quandary.use.ledger.opening import LedgerPlace, On, Who, day_of, store, told_name
from quandary.use.requests import About, NamedPlace
from quandary.use.results import Hands, Piece, Result

if TYPE_CHECKING:
    from quandary.ledger.importing import Imported
    from quandary.report.ledger.documents import LedgerImportDocument


@dataclass(frozen=True, kw_only=True)
class LedgerImportRequest:
    """A file, and what is to be known of it."""

    file: Annotated[Path, About("The file, ZIP or folder.", positional=True, names=NamedPlace.READ)]
    format: Annotated[
        str | None,
        About(
            "csv, fatebook, forecastbench, json (entries), manifold or metaculus (default: as it looks).",
            "-f",
            metavar="NAME",
        ),
    ] = None
    column: Annotated[
        tuple[str, ...],
        About('Of a CSV, what a column means: forecast=prob, or question="{state}: {name}".', metavar="NAME=COLUMN"),
    ] = ()
    encoding: Annotated[str | None, About("The encoding of its text (default: UTF-8).", metavar="NAME")] = None
    tag: Annotated[tuple[str, ...], About("A tag for each of its questions.", metavar="TAG")] = ()
    who: Who = None
    ledger: LedgerPlace = None
    on: On = None


@dataclass(frozen=True, eq=False)
class LedgerImported(Result):
    """What became of a file."""

    place: str
    file: Path
    found: Imported

    @property
    def unsolved(self) -> bool:
        """Return whether not one of its rows could be read."""
        return self.found.rows > 0 and self.found.unread == self.found.rows

    def document(self) -> LedgerImportDocument:
        """Return what was found as ``quandary.ledger-import/1``."""
        from quandary.report.ledger.documents import import_document

        return import_document(self.place, str(self.file), self.found)

    def pieces(self, *, code: bool = False) -> Iterator[Piece]:
        """Yield how many rows were read, what was added, and each row that was not read, with the reason."""
        from quandary.report.ledger.entries import imported_parts

        yield from imported_parts(self.place, self.file.name, self.found)


def run(request: LedgerImportRequest, hands: Hands) -> LedgerImported:
    """Return what became of a file: all that could be read is added at once, nothing twice."""
    from quandary.ledger.formats.formats import FORMATS, format_of
    from quandary.ledger.importing import import_file

    kind = request.format or format_of(request.file, request.encoding)
    if kind not in FORMATS:
        raise Refusal(Problem("Q912", f'"{kind}" is no format', hint=", ".join(FORMATS)))
    columns = {}
    for told in request.column:
        name, sign, column = told.partition("=")
        if not (sign and name.strip() and column.strip()) or kind != "csv":
            hint = "write it as NAME=COLUMN; only a plain CSV has columns to name"
            raise Refusal(Problem("Q921", f'"{told}" names no column', hint=hint))
        columns[name.strip()] = column.strip()
    with store(request.ledger, make=True) as kept:  # one transaction, so that it may be interrupted at any moment
        found = import_file(
            kept,
            request.file,
            kind,
            who=lambda: told_name(request.who, hands),
            today=day_of(request.on),
            encoding=request.encoding,
            columns=columns,
            tags=request.tag,
            tell=partial(_heard, hands),
        )
        return LedgerImported(kept.name, request.file, found)


def _heard(hands: Hands, what: str, done: int, total: int) -> None:
    """Tell the progress; raises ``Stopped`` where no more is wanted, and then nothing is added."""
    heed(hands.stop)
    if hands.progress is not None:
        hands.progress(what, done, total)
