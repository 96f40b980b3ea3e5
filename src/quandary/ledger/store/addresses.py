"""Where a ledger is: as told, else as ``QUANDARY_LEDGER`` says, else in the user's data folder."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from quandary.base.problems import Problem, Refusal

FILE = "ledger.sqlite"
POSTGRESQL = "postgresql+psycopg"


def address_of(given: str | None) -> URL:
    """Return the address of a ledger: a file, or ``postgresql+psycopg://...``. Raises ``Refusal`` (Q901) for others."""
    told = given or os.environ.get("QUANDARY_LEDGER") or ""
    if "://" not in told:
        return URL.create("sqlite+pysqlite", database=str(Path(told).expanduser() if told else _home() / FILE))
    try:
        address = make_url(told)
    except ArgumentError:
        address = None
    if address is not None and address.drivername in ("postgresql", POSTGRESQL):
        return address.set(drivername=POSTGRESQL)
    raise Refusal(
        Problem(
            "Q901",
            "a ledger's address cannot be read" if address is None else f'no ledger is kept in "{address.drivername}"',
            hint="name a file, or postgresql://USER@HOST/DATABASE",
        )
    )


def shown(address: URL) -> str:
    """Return an address for people: a file's name, or the address without its password."""
    if address.get_backend_name() == "sqlite":
        return address.database or ""
    return address.render_as_string(hide_password=True)


def _home() -> Path:
    """Return the folder where programs of this system keep a user's data."""
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA") or Path.home() / "AppData" / "Roaming") / "Quandary"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "Quandary"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "quandary"
