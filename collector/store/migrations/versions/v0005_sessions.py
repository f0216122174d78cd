"""Supervised sessions, who took part in them, and what was measured in one."""

from __future__ import annotations

from collector.store.migrations.additions import add

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Adds the tables and the column; what is stored by now was measured in no session."""
    add(revision)
