"""Files of SQLite: opened to be read only, copied while others write, and overwritten in one transaction."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from quandary.base.problems import Problem, Refusal
from quandary.ledger.store.faults import refusal_of

BESIDE = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a file, by the ends of the names."""
PATIENCE = 30
"""Seconds that a writer waits for another."""


def read_only(place: Path) -> str:
    """Return the URI by which a file is read that may not be written to, or whose folder may not; empty for others.

    SQLite makes files beside a ledger even to read it. Where it cannot, the ledger is read as one that nobody alters,
    unless what was last written stands in such a file, which it then needs.
    """
    if not place.exists() or (os.access(place, os.W_OK) and os.access(place.parent, os.W_OK)):
        return ""
    return _uri(place)


def make_folder(place: Path) -> None:
    """Make the folder of a file, where it is not there. Raises ``Refusal`` (Q902) where it cannot be made."""
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        hint = "name another place with --ledger"
        raise Refusal(Problem("Q902", f"{place.parent} cannot be made: {fault.strerror}", hint=hint)) from fault


def copy_file(copy: Path, target: Path) -> None:
    """Copy a file of SQLite, which is not altered by it, not even brought up to date. Raises ``Refusal`` (Q906)."""
    try:
        with (
            closing(sqlite3.connect(_uri(copy), PATIENCE, uri=True)) as source,
            closing(sqlite3.connect(target, PATIENCE)) as made,
        ):
            source.backup(made, progress=_not_locked)
    except sqlite3.Error as fault:
        raise refusal_of(fault, str(copy)) from fault


def overwrite(copy: Path, target: Path) -> bool:
    """Put a copy in the place of a database, all or nothing, and return whether that could be done: not where what is
    there is no database or is damaged. Raises ``Refusal`` (Q906) where others are writing, or there is no room.
    """
    try:
        with (
            closing(sqlite3.connect(copy, PATIENCE)) as source,
            closing(sqlite3.connect(target, PATIENCE)) as made,
        ):
            made.execute("PRAGMA synchronous = FULL")
            made.execute("PRAGMA secure_delete = ON")
            if made.execute("PRAGMA quick_check").fetchone() != ("ok",):
                return False
            source.backup(made, progress=_not_locked)
        return True
    except sqlite3.OperationalError as fault:
        raise refusal_of(fault, str(target)) from fault
    except sqlite3.DatabaseError:
        return False


def _not_locked(status: int, remaining: int, total: int) -> None:
    """Give up where others write all the time that was waited for; Python would wait without an end."""
    if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        message = "database is locked"
        raise sqlite3.OperationalError(message)


def _uri(place: Path) -> str:
    beside = Path(f"{place}-wal")
    still = "" if beside.exists() and beside.stat().st_size else "&immutable=1"
    return f"{Path(os.path.abspath(place)).as_uri()}?mode=ro{still}"  # noqa: PTH100 - links are left as they are
