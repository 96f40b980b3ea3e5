"""The store: entries are appended in one transaction and read in order; nothing is altered but names that go."""

from __future__ import annotations

import secrets
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Row, Select, create_engine, event, func, inspect, select
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError

from quandary.base.characters import one_line
from quandary.base.problems import Problem, Refusal
from quandary.ledger.chain import START, Entry, Verification, in_batches, linked, verified, written
from quandary.ledger.records import Forgotten, LedgerForecast, LedgerQuestion, LedgerResolution, Record, is_text
from quandary.ledger.store.addresses import shown
from quandary.ledger.store.faults import refusal_of
from quandary.ledger.store.files import PATIENCE, make_folder, read_only
from quandary.ledger.store.tables import ENTRIES, IN_CHAIN, NEWEST, PEOPLE, VERSION

BATCH = 1_000
"""Entries that are held at a time."""
REMEMBERED = 65_536
"""Names whose keys are remembered while entries are added."""
KEY = 16
"""Signs of a question's key: the start of its entry's content digest."""
CACHE = 65_536
"""KiB of pages that SQLite keeps: an entry is found by digests, which lie all over a file."""

BETWEEN = 0.02
"""Seconds between two looks whether others have done."""
MEMORY = ":memory:"
"""The name of a ledger that is kept nowhere."""
LOCK = 0x51_75_61_6E_64
"""The advisory lock that writers of a PostgreSQL ledger take: a number of our own."""


@dataclass(frozen=True)
class Appended:
    """What became of records handed in: how many are new, how many were there already, and the head after it.

    ``late`` says that the clock is behind the last entry, whose time was taken.
    """

    added: int
    known: int
    head: str
    late: bool = False


def key_of(question: LedgerQuestion) -> str:
    """Return the key of a question: it follows from what it says, so that the same question has it in any ledger.

    Raises ``Refusal`` (Q907) where it cannot be written down.
    """
    return question.amends or _written(question)[2][:KEY]


