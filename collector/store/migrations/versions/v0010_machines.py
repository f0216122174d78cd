"""Which machine each device is, whatever system is put on it."""

from __future__ import annotations

from collector.store.migrations.additions import add

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Agents tell it with their next result; of devices that are silent nobody knows."""
    add(revision)
