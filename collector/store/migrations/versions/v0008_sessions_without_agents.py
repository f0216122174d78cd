"""Sessions that staff held for machines without an agent."""

from __future__ import annotations

from collector.store.migrations.additions import add

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Of sessions from before nobody has said so."""
    add(revision)