class Store:
    """A ledger's entries at an address; made (with its folder) when first written to. Close it, or use ``with``."""

    def __init__(
        self,
        address: URL,
        *,
        make: bool = True,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        name: str | None = None,
    ) -> None:
        """Open a ledger; ``name`` is what people call it, if not its address.

        Raises ``Refusal`` where it is not there and may not be made, or is none (Q902 to Q906).
        """
        self.address = address
        self._now = now
        self._name = name
        self._sqlite = address.get_backend_name() == "sqlite"
        if self._sqlite:
            self._place_of_file(make)
        try:
            self._engine = _engine(address, self._sqlite)
        except ImportError as fault:
            hint = 'install it: pip install "quandary[postgres]"'
            raise Refusal(Problem("Q903", "PostgreSQL needs psycopg, which is not installed", hint=hint)) from fault
        with ExitStack() as undone:
            undone.callback(self.close)
            with self._told():
                self._bring_up_to_date()
            undone.pop_all()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connections."""
        self._engine.dispose()

    @property
    def name(self) -> str:
        """Return the ledger's address for people, without a password."""
        return self._name or shown(self.address)

    def append(self, records: Iterable[Record]) -> Appended:
        """Append records in one transaction, all or none; what is there already is not added again.

        ``records`` is read in batches. Raises ``Refusal`` where the store cannot be written to, or a record cannot be
        written down.
        """
        return self.append_by(lambda _: records)

    def append_by(self, made: Callable[[Callable[[str], str]], Iterable[Record]]) -> Appended:
        """Append the records that are ``made`` with what tells the key of a name, as ``append`` does.

        A name that has no key yet gets one in the same transaction; keys tell nothing of names.
        """
        with self._told(), self._writing() as connection:
            records = made(_Keys(connection))
            number, previous, last = _head(connection)
            now = self._now().astimezone(UTC).isoformat(timespec="milliseconds")
            entered, added, known = max(now, last), 0, 0
            for batch in in_batches(records, BATCH):
                rows = {content: (kind, body, record) for record in batch for kind, body, content in [_written(record)]}
                there = _there(connection, rows)
                new = []
                for content, (kind, body, record) in rows.items():
                    if content not in there:
                        number += 1
                        entry = linked(number, entered, kind, body, previous)
                        previous = entry.digest
                        new.append(_row(entry, content, record))
                if new:
                    connection.execute(ENTRIES.insert(), new)
                added += len(new)
                known += len(batch) - len(new)
            return Appended(added, known, previous, added > 0 and now < last)

    def adopt(self, entries: Iterable[Entry], names: Mapping[str, str], head: str) -> Appended:
        """Append entries as they are, which were verified to be a chain that has the ``head`` of this ledger; those up
        to it are there already. ``names`` are of people by key; one that has another key or name here keeps it.

        Raises ``Refusal`` (Q906) where others wrote meanwhile.
        """
        with self._told(), self._writing() as connection:
            before, previous, _ = _head(connection)
            if previous != head:
                message = f"{self.name}: another program wrote to it meanwhile"
                raise Refusal(Problem("Q906", message, hint="import it again; nothing was added"))
            known = _names(connection)
            taken = {*known, *known.values()}
            if new := [{"key": key, "name": name} for key, name in names.items() if not taken & {key, name}]:
                connection.execute(PEOPLE.insert(), new)
            added = 0
            for batch in in_batches((entry for entry in entries if entry.number > before), BATCH):
                connection.execute(ENTRIES.insert(), [_row(one, one.content, one.record) for one in batch])
                added += len(batch)
                previous = batch[-1].digest
            return Appended(added, before, previous)

    def head(self) -> tuple[int, str]:
        """Return how many entries there are, and the digest of the last (64 zeros where there is none)."""
        with self._told(), self._reading() as connection:
            number, digest, _ = _head(connection)
            return number, digest

    def entries(self, question: str | None = None, kind: str | None = None) -> Iterator[Entry]:
        """Yield the entries in order, all or those of one question or kind, as many at a time as memory allows."""
        wanted = select(ENTRIES).order_by(ENTRIES.c.number)
        if question is not None:
            wanted = wanted.where(ENTRIES.c.question == question)
        if kind is not None:
            wanted = wanted.where(ENTRIES.c.kind == kind)
        with self._told(), self._rows(wanted) as rows:
            yield from map(_entry, rows)

    def keys_by_place(self) -> dict[str, str]:
        """Return the keys of questions by the place (``same_as``) that they were taken from, of those that have one."""
        wanted = select(ENTRIES).where(ENTRIES.c.kind == "question", ENTRIES.c.body.contains('"same_as":'))
        found: dict[str, str] = {}
        with self._told(), self._rows(wanted.order_by(ENTRIES.c.number)) as rows:
            for row in rows:
                with suppress(ValueError):  # what cannot be read is told by those who read it
                    asked = _entry(row).record
                    if isinstance(asked, LedgerQuestion) and asked.same_as:
                        found.setdefault(asked.same_as, str(row.question))
        return found

    def by_question(self, question: str | None = None, *, in_order: bool = False) -> Iterator[tuple[str, list[Entry]]]:
        """Yield the key of each question with its entries in order, all questions or one; memory holds one at a
        time. With ``in_order`` questions come as they were first asked, which takes the database a sort."""
        first = func.min(ENTRIES.c.number).over(partition_by=ENTRIES.c.question)
        wanted = select(ENTRIES).where(ENTRIES.c.question.is_not(None))
        wanted = wanted.order_by(first if in_order else ENTRIES.c.question, ENTRIES.c.number)
        if question is not None:
            wanted = wanted.where(ENTRIES.c.question == question)
        with self._told(), self._rows(wanted) as rows:
            for key, found in groupby(rows, key=lambda row: str(row.question)):
                yield key, [_entry(row) for row in found]

    def verification(self, head: str | None = None) -> Verification:
        """Return whether the chain holds (``verified``), and each entry is found by what it says."""
        misfiled: list[int] = []

        def read() -> Iterator[Entry]:
            wanted = select(ENTRIES).order_by(ENTRIES.c.number)
            with self._rows(wanted) as rows:
                for row in rows:
                    entry = _entry(row)
                    yield entry  # what comes next is done only where this one is whole
                    if not misfiled and (row.content, row.question) != (
                        entry.content,
                        _question(entry.record, entry.content),
                    ):
                        misfiled.append(entry.number)

        with self._told():
            found = verified(read(), head)
        if found.broken is None and misfiled:
            return replace(
                found, broken=misfiled[0], reason="it is not found by what it says: its columns were altered"
            )
        return found

    def settle(self) -> None:
        """Bring all that was written into the one file of SQLite, so that it can be moved."""
        with self._told(), self._engine.connect() as connection:
            connection.connection.driver_connection.execute("PRAGMA journal_mode = DELETE")  # type: ignore[union-attr]

    def people(self) -> dict[str, str]:
        """Return names by key."""
        with self._told(), self._reading() as connection:
            return _names(connection)

    def forget(self, key: str) -> Appended:
        """Take out a person's name, and say so in the chain, in one transaction; then the space that it stood in is
        given back, so that it is not in the file any more."""
        record = Forgotten(key)
        with self._told(), self._writing() as connection:
            gone = connection.execute(PEOPLE.delete().where(PEOPLE.c.key == key)).rowcount
            number, previous, last = _head(connection)
            if not gone:
                return Appended(0, 1, previous)
            kind, body, content = written(record)
            entered = max(self._now().astimezone(UTC).isoformat(timespec="milliseconds"), last)
            entry = linked(number + 1, entered, kind, body, previous)
            connection.execute(ENTRIES.insert(), [_row(entry, content, record)])
        # Where others are at work that can wait: SQLite does the same when they are done, PostgreSQL in its time.
        with suppress(SQLAlchemyError), self._engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT")
            connection.exec_driver_sql(
                "PRAGMA wal_checkpoint(TRUNCATE)" if self._sqlite else f"VACUUM (FULL) {PEOPLE.name}"
            )
        return Appended(1, 0, entry.digest)

    def back_up(self, target: Path) -> None:
        """Copy a ledger in SQLite to a file, as it is at one moment, while others may write (SQLite's own backup)."""
        with self._told(), self._engine.connect() as connection:
            copy = sqlite3.connect(target)
            try:
                connection.connection.driver_connection.backup(copy)  # type: ignore[union-attr]
            finally:
                copy.close()

    def _place_of_file(self, make: bool) -> None:
        place = Path(self.address.database or "")
        if self.address.database == MEMORY:
            return
        if place.exists() or make:
            make_folder(place)
            return
        hint = "begin one: quandary ledger add, or quandary ledger import"
        raise Refusal(Problem("Q902", f"there is no ledger at {place}", hint=hint))

    def _bring_up_to_date(self) -> None:
        with self._engine.connect() as connection:
            if _version(connection) == NEWEST:
                return
        with self._writing() as connection:
            found = _version(connection)
            if found is None and inspect(connection).get_table_names():
                raise Refusal(Problem("Q904", f"{self.name} is a database, but no ledger", hint="name another file"))
            if found is not None and found > NEWEST:
                hint = "use the newer Quandary, or another ledger"
                raise Refusal(Problem("Q905", f"{self.name} was written by a newer Quandary", hint=hint))
            if found != NEWEST:
                _migrate(connection)

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """Yield a connection in a transaction that no other writer shares, ended whole or not at all."""
        with self._engine.connect().execution_options(alone=True) as connection, connection.begin():
            if not self._sqlite:
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{PATIENCE}s'")
                connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
            yield connection

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        options = {} if self._sqlite else {"isolation_level": "REPEATABLE READ"}
        with self._engine.connect().execution_options(**options) as connection:
            yield connection

    @contextmanager
    def _rows(self, wanted: Select[Any]) -> Iterator[Iterator[Row[Any]]]:
        """Yield the rows that are selected, as many at a time as memory allows, all as of one moment."""
        with self._reading() as connection:
            connection.execution_options(yield_per=BATCH)
            with connection.execute(wanted) as rows:
                yield iter(rows)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what the database says into a sentence."""
        try:
            yield
        except SQLAlchemyError as fault:
            raise refusal_of(fault, self.name) from fault
        except sqlite3.Error as fault:
            raise refusal_of(fault, self.name) from fault


def _engine(address: URL, sqlite: bool) -> Engine:
    if not sqlite:
        return create_engine(address, connect_args={"connect_timeout": PATIENCE})
    unwritable = "" if address.database == MEMORY else read_only(Path(address.database or ""))
    engine = create_engine(
        address,
        connect_args={"timeout": PATIENCE},
        **({"creator": lambda: sqlite3.connect(unwritable, PATIENCE, uri=True)} if unwritable else {}),
    )

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _: object) -> None:  # noqa: ANN401 - the driver's
        connection.isolation_level = None  # transactions begin as told below, not as the driver guesses
        # A name that is forgotten is overwritten, not only let go of.
        settings = (f"cache_size = -{CACHE}", "synchronous = FULL", "secure_delete = ON")
        if not unwritable:
            _log_ahead(connection)
        for setting in settings:
            connection.execute(f"PRAGMA {setting}")

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        alone = connection.get_execution_options().get("alone", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if alone else "BEGIN")

    return engine


def _log_ahead(connection: sqlite3.Connection) -> None:
    """Have a file log ahead of its pages (WAL). Where others are about it SQLite does not wait: it is asked again."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as fault:
            if fault.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() >= end:
                raise
            time.sleep(BETWEEN)
        else:
            return


