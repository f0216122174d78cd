"""Rehearsals, as they were told."""

from __future__ import annotations

from collector.store.migrations.additions import add

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Adds the table; of rehearsals before it nobody knows."""
    add(revision)
