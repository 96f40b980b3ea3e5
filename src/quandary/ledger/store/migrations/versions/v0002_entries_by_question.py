"""Entries are found by their question."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the question of each entry, filled from what stands there: a question's own key is its digest's start."""
    op.add_column("entries", sa.Column("question", sa.String(16), nullable=True))
    entries = sa.table(
        "entries",
        sa.column("number", sa.BigInteger),
        sa.column("kind", sa.String),
        sa.column("body", sa.Text),
        sa.column("content", sa.String),
        sa.column("question", sa.String),
    )
    connection, reached = op.get_bind(), 0
    while rows := connection.execute(
        sa.select(entries.c.number, entries.c.kind, entries.c.body, entries.c.content)
        .where(entries.c.number > reached)
        .order_by(entries.c.number)
        .limit(1000)
    ).all():
        for number, kind, body, content in rows:
            said = json.loads(body)
            key = said.get("amends") or content[:16] if kind == "question" else said.get("question")
            connection.execute(entries.update().where(entries.c.number == number).values(question=key))
        reached = rows[-1].number
    op.create_index("ix_entries_question", "entries", ["question", "number"])