def _names(connection: Connection) -> dict[str, str]:
    """Return names by key."""
    return {row.key: row.name for row in connection.execute(select(PEOPLE))}


class _Keys:
    """Tells the keys of names, each of which gets one where it has none yet."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: dict[str, str] = {}

    def __call__(self, name: str) -> str:
        key = self._known.get(name)
        if key is None:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            key = self._known[name] = self._found(name)
        return key

    def _found(self, name: str) -> str:
        if not is_text(name) or "\0" in name:
            message = f'"{one_line(name)}" is no name: it has signs that are no text'
            raise Refusal(Problem("Q907", message, hint="write it in UTF-8"))
        known = self._connection.execute(select(PEOPLE.c.key).where(PEOPLE.c.name == name)).scalar()
        if known is not None:
            return str(known)
        key = secrets.token_hex(KEY // 2)
        self._connection.execute(PEOPLE.insert(), {"key": key, "name": name})
        return key


def _written(record: Record) -> tuple[str, str, str]:
    return _question_written(record) if isinstance(record, LedgerQuestion) else _any_written(record)


@lru_cache(maxsize=2 * BATCH)
def _question_written(question: LedgerQuestion) -> tuple[str, str, str]:
    """Return what is written of a question: its key is asked for before it is added."""
    return _any_written(question)


def _any_written(record: Record) -> tuple[str, str, str]:
    try:
        return written(record)
    except ValueError as fault:
        message = f"what is to be added cannot be written down: {fault}"
        raise Refusal(Problem("Q907", message, hint="nothing was added; look for signs that are no text")) from fault


def _entry(row: Row[Any]) -> Entry:
    return Entry(*row[: len(IN_CHAIN)])


def _version(connection: Connection) -> str | None:
    """Return the newest migration that was run, ``None`` where none was."""
    if not inspect(connection).has_table(VERSION.name):
        return None
    return connection.execute(select(VERSION.c.version_num)).scalar()


def _migrate(connection: Connection) -> None:
    from alembic.command import upgrade
    from alembic.config import Config

    settings = Config()
    settings.set_main_option("script_location", "quandary.ledger.store:migrations")
    settings.attributes["connection"] = connection
    upgrade(settings, "head")


def _head(connection: Connection) -> tuple[int, str, str]:
    """Return the number, digest and time of the last entry."""
    last = connection.execute(
        select(ENTRIES.c.number, ENTRIES.c.digest, ENTRIES.c.entered).order_by(ENTRIES.c.number.desc()).limit(1)
    ).first()
    return (0, START, "") if last is None else (int(last.number), str(last.digest), str(last.entered))


def _there(connection: Connection, contents: Iterable[str]) -> set[str]:
    """Return which contents are there already."""
    found: set[str] = set()
    for some in in_batches(contents, BATCH // 2):
        found.update(connection.execute(select(ENTRIES.c.content).where(ENTRIES.c.content.in_(some))).scalars())
    return found


def _row(entry: Entry, content: str, record: Record) -> dict[str, object]:
    return {
        "number": entry.number,
        "entered": entry.entered,
        "kind": entry.kind,
        "body": entry.body,
        "previous": entry.previous,
        "digest": entry.digest,
        "content": content,
        "question": _question(record, content),
    }


def _question(record: Record, content: str) -> str | None:
    """Return the key of the question that a record is of."""
    if isinstance(record, LedgerQuestion):
        return record.amends or content[:KEY]
    return record.question if isinstance(record, LedgerForecast | LedgerResolution) else None
