"""Writes down what network gear told, each row once however many polls of a batch move it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, case, or_, select, update

from collector.readiness.domain.network_gear import as_busy_as_lessons
from collector.store.database import Database, UpsertInsert
from collector.store.gear import KBIT_PER_MBIT, MS_PER_S, GearKey, GearReading, RadioReading, radio_of
from collector.store.tables import gear, radios, uplink_days, uplink_loads
from collector.store.timestamps import ONE_SECOND, day_of, microseconds

_RADIO_KEY = ("gear", "access_point", "radio", "day")
RadioDay = tuple[int, str, str, int]
"""The values of that key."""

Named = Sequence[tuple[int, GearReading]]
"""Readings with the number of their device."""


def save(database: Database, connection: Connection, readings: Sequence[GearReading]) -> None:
    """Writes polls of named devices down and drops what others told. Counts of a port are added up: give each once."""
    known = _numbers(connection)
    named = [(known[key], one) for one in readings if (key := (one.school, one.device)) in known]
    _note_polls(connection, named)
    _add_loads(database, connection, named)
    _add_ports(database, connection, named)
    _put_radios(database, connection, named)


def _numbers(connection: Connection) -> dict[GearKey, int]:
    return {
        (row.school, row.gear_id): row.number
        for row in connection.execute(select(gear.c.school, gear.c.gear_id, gear.c.number))
    }


def _note_polls(connection: Connection, named: Named) -> None:
    """The last poll of each device, and when it last answered."""
    last: dict[int, dict[str, object]] = {}
    for number, reading in sorted(named, key=lambda one: one[1].at):
        at = microseconds(reading.at)
        answered = {} if reading.error_code else {"answered_at": at}
        last[number] = {**last.get(number, {}), "polled_at": at, "error_code": reading.error_code, **answered}
    for number, noted in sorted(last.items()):
        is_newer = or_(gear.c.polled_at.is_(None), gear.c.polled_at <= noted["polled_at"])
        connection.execute(update(gear).where(gear.c.number == number, is_newer).values(noted))


def _add_loads(database: Database, connection: Connection, named: Named) -> None:
    rows = [
        {
            "gear": number,
            "at_s": microseconds(load.at) // ONE_SECOND,
            "duration_ms": round(load.seconds * MS_PER_S),
            "down_kbit_s": round(load.down_mbit_s * KBIT_PER_MBIT),
            "up_kbit_s": round(load.up_mbit_s * KBIT_PER_MBIT),
        }
        for number, reading in named
        if (load := reading.load) is not None
    ]
    if rows:
        connection.execute(database.insert_into(uplink_loads).on_conflict_do_nothing(), rows)


def _add_ports(database: Database, connection: Connection, named: Named) -> None:
    """One row for each port and day, however many readings of it there are."""
    days: dict[tuple[int, int], dict[str, Any]] = {}
    for number, reading in sorted(named, key=lambda one: one[1].at):
        if (count := reading.port) is None:
            continue
        at = microseconds(reading.at)
        before = days.get((number, day_of(at)), {"packets": 0, "errors": 0, "discards": 0})
        days[number, day_of(at)] = {
            "gear": number,
            "day": day_of(at),
            "read_at": at,
            "speed_mbit_s": count.speed_mbit_s,
            "is_up": count.is_up,
            "packets": before["packets"] + count.packets_count,
            "errors": before["errors"] + count.errors_count,
            "discards": before["discards"] + count.discards_count,
        }
    if days:
        connection.execute(_add_day(database), [days[key] for key in sorted(days)])


def _add_day(database: Database) -> UpsertInsert:
    statement = database.insert_into(uplink_days)
    new, old = statement.excluded, uplink_days.c
    newest = {
        name: case((new.read_at >= old.read_at, new[name]), else_=old[name])
        for name in ("read_at", "speed_mbit_s", "is_up")
    }
    summed = {name: old[name] + new[name] for name in ("packets", "errors", "discards")}
    return statement.on_conflict_do_update(index_elements=[old.gear, old.day], set_=newest | summed)


def _put_radios(database: Database, connection: Connection, named: Named) -> None:
    """One row for each radio and day: as busy as the day's lessons made it."""
    told = [
        ((number, one.seen.access_point, one.radio, day_of(microseconds(one.seen.at))), one)
        for number, reading in sorted(named, key=lambda one: one[1].at)
        for one in reading.radios
    ]
    if not told:
        return
    stored = _stored_days(connection, {key[0] for key, _ in told}, {key[3] for key, _ in told})
    days: dict[RadioDay, RadioReading] = {}
    for key, one in told:
        before = days.get(key, stored.get(key))
        days[key] = one if before is None else _together(before, one)
    statement = database.insert_into(radios)
    changed = {name: statement.excluded[name] for name in radios.c.keys() if name not in _RADIO_KEY}  # noqa: SIM118 - columns
    put = statement.on_conflict_do_update(index_elements=[radios.c[name] for name in _RADIO_KEY], set_=changed)
    connection.execute(put, [_radio_row(key, one) for key, one in days.items()])


def _together(before: RadioReading, after: RadioReading) -> RadioReading:
    """By time, as polls of a batch that failed to be written come again later."""
    if after.seen.at < before.seen.at:
        before, after = after, before
    return msgspec.structs.replace(after, seen=as_busy_as_lessons(before.seen, after.seen))


def _stored_days(connection: Connection, numbers: set[int], days: set[int]) -> dict[RadioDay, RadioReading]:
    """What is known by now of the radios of these devices on these days."""
    query = select(gear.c.gear_id, radios).join(gear, gear.c.number == radios.c.gear)
    found = connection.execute(query.where(radios.c.gear.in_(numbers), radios.c.day.in_(days)))
    return {
        (row.gear, row.access_point, row.radio, row.day): RadioReading(row.school, row.radio, radio_of(row))
        for row in found
    }


def _radio_row(key: RadioDay, reading: RadioReading) -> dict[str, object]:
    seen = reading.seen
    return {
        **dict(zip(_RADIO_KEY, key, strict=True)),
        "school": reading.school,
        "at": microseconds(seen.at),
        "mac": seen.mac,
        "room": seen.room,
        "band": seen.band,
        "channel": seen.channel,
        "clients": seen.clients_count,
        "utilisation_percent": seen.utilisation_percent,
        "unclear": seen.unclear,
    }
