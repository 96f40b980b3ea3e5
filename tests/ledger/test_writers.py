"""Several writers make one chain; a process that is killed at any moment loses nothing and leaves nothing half done.

A few kills by default; 200 for each place with ``QUANDARY_FUZZ``, as ``make fuzz`` sets it.
"""

from __future__ import annotations

import os
import random
import select
import signal
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.ledger.ledgers import MEI, add, do, opened

from quandary.ledger import LedgerQuestion

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked")]
WHOLE = "QUANDARY_FUZZ" in os.environ
KILLS = 100 if WHOLE else 3
"""Kills of an import, and as many of lines that are added one by one."""
EACH = 1_000 if WHOLE else 100
"""Entries of each of two writers."""
ROWS = 200


def forked(work: Callable[[], None]) -> int:
    """Return the number of a child that does some work and leaves by 0, or by 1 where it fails."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        work()
        code = 0
    finally:
        os._exit(code)


def ended(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def count(place: str) -> int:
    """Return how many entries there are, which takes no time."""
    with opened(place) as store:
        return store.head()[0]


def entries(place: str) -> int:
    found = do("verify", ledger=place)
    assert not found.problems, found.problems
    return int(found.found.entries)


def test_two_writers_make_one_chain(place: str) -> None:
    """Both begin at once, where there is no ledger yet, so that they meet while it is made too."""
    begin, begun = os.pipe()

    def work(name: str) -> None:
        select.select([begin], [], [])
        with opened(place) as store:
            for number in range(EACH):
                assert store.append([LedgerQuestion(f"Will {name} see {number}?")]).added == 1

    children = [forked(lambda name=name: work(name)) for name in ("Ana", "Ben")]  # type: ignore[misc]
    os.write(begun, b".")
    assert [ended(child) for child in children] == [0, 0]
    os.close(begin)
    os.close(begun)
    assert entries(place) == 2 * EACH
    with opened(place) as store:
        texts = [entry.record.text for entry in store.entries() if isinstance(entry.record, LedgerQuestion)]
    assert len(set(texts)) == 2 * EACH
    assert texts != sorted(texts), "one wrote all before the other began"


def test_many_make_the_ledger_at_once(place: str) -> None:
    begin, begun = os.pipe()

    def work(number: int) -> None:
        select.select([begin], [], [])
        add(place, f"Will {number} come?", who=MEI)

    children = [forked(lambda number=number: work(number)) for number in range(8)]  # type: ignore[misc]
    os.write(begun, b".")
    assert [ended(child) for child in children] == [0] * 8
    os.close(begin)
    os.close(begun)
    assert entries(place) == 16
    with opened(place) as store:
        assert list(store.people().values()) == [MEI], "one name got two keys"


def test_killed_while_importing(place: str, tmp_path: Path) -> None:
    """All of a file's rows are there with the names, or none; a second import adds what is missing."""
    draw, known, took = random.Random(1), 0, 0.6
    kinds = set()
    for number in range(KILLS):
        file = tmp_path / f"{number}.csv"
        lines = (f"Will {number} see {row}?,{row % 99 + 1}%,2026-01-02,Reader {number}\n" for row in range(ROWS))
        file.write_text("question,forecast,said,who\n" + "".join(lines))
        child = forked(lambda file=file: do("import", file=file, ledger=place))  # type: ignore[misc]
        begun = time.monotonic()
        time.sleep(draw.uniform(0, took))
        os.kill(child, signal.SIGKILL)
        killed = ended(child) != 0
        took = took if killed else time.monotonic() - begun
        found = count(place) if _is_there(place) else 0
        assert found in (known, known + 2 * ROWS), f"{found} entries after {known}"
        if _is_there(place):
            with opened(place) as store:
                assert (f"Reader {number}" in store.people().values()) == (found > known)
        kinds.add(found > known)
        imported = do("import", file=file, ledger=place).found.appended
        assert imported.added == (0 if found > known else 2 * ROWS)
        known += 2 * ROWS
        if number % 10 == 2:
            assert entries(place) == known
    assert not WHOLE or kinds == {True, False}


def test_killed_while_adding(place: str) -> None:
    """What was said to be added is there; at most one more, which was not said yet."""
    draw, known = random.Random(2), 0
    for number in range(KILLS):
        reading, writing = os.pipe()

        def work(number: int = number, writing: int = writing) -> None:
            for line in range(1_000):
                add(place, f"Will {number} see {line}?")
                os.write(writing, b".")

        child = forked(work)
        os.close(writing)
        select.select([reading], [], [], draw.uniform(0, 0.5))
        time.sleep(draw.uniform(0, 0.1))
        os.kill(child, signal.SIGKILL)
        ended(child)
        said = 0
        while data := os.read(reading, 4_096):
            said += len(data)
        os.close(reading)
        found = (count if number % 10 else entries)(place) if _is_there(place) else 0
        assert found - known in (2 * said, 2 * said + 2), f"{found} entries after {known}, {said} told"
        known = found
    if known:
        assert entries(place) == known
        again = add(place, "Will 0 see 0?", "12%")
        assert again.appended.added in (0, 2)


def _is_there(place: str) -> bool:
    """Return whether a ledger is there: a process may be killed before it made one."""
    if "://" in place:
        return True
    if not Path(place).exists():
        return False
    connection = sqlite3.connect(place)
    found = connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'entries'").fetchone()[0]
    connection.close()
    return bool(found)
