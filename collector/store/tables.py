"""The tables; `info` names the migration that a table or column came with, where that was not the first.

Migrations that only add make what came with them from here (`migrations/additions.py`), so each table is written once.

The history of measurements is made so that a report which brings nothing new costs next to nothing:

`contents` keeps what a result said, once per device and content. `results` says when it was said: one narrow row per
device, probe, UTC day and content, with every time that it was measured and received (`heard`). A row only gets longer,
so what was known at a moment can be read for ever; and adding to it is the same in whatever order results arrive, so
late, repeated and parallel deliveries can not corrupt it, and several collectors may write to one database. When a day
is over, its rows move to `packed_weeks`.
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
    UniqueConstraint,
    false,
)

# SQLite counts up only a column of exactly this type.
NUMBER = BigInteger().with_variant(Integer, "sqlite")

metadata = MetaData()

LEASES, GEAR, KINDS, SESSIONS, COUNTED, HEARD, WITHOUT_AGENTS, RUNS, MACHINES, REHEARSALS, CHANGES, PACKED = (
    {"since": f"{revision:04}"} for revision in range(2, 14)
)
"""What came with which migration."""

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
    Column("kind", String(16), nullable=False, server_default="agent", info=KINDS),
    Column("enrolled_room", String(64), info=HEARD),
    Column("changes", BigInteger, nullable=False, server_default="0", info=CHANGES),
)
"""`changes` counts what was written of a device's results and what was removed: while it is the same, so are they."""

machines = Table(
    "machines",
    metadata,
    Column("device", NUMBER, ForeignKey("devices.number"), primary_key=True),
    Column("machine", String(64), primary_key=True, index=True),
    Column("known_at", BigInteger, nullable=False),
    info=MACHINES,
    sqlite_with_rowid=False,
)
"""Which machine a device is, as its agent told, and the first moment at which that was known. Several under one id: the
disk of one was copied to the others, or its board is new.
"""

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

report_runs = Table(
    "report_runs",
    metadata,
    Column("device", NUMBER, ForeignKey("devices.number"), primary_key=True),
    Column("run", LargeBinary(8), primary_key=True),
    Column("stored", Text, nullable=False),
    Column("received_at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
    info=RUNS,
)
"""Which are stored of reports whose ids count up, as ranges of their numbers (`1-96,98`), and when the last came."""

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
    Column("session", String(32), info=SESSIONS),
)

results = Table(
    "results",
    metadata,
    Column("device", NUMBER, primary_key=True),
    Column("probe", String(64), primary_key=True),
    Column("day", Integer, primary_key=True),
    Column("digest", LargeBinary(16), primary_key=True),
    Column("last_at", BigInteger, nullable=False),
    Column("known_at", BigInteger, nullable=False, server_default="0", info=HEARD),
    Column("heard", LargeBinary, nullable=False, server_default="", info=HEARD),
    ForeignKeyConstraint(["device", "digest"], ["contents.device", "contents.digest"]),
    sqlite_with_rowid=False,
)

"""`last_at` is the newest time that it was measured, `known_at` the first moment at which anything of it was known."""

packed_weeks = Table(
    "packed_weeks",
    metadata,
    Column("device", NUMBER, ForeignKey("devices.number"), primary_key=True, autoincrement=False),
    Column("week", Integer, primary_key=True),
    Column("body", LargeBinary, nullable=False),
    info=PACKED,
)
"""What was `results` and `contents` of a device's days that are over, by the week from Monday on (`packing`)."""

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
    info=LEASES,
)
"""Leave to fill a line. `holds_line` is the school while the lease is in force: unique, so one at a time."""

