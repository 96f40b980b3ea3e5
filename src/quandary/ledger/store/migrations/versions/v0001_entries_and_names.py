"""Entries in a chain, and names apart."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "entries",
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("entered", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False, unique=True),
        sa.Column("content", sa.String(64), nullable=False, unique=True),
    )
    op.create_table(
        "people",
        sa.Column("key", sa.String(16), primary_key=True),
        sa.Column("name", sa.Text, nullable=False, unique=True),
    )
