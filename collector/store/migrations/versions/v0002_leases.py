"""Leases of schools' lines."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Adds the table; nothing that is stored changes."""
    op.create_table(
        "leases",
        sa.Column("lease_id", sa.String(length=32), nullable=False),
        sa.Column("school", sa.String(length=8), nullable=False),
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.Column("probe", sa.String(length=64), nullable=False),
        sa.Column("granted_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("holds_line", sa.String(length=8), nullable=True),
        sa.PrimaryKeyConstraint("lease_id"),
        sa.UniqueConstraint("holds_line"),
    )
    op.create_index("ix_leases_school", "leases", ["school", "granted_at"], unique=False)
