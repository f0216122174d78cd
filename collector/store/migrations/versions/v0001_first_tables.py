"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Makes every table of version 0.1.0."""
    op.create_table(
        "documents",
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=400), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "key"),
    )
    op.create_table(
        "enrolment_keys",
        sa.Column("key_id", sa.String(length=32), nullable=False),
        sa.Column("school", sa.String(length=8), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("key_id"),
        sa.UniqueConstraint("key_hash"),
    )
    op.create_table(
        "rejected",
        sa.Column("number", NUMBER, autoincrement=True, nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.Column("report_id", sa.String(length=64), nullable=True),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "sittings_seen",
        sa.Column("sitting", sa.String(length=64), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("sitting"),
    )
    op.create_table(
        "verdicts",
        sa.Column("number", NUMBER, autoincrement=True, nullable=False),
        sa.Column("sitting", sa.String(length=64), nullable=False),
        sa.Column("school", sa.String(length=8), nullable=False),
        sa.Column("judged_at", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(length=16), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("ix_verdicts_sitting", "verdicts", ["sitting", "number"], unique=False)
    op.create_table(
        "devices",
        sa.Column("number", NUMBER, autoincrement=True, nullable=False),
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.Column("school", sa.String(length=8), nullable=False),
        sa.Column("room", sa.String(length=64), nullable=True),
        sa.Column("label", sa.String(length=64), nullable=True),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("key_id", sa.String(length=32), nullable=False),
        sa.Column("enrolled_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.Column("last_seen_at", sa.BigInteger(), nullable=True),
        sa.Column("agent_version", sa.String(length=200), nullable=True),
        sa.Column("clock_offset_s", sa.Float(), nullable=True),
        sa.Column("reports_count", sa.BigInteger(), nullable=False),
        sa.Column("dropped_count", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["key_id"],
            ["enrolment_keys.key_id"],
        ),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("device_id"),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_index("ix_devices_school", "devices", ["school"], unique=False)
    op.create_table(
        "contents",
        sa.Column("device", NUMBER, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=16), nullable=False),
        sa.Column("room", sa.String(length=64), nullable=True),
        sa.Column("probe_version", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("error_code", sa.String(length=64), nullable=True),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("missing", sa.Text(), nullable=False),
        sa.Column("rows", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["device"],
            ["devices.number"],
        ),
        sa.PrimaryKeyConstraint("device", "digest"),
    )
    op.create_table(
        "device_probes",
        sa.Column("device", NUMBER, nullable=False),
        sa.Column("probe", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["device"],
            ["devices.number"],
        ),
        sa.PrimaryKeyConstraint("device", "probe"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "reports",
        sa.Column("device", NUMBER, nullable=False),
        sa.Column("report_key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["device"],
            ["devices.number"],
        ),
        sa.PrimaryKeyConstraint("device", "report_key"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "results",
        sa.Column("device", NUMBER, nullable=False),
        sa.Column("probe", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=16), nullable=False),
        sa.Column("first_at", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.Column("times", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["device", "digest"],
            ["contents.device", "contents.digest"],
        ),
        sa.PrimaryKeyConstraint("device", "probe", "day", "digest"),
        sqlite_with_rowid=False,
    )
