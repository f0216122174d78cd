"""Kinds of devices: browsers that ran the web probe beside agents."""

from __future__ import annotations

from collector.store.migrations.additions import add

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Adds the column; what is stored by now came from agents."""
    add(revision)
