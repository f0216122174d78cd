"""Kinds of devices: browsers that ran the web probe beside agents."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Adds the column; what is stored by now came from agents."""
    op.add_column("devices", sa.Column("kind", sa.String(length=16), nullable=False, server_default="agent"))
