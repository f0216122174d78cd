"""What network gear told: written as the poller reads it, read back as it was known at a moment.

A device is one row per school that it stands for; one that serves several schools stands for none ("").
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, and_, delete, or_, select, update
from sqlalchemy.sql import ColumnElement

from collector.readiness.domain.model import RadioSeen, UplinkLoad, UplinkPort
from collector.readiness.domain.network_gear import as_busy_as_lessons
from collector.store.database import Database
from collector.store.tables import gear, radios, uplink_days, uplink_loads
from collector.store.timestamps import ONE_SECOND, Microseconds, day_of, microseconds, moment, optional_moment

KBIT_PER_MBIT = 1_000
MS_PER_S = 1_000

DAY_S = 86_400
WEEKDAY_OF_EPOCH = 3
SATURDAY = 5
DAYTIME_UTC = (4, 17)
"""Hours in which schools teach, summer and winter time considered: six to seven by Swedish clocks, both included."""

GearKey = tuple[str, str]
"""The school (or "") and the id in `network.yaml`."""


class PortCount(msgspec.Struct, frozen=True):
    """An uplink's port as it was read, and what it carried and spoiled since the reading before (0 if not known)."""

    speed_mbit_s: int | None
    is_up: bool | None
    packets_count: int = 0
    errors_count: int = 0
    discards_count: int = 0


class RadioReading(msgspec.Struct, frozen=True):
    """A radio of a school; `radio` tells it from its access point's others."""

    school: str
    radio: str
    seen: RadioSeen


class GearReading(msgspec.Struct, frozen=True):
    """One poll of one device: what it brought, or why it failed."""

    device: str
    school: str
    at: datetime
    error_code: str | None = None
    load: UplinkLoad | None = None
    port: PortCount | None = None
    radios: Sequence[RadioReading] = ()


class GearState(msgspec.Struct, frozen=True):
    """When a device was last asked, when it last answered, and why it did not if the last poll failed."""

    device: str
    school: str
    polled_at: datetime | None
    answered_at: datetime | None
    error_code: str | None


def keep_only(database: Database, connection: Connection, named: Mapping[GearKey, bool], now: datetime) -> None:
    """Notes which devices `network.yaml` names, and whether with an uplink: new ones count from now on, those that are
    gone no longer do.
    """
    known = {(row.school, row.gear_id): row for row in connection.execute(select(gear))}
    for key in sorted(named.keys() - known.keys()):
        new = {"school": key[0], "gear_id": key[1], "has_uplink": named[key], "first_at": microseconds(now)}
        connection.execute(database.insert_into(gear).values(new).on_conflict_do_nothing())
    for key, row in known.items():
        changed = _named(row, named.get(key), now)
        if changed:
            connection.execute(update(gear).where(gear.c.number == row.number).values(changed))


def read_states(connection: Connection) -> list[GearState]:
    """Every device that is named now, by school and id."""
    query = select(gear).where(gear.c.retired_at.is_(None)).order_by(gear.c.school, gear.c.gear_id)
    return [
        GearState(
            device=row.gear_id,
            school=row.school,
            polled_at=optional_moment(row.polled_at),
            answered_at=optional_moment(row.answered_at),
            error_code=row.error_code,
        )
        for row in connection.execute(query)
    ]


