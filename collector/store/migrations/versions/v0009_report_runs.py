"""Reports that count up are kept as ranges of numbers, and no longer one by one."""

from __future__ import annotations

from collector.store.migrations.additions import add

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Adds the table; ids that are stored by now stay where they are, and are looked for there."""
    add(revision)
