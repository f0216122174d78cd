"""What the measurement point itself counted of each run."""

from __future__ import annotations

from collector.store.migrations.additions import add

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Adds the table; of runs before it nobody knows."""
    add(revision)
