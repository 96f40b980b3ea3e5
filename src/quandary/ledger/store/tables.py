"""The tables, as the newest migration leaves them. Entries are only ever added; names stand apart, so that they can
go."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, MetaData, String, Table, Text

NEWEST = "0002"
"""The newest migration."""

METADATA = MetaData()

ENTRIES = Table(
    "entries",
    METADATA,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("entered", String(40), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("body", Text, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("digest", String(64), nullable=False, unique=True),
    Column("content", String(64), nullable=False, unique=True),
    Column("question", String(16), nullable=True),
    Index("ix_entries_question", "question", "number"),
)
"""``content`` and ``question`` follow from kind and body: they are there to find an entry by, and are verified."""

IN_CHAIN = ("number", "entered", "kind", "body", "previous", "digest")
"""The first columns, which are the entry itself."""

PEOPLE = Table(
    "people",
    METADATA,
    Column("key", String(16), primary_key=True),
    Column("name", Text, nullable=False, unique=True),
)

VERSION = Table("alembic_version", METADATA, Column("version_num", String(32), primary_key=True))
