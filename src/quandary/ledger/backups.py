"""Copies of a ledger in SQLite: made while others write, verified, and put back whole."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.engine import URL

from quandary.base.files import check_place
from quandary.base.problems import Problem, Refusal
from quandary.ledger.chain import Verification
from quandary.ledger.store.addresses import shown
from quandary.ledger.store.files import BESIDE, copy_file, make_folder, overwrite
from quandary.ledger.store.store import Store


def back_up(store: Store, target: Path, *, force: bool = False) -> Verification:
    """Write a verified copy of a ledger to a file, whole or not at all. Raises ``Refusal`` for PostgreSQL (Q906), and
    where the file is there already (Q805) or cannot be written.
    """
    if store.address.get_backend_name() != "sqlite":
        hint = "use pg_dump, or quandary ledger export --format json"
        raise Refusal(Problem("Q906", "a ledger in PostgreSQL is backed up by PostgreSQL itself", hint=hint))
    check_place(target, force=force)
    return _copied(store, target)


def restore(copy: Path, address: URL, *, force: bool = False) -> tuple[str, Verification]:
    """Put a copy in the place of a ledger, whole or not at all, once it is verified; the copy stays as it is.

    A ledger that is there is overwritten in one transaction, so that others who have it open go on with what was put
    back; one that is damaged is replaced. Raises ``Refusal`` where the copy is no whole ledger (Q916), or a ledger is
    there already (Q805).
    """
    if address.get_backend_name() != "sqlite":
        raise Refusal(Problem("Q906", "a copy is put back as a file", hint="name a file with --ledger"))
    target = Path(address.database or "")
    if not copy.exists():
        raise Refusal(Problem("Q916", f"there is no copy at {copy}", hint="name the file that was written by backup"))
    if target.exists() and not force:
        hint = "add --force to put the copy in its place, or name another with --ledger"
        raise Refusal(Problem("Q805", f"{target} is already there", hint=hint))
    make_folder(target)
    with _beside(target) as made:
        copy_file(copy, made)
        found = _verified(made, str(copy))
        if not (target.exists() and overwrite(made, target)):
            # What was last written to a damaged ledger stands beside it, and must not be taken for the copy's.
            for ending in BESIDE:
                Path(f"{target}{ending}").unlink(missing_ok=True)
            os.replace(made, target)  # noqa: PTH105 - in one step, over what is there
        return shown(address), found


def _copied(store: Store, target: Path) -> Verification:
    """Copy a ledger beside its target, verify the copy, and move it there."""
    with _beside(target) as made:
        store.back_up(made)
        found = _verified(made, store.name)
        os.replace(made, target)  # noqa: PTH105 - in one step, over what is there
        return found


def _verified(made: Path, name: str) -> Verification:
    """Bring a copy up to date, verify it, and leave it as one file."""
    with Store(URL.create("sqlite+pysqlite", database=str(made)), make=False, name=name) as copy:
        found = copy.verification()
        copy.settle()
    if not found.whole:
        hint = "take another copy; quandary ledger verify tells more of a ledger"
        raise Refusal(Problem("Q916", f"{name} is no whole ledger: entry {found.broken}: {found.reason}", hint=hint))
    return found


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """Yield a file beside the target, to be moved there; it is gone after. Raises ``Refusal`` (Q805) where the system
    cannot write there."""
    made = None
    try:
        descriptor, named = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        os.close(descriptor)
        made = Path(named)
        yield made
    except OSError as fault:
        raise Refusal(Problem("Q805", f"{target} cannot be written: {fault.strerror}")) from fault
    finally:
        if made is not None:
            for ending in ("", *BESIDE):
                Path(f"{made}{ending}").unlink(missing_ok=True)
