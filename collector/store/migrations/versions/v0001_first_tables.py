"""The first tables."""

from __future__ import annotations

from collector.store.migrations.additions import add

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Makes every table of version 0.1.0."""
    add(revision)
