"""Entries are found by their question."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

from quandary.base.problems import Problem, Refusal

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the question of each entry, filled from what stands there: a question's own key is its digest's start.

    Raises ``Refusal`` (Q907) for an entry that was altered so that it cannot be read; then all stays as it was.
    """
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
            said = _read(number, body)
            key = said.get("amends") or content[:16] if kind == "question" else said.get("question")
            connection.execute(entries.update().where(entries.c.number == number).values(question=key))
        reached = rows[-1].number
    op.create_index("ix_entries_question", "entries", ["question", "number"])


def _read(number: int, body: str) -> dict[str, str]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        message = f"entry {number} cannot be read, so that the ledger cannot be brought up to date"
        raise Refusal(Problem("Q907", message, hint="it was altered; restore a backup: quandary ledger restore"))
    return said
