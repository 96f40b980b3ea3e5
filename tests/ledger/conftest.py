"""Places of ledgers: a file of SQLite, and a database of a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from tests.ledger.ledgers import binaries, server


@pytest.fixture(autouse=True)
def _nobody_speaks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("QUANDARY_WHO", raising=False)
    monkeypatch.delenv("QUANDARY_LEDGER", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """Return the address of a server, or skip the test."""
    programs = binaries()
    if programs is None:
        pytest.skip("PostgreSQL is not installed: apt install postgresql")
    if find_spec("psycopg") is None:
        pytest.skip("psycopg is not installed")
    with server(programs) as address:
        yield address


@pytest.fixture
def team(postgresql: str) -> Iterator[str]:
    """Yield the place of a ledger in PostgreSQL that is not there yet."""
    import psycopg

    place = f"{postgresql}/postgres"
    yield place
    with psycopg.connect(place, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")


@pytest.fixture
def file(tmp_path: Path) -> str:
    """Return the place of a ledger in a file that is not there yet."""
    return str(tmp_path / "ledger.sqlite")


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest) -> str:
    """Return the place of a ledger that is not there yet: in a file, and in PostgreSQL."""
    found: str = request.getfixturevalue("file" if request.param == "sqlite" else "team")
    return found