sessions = Table(
    "sessions",
    metadata,
    Column("session_id", String(32), primary_key=True),
    Column("code", String(16), nullable=False),
    Column("school", String(8), nullable=False),
    Column("room", String(64), nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("ends_at", BigInteger, nullable=False),
    Column("without_agents", Boolean, nullable=False, server_default=false(), info=WITHOUT_AGENTS),
    Index("ix_sessions_code", "code", "ends_at"),
    info=SESSIONS,
)
"""Supervised sessions: what browsers measure in one counts. `ends_at` comes sooner when somebody closes it."""

session_devices = Table(
    "session_devices",
    metadata,
    Column("device", NUMBER, ForeignKey("devices.number"), primary_key=True),
    Column("session_id", String(32), ForeignKey("sessions.session_id"), primary_key=True),
    Column("joined_at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
    info=SESSIONS,
)
"""Which browsers took part in a session."""

counted_runs = Table(
    "counted_runs",
    metadata,
    Column("device", NUMBER, ForeignKey("devices.number"), primary_key=True),
    Column("at", BigInteger, primary_key=True),
    Column("received_at", BigInteger, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("down_bytes", BigInteger, nullable=False),
    Column("up_bytes", BigInteger, nullable=False),
    Column("down_mbit_s", Float),
    Column("up_mbit_s", Float),
    Column("session", String(32)),
    sqlite_with_rowid=False,
    info=COUNTED,
)
"""What the measurement point counted of a run. A run that goes on for long has several rows; none is ever changed."""

rehearsals = Table(
    "rehearsals",
    metadata,
    Column("school", String(8), primary_key=True),
    Column("rehearsal_id", String(64), primary_key=True),
    Column("received_at", BigInteger, primary_key=True),
    Column("ends_at", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
    sqlite_with_rowid=False,
    info=REHEARSALS,
)
"""What was told of a rehearsal, as JSON: a row for each version. None is ever changed."""

documents = Table(
    "documents",
    metadata,
    Column("kind", String(64), primary_key=True),
    Column("key", String(400), primary_key=True),
    Column("body", Text, nullable=False),
)
"""Small JSON documents that other parts remember by a key, such as which alerts were said."""

gear = Table(
    "gear",
    metadata,
    Column("number", NUMBER, primary_key=True, autoincrement=True),
    Column("gear_id", String(64), nullable=False),
    Column("school", String(8), nullable=False),
    Column("has_uplink", Boolean, nullable=False),
    Column("first_at", BigInteger, nullable=False),
    Column("retired_at", BigInteger),
    Column("polled_at", BigInteger),
    Column("answered_at", BigInteger),
    Column("error_code", String(64)),
    UniqueConstraint("school", "gear_id", name="uq_gear"),
    info=GEAR,
)
"""A device of `network.yaml` and the school it stands for ("" where it serves several), with its last poll.
`retired_at` is when it was found to be gone from the file. A device that moves to another school is another row.
"""

uplink_loads = Table(
    "uplink_loads",
    metadata,
    Column("gear", NUMBER, ForeignKey("gear.number"), primary_key=True),
    Column("at_s", BigInteger, primary_key=True),
    Column("duration_ms", BigInteger, nullable=False),
    Column("down_kbit_s", BigInteger, nullable=False),
    Column("up_kbit_s", BigInteger, nullable=False),
    sqlite_with_rowid=False,
    info=GEAR,
)
"""What a line carried between two polls: a row a minute, so all of it is small whole numbers (about 25 bytes)."""

uplink_days = Table(
    "uplink_days",
    metadata,
    Column("gear", NUMBER, ForeignKey("gear.number"), primary_key=True),
    Column("day", Integer, primary_key=True),
    Column("read_at", BigInteger, nullable=False),
    Column("speed_mbit_s", BigInteger),
    Column("is_up", Boolean),
    Column("packets", BigInteger, nullable=False),
    Column("errors", BigInteger, nullable=False),
    Column("discards", BigInteger, nullable=False),
    sqlite_with_rowid=False,
    info=GEAR,
)
"""How an uplink's port was on a UTC day: its speed as last read, and what it carried and spoiled in all."""

radios = Table(
    "radios",
    metadata,
    Column("gear", NUMBER, ForeignKey("gear.number"), primary_key=True),
    Column("access_point", String(128), primary_key=True),
    Column("radio", String(64), primary_key=True),
    Column("day", Integer, primary_key=True),
    Column("school", String(8), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("mac", String(17)),
    Column("room", String(64)),
    Column("band", String(4)),
    Column("channel", Integer),
    Column("clients", Integer),
    Column("utilisation_percent", Float),
    Column("unclear", String(64)),
    Index("ix_radios_school", "school", "day"),
    sqlite_with_rowid=False,
    info=GEAR,
)
"""Each radio on each UTC day, as busy as the lessons read on it made it; else as it was read last."""
