"""Ledgers of earlier schemas: after they are brought up to date all that was entered is there, and verifies."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import time
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect
from tests.ledger.ledgers import MEI, add, alter, do, opened, said

from quandary.base import Refusal
from quandary.ledger import address_of

DATA = Path(__file__).resolve().parent.parent / "data"
HEAD = "bd5fafe2b3d613ed3ad21b9b8233e07a3c5cf74220002e0af2e5ddacee7025ed"
"""The head that the stored ledger had when it was written."""


def stored(place: str, *more: str) -> None:
    """Put the stored ledger of schema 0001 in its place."""
    text = (DATA / "ledger-0001.sql").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("--")]
    alter(place, *(part for part in "\n".join(lines).split(";\n") if part.strip()), *more)


def test_a_ledger_of_the_first_schema_is_brought_up_to_date(place: str) -> None:
    stored(place)
    found = do("verify", ledger=place, head=HEAD)
    assert found.found.whole and found.found.held and found.found.entries == 9
    first, second = do("list", ledger=place).histories
    assert first.question.text == "Will troops cross the line at the dam?"
    assert [one.text for one in first.worded] == ["Will troops cross the line?"]
    assert [one.forecast.probability for one in first.said] == [0.12, 0.35, 0.2]
    assert second.resolution.option == "Belmar"
    assert MEI in said(do("show", ledger=place, question="#1"))
    added = add(place, "#1", "30%", until=None)
    assert added.appended.added == 1
    with opened(place) as store:
        assert store.verification(HEAD).whole
        assert len(store.people()) == 2


def test_the_migrated_tables_are_those_that_a_new_ledger_has(place: str, tmp_path: Path) -> None:
    stored(place)
    do("verify", ledger=place)
    fresh = str(tmp_path / "fresh.sqlite")
    add(fresh)
    tables = []
    for one in (place, fresh):
        engine = create_engine(address_of(one))
        found = inspect(engine)
        tables.append(
            {
                name: (
                    [(column["name"], column["nullable"]) for column in found.get_columns(name)],
                    sorted(str(index["name"]) for index in found.get_indexes(name) if not index.get("unique")),
                )
                for name in found.get_table_names()
            }
        )
        engine.dispose()
    assert tables[0] == tables[1]
    assert tables[0]["entries"][1] == ["ix_entries_question"]


def test_an_old_copy_is_put_back_and_stays_as_it_is(tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite"
    stored(str(copy))
    before = copy.read_bytes()
    assert do("restore", ledger=str(tmp_path / "new.sqlite"), backup=copy).head == HEAD
    assert copy.read_bytes() == before
    assert do("verify", ledger=str(tmp_path / "new.sqlite"), head=HEAD).found.held


def test_an_old_ledger_with_an_entry_that_is_no_json_is_left_as_it_was(place: str) -> None:
    stored(place, "UPDATE entries SET body = 'nothing' WHERE number = 4")
    with pytest.raises(Refusal, match="entry 4"):
        do("list", ledger=place)
    with pytest.raises(Refusal, match="entry 4"):
        do("verify", ledger=place)
    engine = create_engine(address_of(place))
    assert "question" not in [column["name"] for column in inspect(engine).get_columns("entries")]
    engine.dispose()


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked")
def test_killed_while_it_is_brought_up_to_date(file: str) -> None:
    """It has the old schema or the new one, whole."""
    draw = random.Random(3)
    versions = set()
    for number in range(200 if "QUANDARY_FUZZ" in os.environ else 4):
        Path(file).unlink(missing_ok=True)
        stored(file)
        child = os.fork()
        if not child:
            do("verify", ledger=file)
            os._exit(0)
        time.sleep(draw.uniform(0, 0.08) if number else 0)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        connection = sqlite3.connect(file)
        (version,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        columns = [row[1] for row in connection.execute("PRAGMA table_info(entries)")]
        assert ("question" in columns) == (version == "0002")
        connection.close()
        versions.add(version)
        assert do("verify", ledger=file, head=HEAD).found.held
    assert "0001" in versions
