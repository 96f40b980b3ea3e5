"""Copies of a ledger in SQLite: made while others write, verified, and put back whole."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from sqlalchemy.engine import URL

from quandary.base.files import check_place
from quandary.base.problems import Problem, Refusal
from quandary.ledger.chain import Verification
from quandary.ledger.store.addresses import shown
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
    """Put a copy in the place of a ledger, whole or not at all, once it is verified.

    Raises ``Refusal`` where the copy is no whole ledger (Q916), or a ledger is there already (Q805).
    """
    if address.get_backend_name() != "sqlite":
        raise Refusal(Problem("Q906", "a copy is put back as a file", hint="name a file with --ledger"))
    target = Path(address.database or "")
    if target.exists() and not force:
        hint = "add --force to put the copy in its place, or name another with --ledger"
        raise Refusal(Problem("Q805", f"{target} is already there", hint=hint))
    with Store(URL.create("sqlite+pysqlite", database=str(copy)), make=False) as store:
        found = store.verification()
        if not found.whole:
            message = f"{copy} is no whole ledger: entry {found.broken}: {found.reason}"
            raise Refusal(Problem("Q916", message, hint="restore another copy"))
        target.parent.mkdir(parents=True, exist_ok=True)
        found = _copied(store, target)
    for ending in ("-wal", "-shm"):
        Path(f"{target}{ending}").unlink(missing_ok=True)
    return shown(address), found


def _copied(store: Store, target: Path) -> Verification:
    """Copy a ledger beside its target, verify the copy, and move it there."""
    try:
        descriptor, made = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        os.close(descriptor)
    except OSError as fault:
        raise Refusal(Problem("Q805", f"{target} cannot be written: {fault.strerror}")) from fault
    try:
        store.back_up(Path(made))
        with Store(URL.create("sqlite+pysqlite", database=made), make=False) as copy:
            found = copy.verification()
            copy.settle()
        if not found.whole:
            message = f"{store.name} is not whole: entry {found.broken}: {found.reason}"
            raise Refusal(Problem("Q916", message, hint="quandary ledger verify tells more; restore an earlier copy"))
        os.replace(made, target)  # noqa: PTH105 - in one step, over what is there
        return found
    except OSError as fault:
        raise Refusal(Problem("Q805", f"{target} cannot be written: {fault.strerror}")) from fault
    finally:
        for ending in ("", "-wal", "-shm", "-journal"):
            Path(f"{made}{ending}").unlink(missing_ok=True)
