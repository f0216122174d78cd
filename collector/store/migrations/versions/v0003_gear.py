"""What network gear told: loads of lines, ports, radios, and each device's last poll."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Adds the tables; nothing that is stored changes."""
    op.create_table(
        "gear",
        sa.Column("number", NUMBER, autoincrement=True, nullable=False),
        sa.Column("gear_id", sa.String(length=64), nullable=False),
        sa.Column("school", sa.String(length=8), nullable=False),
        sa.Column("has_uplink", sa.Boolean(), nullable=False),
        sa.Column("first_at", sa.BigInteger(), nullable=False),
        sa.Column("retired_at", sa.BigInteger(), nullable=True),
        sa.Column("polled_at", sa.BigInteger(), nullable=True),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.Column("error_code", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("school", "gear_id", name="uq_gear"),
    )
    op.create_table(
        "uplink_loads",
        sa.Column("gear", NUMBER, nullable=False),
        sa.Column("at_s", sa.BigInteger(), nullable=False),
        sa.Column("duration_ms", sa.BigInteger(), nullable=False),
        sa.Column("down_kbit_s", sa.BigInteger(), nullable=False),
        sa.Column("up_kbit_s", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["gear"], ["gear.number"]),
        sa.PrimaryKeyConstraint("gear", "at_s"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "uplink_days",
        sa.Column("gear", NUMBER, nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("read_at", sa.BigInteger(), nullable=False),
        sa.Column("speed_mbit_s", sa.BigInteger(), nullable=True),
        sa.Column("is_up", sa.Boolean(), nullable=True),
        sa.Column("packets", sa.BigInteger(), nullable=False),
        sa.Column("errors", sa.BigInteger(), nullable=False),
        sa.Column("discards", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["gear"], ["gear.number"]),
        sa.PrimaryKeyConstraint("gear", "day"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "radios",
        sa.Column("gear", NUMBER, nullable=False),
        sa.Column("access_point", sa.String(length=128), nullable=False),
        sa.Column("radio", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("school", sa.String(length=8), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("mac", sa.String(length=17), nullable=True),
        sa.Column("room", sa.String(length=64), nullable=True),
        sa.Column("band", sa.String(length=4), nullable=True),
        sa.Column("channel", sa.Integer(), nullable=True),
        sa.Column("clients", sa.Integer(), nullable=True),
        sa.Column("utilisation_percent", sa.Float(), nullable=True),
        sa.Column("unclear", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["gear"], ["gear.number"]),
        sa.PrimaryKeyConstraint("gear", "access_point", "radio", "day"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_radios_school", "radios", ["school", "day"], unique=False)
