"""Leases of schools' lines: which device may fill its line, and which could lately.

That a line is given to one device at a time is held by the database itself: `holds_line` is the school's code for as
long as a lease is in force, and unique. So several collectors may share one database, and a restart forgets nothing.
"""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlalchemy import Connection, delete, insert, or_, select, update

from collector.leases.planning import LineUse
from collector.store.moments import ONE_MINUTE, microseconds, moment
from collector.store.tables import leases


class NewLease(msgspec.Struct, frozen=True):
    """A lease to be written down."""

    lease_id: str
    school: str
    device_id: str
    probe: str
    granted_at: datetime
    expires_at: datetime


def read_use(connection: Connection, school: str, probe: str, since: datetime, now: datetime) -> LineUse:
    """The leases of a school for one probe since a moment, and whether any device holds the line now."""
    mine = (leases.c.school == school, leases.c.probe == probe)
    lately = leases.c.granted_at.between(microseconds(since), microseconds(now))
    granted = connection.execute(select(leases.c.granted_at).where(*mine, lately).order_by(leases.c.granted_at))
    holder = connection.execute(
        select(leases.c.granted_at, leases.c.expires_at).where(leases.c.holds_line == school)
    ).one_or_none()
    busy = holder is not None and not _is_over(holder.granted_at, holder.expires_at, microseconds(now))
    return LineUse(
        school=school,
        granted_at=[moment(at) for at in granted.scalars()],
        busy_until=moment(holder.expires_at) if holder is not None and busy else None,
    )


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