def read_uplink(connection: Connection, school: str, as_of: datetime, since: datetime) -> list[UplinkLoad]:
    """What the school's line carried, oldest first: all of the last day, and of what is older the daytime of weekdays,
    as nobody asks about nights and most of the rows are of nights and weekends.
    """
    loads, until_s = uplink_loads.c, microseconds(as_of) // ONE_SECOND
    hour, weekday = (loads.at_s // 3_600) % 24, (loads.at_s // DAY_S + WEEKDAY_OF_EPOCH) % 7
    matters = or_(loads.at_s >= until_s - DAY_S, and_(hour.between(*DAYTIME_UTC), weekday < SATURDAY))
    query = (
        select(gear.c.gear_id, loads.at_s, loads.duration_ms, loads.down_kbit_s, loads.up_kbit_s)
        .join(gear, gear.c.number == loads.gear)
        .where(gear.c.school == school, loads.at_s.between(microseconds(since) // ONE_SECOND, until_s), matters)
        .order_by(loads.at_s, gear.c.gear_id)
    )
    return [
        UplinkLoad(
            device,
            datetime.fromtimestamp(at_s, UTC),
            duration_ms / MS_PER_S,
            down_kbit_s / KBIT_PER_MBIT,
            up_kbit_s / KBIT_PER_MBIT,
        )
        for device, at_s, duration_ms, down_kbit_s, up_kbit_s in connection.execute(query)
    ]


def read_ports(connection: Connection, school: str, as_of: datetime, since: datetime) -> list[UplinkPort]:
    """The ports that the school's line hangs on. Days count whole, also the one of `as_of`."""
    until = microseconds(as_of)
    between = uplink_days.c.day.between(day_of(microseconds(since)), day_of(until))
    days = (
        select(uplink_days)
        .join(gear, gear.c.number == uplink_days.c.gear)
        .where(gear.c.school == school, between)
        .order_by(uplink_days.c.day)
    )
    by_gear: dict[int, list[Row[Any]]] = {}
    for row in connection.execute(days):
        by_gear.setdefault(row.gear, []).append(row)
    standing = select(gear).where(gear.c.school == school, gear.c.has_uplink, _stands(until)).order_by(gear.c.gear_id)
    return [_port(row, by_gear.get(row.number, []), until) for row in connection.execute(standing)]


def read_radios(connection: Connection, school: str, as_of: datetime, since: datetime) -> list[RadioSeen]:
    """Each radio as busy as lessons made it in that time, by device, access point and radio."""
    until, start = microseconds(as_of), microseconds(since)
    query = (
        select(gear.c.gear_id, radios)
        .join(gear, gear.c.number == radios.c.gear)
        .where(radios.c.school == school, radios.c.day.between(day_of(start), day_of(until)))
        .where(radios.c.at.between(start, until), _stands(until))
        .order_by(gear.c.gear_id, radios.c.access_point, radios.c.radio, radios.c.day)
    )
    found: dict[tuple[int, str, str], RadioSeen] = {}
    for row in connection.execute(query):
        key, seen = (row.gear, row.access_point, row.radio), radio_of(row)
        found[key] = as_busy_as_lessons(found[key], seen) if key in found else seen
    return list(found.values())


def numbers(connection: Connection) -> list[int]:
    """Every device that was ever named."""
    return list(connection.execute(select(gear.c.number).order_by(gear.c.number)).scalars())


def forget_before(connection: Connection, number: int, before: Microseconds) -> int:
    """Removes what one device told before that time, and the device itself once nothing of it is left."""
    loads, days, air = uplink_loads.c, uplink_days.c, radios.c
    old = (
        delete(uplink_loads).where(loads.gear == number, loads.at_s < before // ONE_SECOND),
        delete(uplink_days).where(days.gear == number, days.day < day_of(before)),
        delete(radios).where(air.gear == number, air.at < before),
    )
    gone = sum(connection.execute(statement).rowcount for statement in old)
    left = (select(table.c.gear).where(table.c.gear == number) for table in (uplink_loads, uplink_days, radios))
    empty = and_(*(~rows.exists() for rows in left))
    connection.execute(delete(gear).where(gear.c.number == number, gear.c.retired_at < before, empty))
    return gone


def _named(row: Row[Any], has_uplink: bool | None, now: datetime) -> dict[str, object]:
    """What changes about a known device; `has_uplink` is None where the file names it no longer."""
    if has_uplink is None:
        return {} if row.retired_at is not None else {"retired_at": microseconds(now)}
    if row.retired_at is None and row.has_uplink == has_uplink:
        return {}
    return {"retired_at": None, "has_uplink": has_uplink}


def radio_of(row: Row[Any]) -> RadioSeen:
    """What a row of `radios`, with its device's id, says."""
    return RadioSeen(
        device=row.gear_id,
        access_point=row.access_point,
        at=moment(row.at),
        mac=row.mac,
        room=row.room,
        band=row.band,
        channel=row.channel,
        clients_count=row.clients,
        utilisation_percent=row.utilisation_percent,
        unclear=row.unclear,
    )


def _port(row: Row[Any], days: Sequence[Row[Any]], until: Microseconds) -> UplinkPort:
    """The port by its newest day. Of a last poll after `until` only the part that was known then is told."""
    newest = days[-1] if days else None
    is_past = row.polled_at is None or row.polled_at <= until
    return UplinkPort(
        device=row.gear_id,
        polled_at=optional_moment(row.polled_at) if is_past else None,
        read_at=None if newest is None else moment(min(newest.read_at, until)),
        error_code=row.error_code if is_past else None,
        speed_mbit_s=newest.speed_mbit_s if newest else None,
        is_up=newest.is_up if newest else None,
        packets_count=sum(day.packets for day in days),
        errors_count=sum(day.errors for day in days),
        discards_count=sum(day.discards for day in days),
    )


def _stands(until: Microseconds) -> ColumnElement[bool]:
    """Named by then, and not gone by then."""
    return and_(gear.c.first_at <= until, or_(gear.c.retired_at.is_(None), gear.c.retired_at > until))
