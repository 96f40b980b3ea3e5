"""Keeping a ledger: verified, exported, backed up and restored, and a person forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from quandary.base.problems import Problem, Refusal
from quandary.use.ledger.opening import LedgerPlace, speaker, store
from quandary.use.requests import About, Force, NamedPlace
from quandary.use.results import Hands, Piece, Result

if TYPE_CHECKING:
    from quandary.ledger.chain import Verification
    from quandary.report.ledger.documents import (
        LedgerBackupDocument,
        LedgerExportDocument,
        LedgerForgetDocument,
        LedgerVerifyDocument,
    )

FORMATS = ("csv", "fatebook", "json")


@dataclass(frozen=True, kw_only=True)
class LedgerVerifyRequest:
    """A ledger, and a head of it that was kept elsewhere."""

    head: Annotated[str, About("A head that was printed before and kept elsewhere.", metavar="HASH")] = ""
    ledger: LedgerPlace = None


@dataclass(frozen=True, kw_only=True)
class LedgerExportRequest:
    """A file to write."""

    output: Annotated[Path, About("The file to write.", metavar="FILE", positional=True, names=NamedPlace.WRITTEN)]
    format: Annotated[
        str, About("csv (all), fatebook (one person's), or json (the entries).", "-f", metavar="NAME", written="csv")
    ] = "csv"
    pseudonyms: Annotated[bool, About("Put pseudonyms in the place of names.")] = False
    who: Annotated[str | None, About("Whose forecasts Fatebook is to get.", metavar="NAME")] = None
    force: Force = False
    ledger: LedgerPlace = None


@dataclass(frozen=True, kw_only=True)
class LedgerForgetRequest:
    """A person."""

    person: Annotated[str, About("The name to take out.", positional=True)]
    ledger: LedgerPlace = None


@dataclass(frozen=True, kw_only=True)
class LedgerBackupRequest:
    """A file for the copy."""

    output: Annotated[Path, About("The file to write.", metavar="FILE", positional=True, names=NamedPlace.WRITTEN)]
    force: Force = False
    ledger: LedgerPlace = None


@dataclass(frozen=True, kw_only=True)
class LedgerRestoreRequest:
    """A copy, and where it is to go."""

    backup: Annotated[Path, About("The copy.", metavar="FILE", positional=True, names=NamedPlace.READ)]
    force: Force = False
    ledger: LedgerPlace = None


@dataclass(frozen=True, eq=False)
class LedgerVerified(Result):
    """Whether a ledger is whole."""

    place: str
    found: Verification

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Return what is broken, which is the answer itself."""
        from quandary.report.ledger.entries import verification_problems

        return verification_problems(self.place, self.found)

    def document(self) -> LedgerVerifyDocument:
        """Return what was found as ``quandary.ledger-verify/1``."""
        from quandary.report.ledger.documents import verify_document

        return verify_document(self.place, self.found)

    def pieces(self, *, code: bool = False) -> Iterator[Piece]:
        """Yield what is proved, or the first entry that is broken."""
        from quandary.report.ledger.entries import verified_parts

        yield from verified_parts(self.place, self.found)


@dataclass(frozen=True, eq=False)
class LedgerExported(Result):
    """What was written: how many questions, and how many of them the format cannot hold."""

    output: Path
    format: str
    questions: int
    left_out: int
    head: str

    def document(self) -> LedgerExportDocument:
        """Return what was found as ``quandary.ledger-export/1``."""
        from quandary.report.ledger.documents import export_document

        return export_document(str(self.output), self.format, self.questions, self.left_out, self.head)

    def pieces(self, *, code: bool = False) -> Iterator[Piece]:
        """Yield what was written."""
        yield f"Wrote {self.output}: {self.questions:,} question{'' if self.questions == 1 else 's'}."
        if self.left_out:
            yield f"Left out: {self.left_out:,}, which {self.format} cannot hold or which the person did not forecast."
        yield f"Head: {self.head}"


