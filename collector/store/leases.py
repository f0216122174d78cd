"""Leases of schools' lines: which device may fill its line, and which could lately, with what success.

That a line is given to one device at a time is held by the database itself: `holds_line` is the school's code for as
long as a lease is in force, and unique. So several collectors may share one database, and a restart forgets nothing.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, delete, insert, not_, or_, select, update

from collector.readiness.leases.scheduler import LineTest, LineUse
from collector.store.heard import unpacked
from collector.store.tables import contents, devices, leases, results, session_devices, sessions
from collector.store.timestamps import ONE_MINUTE, Microseconds, day_of, microseconds, moment

NEARNESS = 2 * ONE_MINUTE
"""How far a result may lie from its lease: clocks that are off by less than a minute are not set right."""


class NewLease(msgspec.Struct, frozen=True):
    """A lease to be written down."""

    lease_id: str
    school: str
    device_id: str
    probe: str
    granted_at: datetime
    expires_at: datetime


def read_use(
    connection: Connection, school: str, probe: str, since: datetime, now: datetime, *, strangers: bool
) -> LineUse:
    """The leases of a school for one probe since a moment, and whether any device holds the line now. Those of browsers
    outside a supervised session are among them only with `strangers`: what they measure is a hint.
    """
    mine = [leases.c.school == school, leases.c.probe == probe, *([] if strangers else [not_(_of_stranger())])]
    lately = leases.c.granted_at.between(microseconds(since), microseconds(now))
    granted = connection.execute(select(leases).where(*mine, lately).order_by(leases.c.granted_at)).all()
    measured = _measured(connection, school, probe, microseconds(since))
    holder = connection.execute(
        select(leases.c.granted_at, leases.c.expires_at).where(leases.c.holds_line == school)
    ).one_or_none()
    busy = holder is not None and not _is_over(holder.granted_at, holder.expires_at, microseconds(now))
    return LineUse(
        school=school,
        tests=[LineTest(moment(row.granted_at), _has_measured(row, measured)) for row in granted],
        busy_until=moment(holder.expires_at) if holder is not None and busy else None,
    )


def _of_stranger() -> ColumnElement[bool]:
    """Whether a lease was given to a browser that nobody supervised then."""
    supervised = (
        select(session_devices.c.device)
        .join(sessions, sessions.c.session_id == session_devices.c.session_id)
        .where(
            session_devices.c.device == devices.c.number,
            session_devices.c.joined_at <= leases.c.granted_at,
            sessions.c.ends_at > leases.c.granted_at,
        )
        .correlate(devices, leases)
        .exists()
    )
    return (
        select(devices.c.number)
        .where(devices.c.device_id == leases.c.device_id, devices.c.kind != "agent", not_(supervised))
        .correlate(leases)
        .exists()
    )


def _measured(connection: Connection, school: str, probe: str, since: Microseconds) -> dict[str, list[Microseconds]]:
    """When each of the school's devices measured a good result since then, oldest first."""
    query = (
        select(devices.c.device_id, results.c.day, results.c.heard)
        .join(results, results.c.device == devices.c.number)
        .join(contents, (contents.c.device == results.c.device) & (contents.c.digest == results.c.digest))
        .where(
            devices.c.school == school,
            results.c.probe == probe,
            results.c.day >= day_of(since - NEARNESS),
            contents.c.status == "ok",
        )
    )
    found: dict[str, list[Microseconds]] = {}
    for row in connection.execute(query):
        found.setdefault(row.device_id, []).extend(one.at for one in unpacked(row.heard, row.day))
    return {device_id: sorted(times) for device_id, times in found.items()}


def _has_measured(lease: Row[Any], measured: Mapping[str, Sequence[Microseconds]]) -> bool:
    """Whether the lease's device has sent a good result of about that time: what the lease was for."""
    times = measured.get(lease.device_id, ())
    first = bisect_left(times, lease.granted_at - NEARNESS)
    return first < len(times) and times[first] <= lease.expires_at + NEARNESS


def grant(connection: Connection, lease: NewLease, forget_before: datetime) -> None:
    """Writes a lease down; IntegrityError if another one is in force. Forgets what counts no more at this school."""
    now = microseconds(lease.granted_at)
    over = or_(leases.c.expires_at <= now, leases.c.granted_at > now + ONE_MINUTE)
    connection.execute(update(leases).where(leases.c.holds_line == lease.school, over).values(holds_line=None))
    old = leases.c.granted_at < microseconds(forget_before)
    connection.execute(delete(leases).where(leases.c.school == lease.school, old))
    row = msgspec.structs.asdict(lease)
    times = {"granted_at": now, "expires_at": microseconds(lease.expires_at)}
    connection.execute(insert(leases), row | times | {"holds_line": lease.school})


def give_back(connection: Connection, lease_id: str, device_id: str) -> bool:
    """Ends a lease early. False if the device holds no such lease (any more)."""
    held = (leases.c.lease_id == lease_id, leases.c.device_id == device_id, leases.c.holds_line.is_not(None))
    return connection.execute(update(leases).where(*held).values(holds_line=None)).rowcount == 1


def _is_over(granted_at: int, expires_at: int, now: int) -> bool:
    """Whether a lease is dead: its deadline has passed, or the clock was set back since, and it would live too long."""
    return expires_at <= now or granted_at > now + ONE_MINUTE
