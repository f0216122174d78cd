"""What network gear told: loads of lines, ports, radios, and each device's last poll."""

from __future__ import annotations

from collector.store.migrations.additions import add

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Adds the tables; nothing that is stored changes."""
    add(revision)