@dataclass(frozen=True, eq=False)
class LedgerForgotten(Result):
    """A person whose name is gone."""

    name: str
    head: str

    def document(self) -> LedgerForgetDocument:
        """Return what was found as ``quandary.ledger-forget/1``."""
        from quandary.report.ledger.documents import forget_document

        return forget_document(self.head)

    def pieces(self, *, code: bool = False) -> Iterator[Piece]:
        """Yield what became of the name, and what stays."""
        yield f"{self.name} is forgotten: the name is gone, the forecasts stay under a key that tells nothing of it."
        yield "Texts, quotes and sources that name the person, and copies made before, are as they were."
        yield "Who imports the person's forecasts again brings them in under another key, beside those that stay."
        yield f"Head: {self.head}"


@dataclass(frozen=True, eq=False)
class LedgerBackedUp(Result):
    """A copy that was made or put back."""

    written: Path | str
    entries: int
    head: str

    def document(self) -> LedgerBackupDocument:
        """Return what was found as ``quandary.ledger-backup/1``."""
        from quandary.report.ledger.documents import backup_document

        return backup_document(str(self.written), self.entries, self.head)

    def pieces(self, *, code: bool = False) -> Iterator[Piece]:
        """Yield what was written, with its head."""
        yield f"Wrote {self.written}: {self.entries:,} entries, verified."
        yield f"Head: {self.head}"


def verify(request: LedgerVerifyRequest, hands: Hands) -> LedgerVerified:
    """Return whether a ledger's chain holds, and with a head kept elsewhere whether nothing was removed."""
    from quandary.ledger.chain import is_head

    head = request.head.strip().casefold()
    if head and not is_head(head):
        hint = "it has 64 signs, 0 to 9 and a to f, as it was printed"
        raise Refusal(Problem("Q912", f'"{request.head.strip()}" is no head', hint=hint))
    with store(request.ledger) as kept:
        return LedgerVerified(kept.name, kept.verification(head or None))


def export(request: LedgerExportRequest, hands: Hands) -> LedgerExported:
    """Return what was written of a ledger, whole or not at all."""
    from quandary.base.files import write_files
    from quandary.ledger.exporting import exported

    if request.format not in FORMATS:
        raise Refusal(Problem("Q912", f'"{request.format}" is no format to write', hint=", ".join(FORMATS)))
    with store(request.ledger) as kept, hands.writing():
        person = ""
        if request.format == "fatebook":
            who = speaker(request.who, hands)
            person = next((key for key, name in kept.people().items() if name == who), "")
            if not person:
                raise Refusal(Problem("Q915", f'nobody is called "{who}" in {kept.name}'))
        made = exported(kept, request.format, person, pseudonyms=request.pseudonyms)
        write_files({request.output: made.parts}, force=request.force)
        return LedgerExported(request.output, request.format, made.questions, made.left_out, kept.head()[1])


def forget(request: LedgerForgetRequest, hands: Hands) -> LedgerForgotten:
    """Return that a person's name was taken out; the chain says so, and stays whole."""
    with store(request.ledger) as kept:
        key = next((key for key, name in kept.people().items() if name == request.person), None)
        if key is None:
            raise Refusal(
                Problem(
                    "Q915", f'nobody is called "{request.person}" in {kept.name}', hint="spell it as it was entered"
                )
            )
        with hands.writing():
            return LedgerForgotten(request.person, kept.forget(key).head)


def back_up(request: LedgerBackupRequest, hands: Hands) -> LedgerBackedUp:
    """Return the copy of a ledger in SQLite that was made, as it was at one moment; others may write meanwhile."""
    from quandary.ledger.backups import back_up as made

    with store(request.ledger) as kept, hands.writing():
        found = made(kept, request.output, force=request.force)
        return LedgerBackedUp(request.output, found.entries, found.head)


def restore(request: LedgerRestoreRequest, hands: Hands) -> LedgerBackedUp:
    """Return the ledger that a copy was put back as; one that is there already is replaced only with ``force``."""
    from quandary.ledger.backups import restore as restored
    from quandary.ledger.store.addresses import address_of

    with hands.writing():
        place, found = restored(request.backup, address_of(request.ledger), force=request.force)
        return LedgerBackedUp(place, found.entries, found.head)
