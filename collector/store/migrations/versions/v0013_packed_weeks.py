"""A device's weeks that are over, packed."""

from __future__ import annotations

from collector.store.migrations.additions import add

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """What is there is packed little by little."""
    add(revision)
