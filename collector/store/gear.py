"""What network gear told: written as the poller reads it, read back as it was known at a moment.

A device is one row per school that it stands for; one that serves several schools stands for none ("").
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, and_, case, delete, or_, select, update
from sqlalchemy.sql import ColumnElement

from collector.readiness.domain import RadioSeen, UplinkLoad, UplinkPort
from collector.store.database import Database
from collector.store.moments import ONE_SECOND, Microseconds, day_of, microseconds, moment, optional_moment
from collector.store.tables import gear, radios, uplink_days, uplink_loads

KBIT_PER_MBIT = 1_000
MS_PER_S = 1_000

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


def save(database: Database, connection: Connection, readings: Sequence[GearReading]) -> None:
    """Writes polls of named devices down and drops what others told. Counts of a port are added up: give each once."""
    known = _numbers(connection)
    for reading in readings:
        number = known.get((reading.school, reading.device))
        if number is None:
            continue
        _note_poll(connection, number, reading)
        if reading.load is not None:
            _add_load(database, connection, number, reading.load)
        if reading.port is not None:
            _add_port(database, connection, number, reading.at, reading.port)
        _put_radios(database, connection, number, reading.radios)


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
    """What the school's line carried, oldest first."""
    from_s, until_s = microseconds(since) // ONE_SECOND, microseconds(as_of) // ONE_SECOND
    loads = uplink_loads.c
    query = (
        select(gear.c.gear_id, loads.at_s, loads.duration_ms, loads.down_kbit_s, loads.up_kbit_s)
        .join(gear, gear.c.number == loads.gear)
        .where(gear.c.school == school, loads.at_s.between(from_s, until_s))
        .order_by(loads.at_s, gear.c.gear_id)
    )
    return [
        UplinkLoad(
            device=device,
            at=moment(at_s * ONE_SECOND),
            seconds=duration_ms / MS_PER_S,
            down_mbit_s=down_kbit_s / KBIT_PER_MBIT,
            up_mbit_s=up_kbit_s / KBIT_PER_MBIT,
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
    """The newest reading of each radio, by device, access point and radio."""
    until, start = microseconds(as_of), microseconds(since)
    query = (
        select(gear.c.gear_id, radios)
        .join(gear, gear.c.number == radios.c.gear)
        .where(radios.c.school == school, radios.c.day.between(day_of(start), day_of(until)))
        .where(radios.c.at.between(start, until), _stands(until))
        .order_by(gear.c.gear_id, radios.c.access_point, radios.c.radio, radios.c.day)
    )
    newest = {(row.gear, row.access_point, row.radio): row for row in connection.execute(query)}
    return [_radio(row) for row in newest.values()]


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


def _numbers(connection: Connection) -> dict[GearKey, int]:
    return {
        (row.school, row.gear_id): row.number
        for row in connection.execute(select(gear.c.school, gear.c.gear_id, gear.c.number))
    }


def _named(row: Row[Any], has_uplink: bool | None, now: datetime) -> dict[str, object]:
    """What changes about a known device; `has_uplink` is None where the file names it no longer."""
    if has_uplink is None:
        return {} if row.retired_at is not None else {"retired_at": microseconds(now)}
    if row.retired_at is None and row.has_uplink == has_uplink:
        return {}
    return {"retired_at": None, "has_uplink": has_uplink}


def _note_poll(connection: Connection, number: int, reading: GearReading) -> None:
    at = microseconds(reading.at)
    answered = {} if reading.error_code else {"answered_at": at}
    noted = update(gear).where(gear.c.number == number, or_(gear.c.polled_at.is_(None), gear.c.polled_at <= at))
    connection.execute(noted.values({"polled_at": at, "error_code": reading.error_code, **answered}))


def _add_load(database: Database, connection: Connection, number: int, load: UplinkLoad) -> None:
    row = {
        "gear": number,
        "at_s": microseconds(load.at) // ONE_SECOND,
        "duration_ms": round(load.seconds * MS_PER_S),
        "down_kbit_s": round(load.down_mbit_s * KBIT_PER_MBIT),
        "up_kbit_s": round(load.up_mbit_s * KBIT_PER_MBIT),
    }
    connection.execute(database.insert_into(uplink_loads).values(row).on_conflict_do_nothing())


def _add_port(database: Database, connection: Connection, number: int, at: datetime, count: PortCount) -> None:
    read_at = microseconds(at)
    statement = database.insert_into(uplink_days).values(
        gear=number,
        day=day_of(read_at),
        read_at=read_at,
        speed_mbit_s=count.speed_mbit_s,
        is_up=count.is_up,
        packets=count.packets_count,
        errors=count.errors_count,
        discards=count.discards_count,
    )
    new, old = statement.excluded, uplink_days.c
    newest = {
        name: case((new.read_at >= old.read_at, new[name]), else_=old[name])
        for name in ("read_at", "speed_mbit_s", "is_up")
    }
    summed = {name: old[name] + new[name] for name in ("packets", "errors", "discards")}
    connection.execute(statement.on_conflict_do_update(index_elements=[old.gear, old.day], set_=newest | summed))


def _put_radios(database: Database, connection: Connection, number: int, found: Sequence[RadioReading]) -> None:
    """The last reading of a radio on a day stands for the day."""
    if not found:
        return
    statement = database.insert_into(radios)
    key = {"gear", "access_point", "radio", "day"}
    changed = {name: statement.excluded[name] for name in radios.c.keys() if name not in key}  # noqa: SIM118 - columns
    newest = statement.on_conflict_do_update(
        index_elements=[radios.c[name] for name in ("gear", "access_point", "radio", "day")],
        set_=changed,
        where=radios.c.at <= statement.excluded.at,
    )
    connection.execute(newest, [_radio_row(number, one) for one in found])


def _radio_row(number: int, reading: RadioReading) -> dict[str, object]:
    seen, at = reading.seen, microseconds(reading.seen.at)
    return {
        "gear": number,
        "access_point": seen.access_point,
        "radio": reading.radio,
        "day": day_of(at),
        "school": reading.school,
        "at": at,
        "mac": seen.mac,
        "room": seen.room,
        "band": seen.band,
        "channel": seen.channel,
        "clients": seen.clients_count,
        "utilisation_percent": seen.utilisation_percent,
        "unclear": seen.unclear,
    }


def _radio(row: Row[Any]) -> RadioSeen:
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
