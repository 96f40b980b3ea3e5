"""What goes wrong with the place of a ledger ends in a sentence, and nothing that was entered is lost."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.ledger.ledgers import MEI, add, alter, do, opened

from quandary.base import Refusal
from quandary.ledger import LedgerQuestion


@contextmanager
def at_once(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No writer waits for another."""
    for module in ("store", "files"):
        monkeypatch.setattr(f"quandary.ledger.store.{module}.PATIENCE", 0.2)
    yield


def entries(place: str) -> int:
    found = do("verify", ledger=place)
    assert not found.problems
    return int(found.found.entries)


def refused(match: str, task: str, **given: Any) -> None:
    with pytest.raises(Refusal, match=match) as told:
        do(task, **given)
    assert told.value.problem.hint
    assert "\n" not in told.value.problem.message


def child(program: str, *words: str, merged: bool = False, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run a Python program with the command line in it: ``quandary(*words)`` returns the exit code."""
    begin = (
        "import sys, os\nfrom quandary.cli import build_app\n"
        "def quandary(*words):\n    try:\n        return build_app()(list(words), standalone_mode=False) or 0\n"
        "    except SystemExit as left:\n        return left.code or 0\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", begin + program, *words],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT if merged else subprocess.PIPE,
        text=True, timeout=300, check=False, **options,
    )  # fmt: skip
    assert "Traceback" not in f"{done.stdout}{done.stderr}", done
    return done


def test_locked(file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    add(file)
    with at_once(monkeypatch):
        writer = sqlite3.connect(file, isolation_level=None)
        writer.execute("BEGIN IMMEDIATE")
        for task, given in (("add", {"text": "B?", "forecast": "1%", "who": MEI}), ("forget", {"person": MEI}),
                            ("resolve", {"question": "#1", "outcome": "no"})):  # fmt: skip
            refused("another program is writing to it", task, ledger=file, **given)
        assert len(do("list", ledger=file).histories) == 1, "who reads need not wait for who writes"
        writer.execute("ROLLBACK")
        writer.close()
    assert entries(file) == 2


def test_locked_in_postgresql(team: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import psycopg

    add(team)
    monkeypatch.setattr("quandary.ledger.store.store.PATIENCE", 1)
    with psycopg.connect(team) as writer:
        writer.execute("SELECT pg_advisory_xact_lock(%s)", (0x51_75_61_6E_64,))
        refused("another program is writing to it", "add", ledger=team, text="B?", forecast="1%", who=MEI)
        assert len(do("list", ledger=team).histories) == 1
    assert entries(team) == 2


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"forecasts\n" * 200, "no ledger, or it is damaged"),
        (b"SQLite format 3\0" + b"\xff" * 4_000, "no ledger|damaged"),
    ],
)
def test_not_a_database(file: str, content: bytes, reason: str) -> None:
    Path(file).write_bytes(content)
    for task, given in (("list", {}), ("add", {"text": "B?", "forecast": "1%", "who": MEI})):
        refused(reason, task, ledger=file, **given)
    assert Path(file).read_bytes() == content


def test_an_empty_file_becomes_a_ledger(file: str) -> None:
    Path(file).touch()
    add(file)
    assert entries(file) == 2


def test_a_folder_is_no_ledger(tmp_path: Path) -> None:
    refused("cannot be opened", "list", ledger=str(tmp_path))
    taken = tmp_path / "taken"
    taken.write_text("a file")
    refused("cannot be made", "add", ledger=str(taken / "ledger.sqlite"), text="B?", forecast="1%", who=MEI)


def test_a_database_of_something_else_is_left_alone(place: str) -> None:
    alter(place, "CREATE TABLE trees (name TEXT)")
    refused("is a database, but no ledger", "add", ledger=place, text="B?", forecast="1%", who=MEI)
    refused("is a database, but no ledger", "list", ledger=place)
    alter(place, "INSERT INTO trees VALUES ('oak')")


def test_a_newer_version_is_left_alone(place: str) -> None:
    add(place)
    alter(place, "UPDATE alembic_version SET version_num = '0999'")
    refused("written by a newer Quandary", "add", ledger=place, text="B?", forecast="1%", who=MEI)
    alter(place, "UPDATE alembic_version SET version_num = '0002'")
    assert entries(place) == 2


def test_servers_that_do_not_answer_as_wished(postgresql: str) -> None:
    server, _, _ = postgresql.rpartition(":")
    refused("the server cannot be reached", "list", ledger=f"{server}:1/postgres")
    refused("no such database or user", "list", ledger=f"{postgresql}/nowhere")
    refused(
        "no such database or user", "list", ledger=f"postgresql://nobody:secret@{postgresql.split('@')[1]}/postgres"
    )
    with pytest.raises(Refusal) as told:
        do("list", ledger=f"postgresql://nobody:secret@{postgresql.split('@')[1]}/postgres")
    assert "secret" not in told.value.problem.message


def test_no_room_left(file: str) -> None:
    """A bound on the size of files stands for a disk without room; the system refuses to write on."""
    resource = pytest.importorskip("resource")
    add(file)
    program = "sys.exit(quandary(*sys.argv[1:]))"
    rows = Path(file).with_name("rows.csv")
    rows.write_text(
        "question,forecast,said\n" + "".join(f"Will {n} come?,{n % 99 + 1}%,2026-01-01\n" for n in range(3_000))
    )
    size = Path(file).stat().st_size

    def bound() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 60_000, size + 60_000))

    done = child(program, "ledger", "import", str(rows), "--who", MEI, "--ledger", file, preexec_fn=bound)
    assert done.returncode == 2, done
    assert "Q906" in done.stderr
    assert "no room" in done.stderr or "the disk failed" in done.stderr
    assert entries(file) == 2
    assert do("import", file=rows, who=MEI, ledger=file).found.appended.added == 6_000
    assert entries(file) == 6_002


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a small disk")
def test_a_disk_that_is_full(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip("this system lets nobody make a small disk")
    try:
        place = str(disk / "ledger.sqlite")
        add(place)
        full = 0
        for number in range(400):
            try:
                add(place, f"Will {number} come?", rule="x" * 2_000)
            except Refusal as fault:
                assert "no room left" in str(fault.problem) or "the disk failed" in str(fault.problem)
                full = number
                break
        assert full
        (disk / "other").unlink(missing_ok=True)
        with opened(place) as store:
            assert store.head()[0] == 2 + 2 * full
            assert store.verification().whole
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="users are changed in a forked child")
def test_read_only_file_and_folder(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """Root may write everywhere, so that another user tries it where root runs the tests."""
    # pytest's own folders are for one user alone
    folder = Path(tempfile.mkdtemp(prefix="quandary-shared-"))
    request.addfinalizer(lambda: shutil.rmtree(folder))
    place = str(folder / "ledger.sqlite")
    add(place)
    # Another user may not be able to import what belongs to root, so that all of it is imported first.
    add(warm := str(tmp_path / "warm.sqlite"))
    program = (
        "import contextlib, io, json\n"
        "if os.geteuid() == 0:\n"
        "    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):\n"
        "        for words in (['verify'], ['list'], ['show', '#1'], ['today'], ['add', '#1', '3%', '--who', 'Ana']):\n"
        f"            quandary('ledger', *words, '--ledger', {warm!r})\n"
        f"        quandary('ledger', 'list', '--ledger', {warm + '-none'!r})\n"
        "    os.setuid(65534)\n"
        "for words in json.loads(sys.argv[1]):\n"
        "    print('code', quandary('ledger', *words), flush=True)\n"
    )

    def told(*commands: tuple[str, ...]) -> list[str]:
        given = json.dumps([[*words, "--ledger", place] for words in commands])
        done = child(program, given, merged=True)
        return done.stdout.split("code ")

    Path(place).chmod(0o444)
    folder.chmod(0o555)
    write = ("add", "B?", "1%", "--who", MEI), ("forget", MEI), ("resolve", "#1", "no")
    try:
        listed, verified, due, shown, *refusals = told(("list",), ("verify",), ("today",), ("show", "#1"), *write)
        assert "Will troops cross the line?" in listed
        assert verified.startswith("0") and "Consistent: 2 entries" in verified
        assert due.startswith("0") and shown.startswith("0") and "12 %" in shown
        assert refusals[0].startswith("0")
        assert [text[0] for text in refusals[1:]] == ["2", "2", "2"], refusals
        assert [("it may only be read" in text) for text in (shown, *refusals)] == [False, True, True, True, False]
        folder.chmod(0o777)  # a file alone that may not be written to
        refusals = told(*write)
        assert all("it may only be read" in text for text in refusals[:-1]), refusals
        assert [text[0] for text in refusals[1:]] == ["2", "2", "2"], refusals
    finally:
        folder.chmod(0o755)
        Path(place).chmod(0o644)
    assert entries(place) == 2


def torn(file: str, tmp_path: Path, cut: int) -> tuple[int, int]:
    """Return how many entries a ledger has whose WAL ends ``cut`` bytes early, and how many it had."""
    copy = str(tmp_path / f"torn{cut}.sqlite")
    with opened(file) as store:
        for number in range(12):
            store.append([LedgerQuestion(f"Will {number} come by {cut}?")])
        had = store.head()[0]
        shutil.copy(file, copy)
        log = Path(f"{file}-wal").read_bytes()
        Path(f"{copy}-wal").write_bytes(log[: len(log) - cut] + os.urandom(cut % 3_000))
    with opened(copy) as store:
        found = store.verification()
        assert found.whole
        return found.entries, had


def test_a_torn_log_loses_no_more_than_what_was_torn(file: str, tmp_path: Path) -> None:
    add(file)
    for cut in (0, 1, 4_096, 9_000, 20_000, 33_333):
        left, had = torn(file, tmp_path, cut)
        assert left == had if cut == 0 else had - 14 <= left < had


def test_a_copy_is_made_while_another_writes_and_is_verified(file: str, tmp_path: Path) -> None:
    add(file)
    copy = tmp_path / "copy.sqlite"
    with opened(file) as store:
        store.append([LedgerQuestion("Will it rain?")])
        found = do("backup", ledger=file, output=copy)
        store.append([LedgerQuestion("Will it snow?")])
    assert (found.entries, entries(str(copy)), entries(file)) == (3, 3, 4)
    assert do("verify", ledger=file, head=found.head).found.held
    refused("already", "backup", ledger=file, output=copy)
    assert sorted(path.name for path in tmp_path.glob("*copy*")) == ["copy.sqlite"]


def test_a_broken_ledger_is_not_copied_and_a_broken_copy_not_put_back(file: str, tmp_path: Path) -> None:
    add(file)
    copy = tmp_path / "copy.sqlite"
    do("backup", ledger=file, output=copy)
    alter(str(copy), "UPDATE entries SET body = replace(body, '0.12', '0.88')")
    refused("is no whole ledger: entry 2", "restore", ledger=file, backup=copy, force=True)
    refused("there is no copy at", "restore", ledger=file, backup=tmp_path / "nothing.sqlite", force=True)
    assert entries(file) == 2
    alter(file, "UPDATE entries SET body = replace(body, '0.12', '0.88')")
    refused("is no whole ledger: entry 2", "backup", ledger=file, output=tmp_path / "other.sqlite")
    assert not (tmp_path / "other.sqlite").exists()


def test_a_copy_is_put_back_for_those_too_who_have_the_ledger_open(file: str, tmp_path: Path) -> None:
    add(file)
    copy = tmp_path / "copy.sqlite"
    do("backup", ledger=file, output=copy)
    before = copy.read_bytes()
    alter(file, "UPDATE entries SET body = replace(body, '0.12', '0.88')")
    with opened(file) as other:
        other.append([LedgerQuestion("Will it snow?")])
        refused("is already there", "restore", ledger=file, backup=copy)
        found = do("restore", ledger=file, backup=copy, force=True)
        assert found.entries == 2
        assert other.append([LedgerQuestion("Will it rain?")]).added == 1
        assert other.verification().whole
    assert entries(file) == 3
    assert copy.read_bytes() == before, "the copy itself was altered"
    assert [path.name for path in tmp_path.glob("copy*")] == ["copy.sqlite"]
    fresh = str(tmp_path / "a" / "fresh.sqlite")
    assert do("restore", ledger=fresh, backup=copy).entries == 2
    assert entries(fresh) == 2


def test_a_copy_is_put_in_the_place_of_what_is_damaged(file: str, tmp_path: Path) -> None:
    add(file)
    copy = tmp_path / "copy.sqlite"
    do("backup", ledger=file, output=copy)
    for damage in (b"nothing", b"SQLite format 3\0" + b"\xff" * 5_000):
        Path(file).write_bytes(damage)
        Path(f"{file}-wal").write_bytes(b"left behind")
        assert do("restore", ledger=file, backup=copy, force=True).entries == 2
        assert entries(file) == 2
    assert not list(tmp_path.glob(".*"))


def test_restoring_waits_for_who_writes(file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add(file)
    copy = tmp_path / "copy.sqlite"
    do("backup", ledger=file, output=copy)
    with at_once(monkeypatch):
        writer = sqlite3.connect(file, isolation_level=None)
        writer.execute("BEGIN IMMEDIATE")
        refused("another program is writing to it", "restore", ledger=file, backup=copy, force=True)
        writer.execute("ROLLBACK")
        writer.close()
    assert not list(tmp_path.glob(".*"))


def test_postgresql_is_backed_up_by_its_own_programs(team: str, tmp_path: Path) -> None:
    add(team)
    refused("backed up by PostgreSQL itself", "backup", ledger=team, output=tmp_path / "copy")
    refused("put back as a file", "restore", ledger=team, backup=tmp_path / "copy")
