"""The tables. Migrations under `migrations/versions` make them; a test holds that both say the same.

The history of measurements is made so that a report which brings nothing new costs next to nothing:

`contents` keeps what a result said, once per device and content. `results` says when it was said: one narrow row per
device, probe, UTC day and content, with the first and last time and how often. Adding a result to that is the same
in whatever order results arrive, so late, repeated and parallel deliveries can not corrupt it, and several collectors
may write to one database. Within a day it tells what was said from when until when, not how often it alternated.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

# SQLite counts up only a column of exactly this type.
NUMBER = BigInteger().with_variant(Integer, "sqlite")

metadata = MetaData()

enrolment_keys = Table(
    "enrolment_keys",
    metadata,
    Column("key_id", String(32), primary_key=True),
    Column("school", String(8), nullable=False),
    Column("label", String(200), nullable=False),
    Column("key_hash", LargeBinary(32), nullable=False, unique=True),
    Column("created_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
)

devices = Table(
    "devices",
    metadata,
    Column("number", NUMBER, primary_key=True, autoincrement=True),
    Column("device_id", String(64), nullable=False, unique=True),
    Column("school", String(8), nullable=False, index=True),
    Column("room", String(64)),
    Column("label", String(64)),
    Column("simulated", Boolean, nullable=False),
    Column("token_hash", LargeBinary(32), nullable=False, unique=True),
    Column("key_id", String(32), ForeignKey("enrolment_keys.key_id"), nullable=False),
    Column("enrolled_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
    Column("last_seen_at", BigInteger),
    Column("agent_version", String(200)),
    Column("clock_offset_s", Float),
    Column("reports_count", BigInteger, nullable=False, default=0),
    Column("dropped_count", BigInteger, nullable=False, default=0),
)

device_probes = Table(
    "device_probes",
    metadata,
    Column("device", NUMBER, ForeignKey("devices.number"), primary_key=True),
    Column("probe", String(64), primary_key=True),
    sqlite_with_rowid=False,
)
"""Which probes a device ever reported, so that each one's newest row is found without reading its history."""

reports = Table(
    "reports",
    metadata,
    Column("device", NUMBER, ForeignKey("devices.number"), primary_key=True),
    Column("report_key", LargeBinary(16), primary_key=True),
    Column("received_at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
"""Which reports are stored, as a hash of the report id. Ids count per device: no device can use up another's."""

contents = Table(
    "contents",
    metadata,
    Column("device", NUMBER, ForeignKey("devices.number"), primary_key=True),
    Column("digest", LargeBinary(16), primary_key=True),
    Column("room", String(64)),
    Column("probe_version", BigInteger, nullable=False),
    Column("status", String(16), nullable=False),
    Column("error_code", String(64)),
    Column("error_message", Text),
    Column("facts", Text, nullable=False),
    Column("missing", Text, nullable=False),
    Column("rows", Text, nullable=False),
)

results = Table(
    "results",
    metadata,
    Column("device", NUMBER, primary_key=True),
    Column("probe", String(64), primary_key=True),
    Column("day", Integer, primary_key=True),
    Column("digest", LargeBinary(16), primary_key=True),
    Column("first_at", BigInteger, nullable=False),
    Column("last_at", BigInteger, nullable=False),
    Column("times", BigInteger, nullable=False),
    ForeignKeyConstraint(["device", "digest"], ["contents.device", "contents.digest"]),
    sqlite_with_rowid=False,
)

rejected = Table(
    "rejected",
    metadata,
    Column("number", NUMBER, primary_key=True, autoincrement=True),
    Column("received_at", BigInteger, nullable=False),
    Column("device_id", String(64), nullable=False),
    Column("report_id", String(64)),
    Column("code", String(64), nullable=False),
    Column("place", Text),
    Column("message", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

verdicts = Table(
    "verdicts",
    metadata,
    Column("number", NUMBER, primary_key=True, autoincrement=True),
    Column("sitting", String(64), nullable=False),
    Column("school", String(8), nullable=False),
    Column("judged_at", BigInteger, nullable=False),
    Column("status", String(16), nullable=False),
    Column("fingerprint", LargeBinary(16), nullable=False),
    Column("body", Text, nullable=False),
    Index("ix_verdicts_sitting", "sitting", "number"),
)

sittings_seen = Table(
    "sittings_seen",
    metadata,
    Column("sitting", String(64), primary_key=True),
    Column("seen_at", BigInteger, nullable=False),
)

leases = Table(
    "leases",
    metadata,
    Column("lease_id", String(32), primary_key=True),
    Column("school", String(8), nullable=False),
    Column("device_id", String(64), nullable=False),
    Column("probe", String(64), nullable=False),
    Column("granted_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("holds_line", String(8), unique=True),
    Index("ix_leases_school", "school", "granted_at"),
)
"""Leave to fill a line. `holds_line` is the school while the lease is in force: unique, so one at a time."""

documents = Table(
    "documents",
    metadata,
    Column("kind", String(64), primary_key=True),
    Column("key", String(400), primary_key=True),
    Column("body", Text, nullable=False),
)
"""Small JSON documents that other parts remember by a key, such as which alerts were said."""
