"""How often what a device said was added to, so that it is read anew only then."""

from __future__ import annotations

from collector.store.migrations.additions import add

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Nobody has read anything yet when it is added, so all devices may begin at the same number."""
    add(revision)
