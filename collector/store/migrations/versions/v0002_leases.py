"""Leases of schools' lines."""

from __future__ import annotations

from collector.store.migrations.additions import add

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Adds the table; nothing that is stored changes."""
    add(revision)
