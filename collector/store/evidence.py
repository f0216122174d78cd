"""Reads what was known about a school at a moment, now or in the past."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec.structs import replace
from sqlalchemy import ColumnElement, Connection, Row, Select, and_, case, func, or_, select

from agent.protocol.wire import FactValue
from collector.readiness.domain.model import DeviceSeen, Evidence, Observation
from collector.store import counted, gear
from collector.store.devices import seen
from collector.store.tables import contents, device_probes, devices, results
from collector.store.timestamps import Microseconds, day_of, microseconds, moment

_facts = msgspec.json.Decoder(dict[str, FactValue])
_missing = msgspec.json.Decoder(dict[str, str])
_rows = msgspec.json.Decoder(list[dict[str, FactValue]])

ResultRow = Row[Any]
SAID = (
    contents.c.room,
    contents.c.status,
    contents.c.error_code,
    contents.c.facts,
    contents.c.missing,
    contents.c.rows,
    contents.c.session,
)


class DecodedContent(msgspec.Struct, frozen=True):
    """What a content says, decoded once for all the days on which it was said."""

    facts: dict[str, FactValue]
    missing: dict[str, str]
    rows: list[dict[str, FactValue]]


def read_evidence(connection: Connection, school: str, as_of: datetime, since: datetime) -> Evidence:
    """Everything within `since`..`as_of`, and the newest observation per device and probe whatever its age.

    What goes on after `as_of` is cut there; its count stays that of its whole day. Observations come by device and
    probe, oldest first.
    """
    until, start = microseconds(as_of), microseconds(since)
    enrolled = _enrolled(connection, school, until)
    rows = _relevant(connection.execute(_results(school, until, start)).all(), start)
    said: dict[tuple[int, bytes], DecodedContent] = {}
    observations = [observation(row, until, said) for row in rows]
    return Evidence(
        school=school,
        devices=[
            _as_of(device, observations_of, as_of) for device, observations_of in _by_device(enrolled, observations)
        ],
        observations=observations,
        uplink=gear.read_uplink(connection, school, as_of, since),
        radios=gear.read_radios(connection, school, as_of, since),
        uplink_ports=gear.read_ports(connection, school, as_of, since),
        counted=counted.read(connection, school, as_of, since),
    )


def stands(until: Microseconds) -> ColumnElement[bool]:
    """Enrolled by then, and not revoked by then."""
    return and_(devices.c.enrolled_at <= until, or_(devices.c.revoked_at.is_(None), devices.c.revoked_at > until))


def _enrolled(connection: Connection, school: str, until: Microseconds) -> list[DeviceSeen]:
    query = select(devices).where(devices.c.school == school, stands(until)).order_by(devices.c.number)
    return [seen(row) for row in connection.execute(query)]


def _results(school: str, until: Microseconds, start: Microseconds) -> Select[tuple[object, ...]]:
    """The rows of the window and, per device and probe, those of the newest day that has any."""
    newest_day = (
        select(func.max(results.c.day))
        .where(
            results.c.device == device_probes.c.device,
            results.c.probe == device_probes.c.probe,
            results.c.day <= day_of(until),
            results.c.first_at <= until,
        )
        .correlate(device_probes)
        .scalar_subquery()
    )
    newest = (
        select(devices.c.device_id, device_probes.c.device, device_probes.c.probe, newest_day.label("day"))
        .join(devices, devices.c.number == device_probes.c.device)
        .where(devices.c.school == school, stands(until))
        .subquery("newest")
    )
    first_day = case((newest.c.day < day_of(start), newest.c.day), else_=day_of(start))
    ends_at = case((results.c.last_at > until, until), else_=results.c.last_at)
    return (
        select(newest.c.device_id, results, *SAID)
        .join(results, and_(results.c.device == newest.c.device, results.c.probe == newest.c.probe))
        .join(contents, and_(contents.c.device == results.c.device, contents.c.digest == results.c.digest))
        .where(results.c.day.between(first_day, day_of(until)), results.c.first_at <= until)
        .order_by(results.c.device, results.c.probe, ends_at, results.c.first_at, results.c.digest)
    )


def _relevant(rows: Sequence[ResultRow], start: Microseconds) -> list[ResultRow]:
    """Drops what ended before the window, except the newest of each device and probe."""
    following: list[ResultRow | None] = [*rows[1:], None]
    return [
        row
        for row, after in zip(rows, following, strict=False)
        if row.last_at >= start or after is None or (after.device, after.probe) != (row.device, row.probe)
    ]


def observation(row: ResultRow, until: Microseconds, decoded: dict[tuple[int, bytes], DecodedContent]) -> Observation:
    """The row as an observation, cut at `until`; `decoded` keeps contents that were met before."""
    said = decoded.get((row.device, row.digest))
    if said is None:
        said = DecodedContent(_facts.decode(row.facts), _missing.decode(row.missing), _rows.decode(row.rows))
        decoded[row.device, row.digest] = said
    return Observation(
        device_id=row.device_id,
        room=row.room,
        probe=row.probe,
        status=row.status,
        first_at=moment(row.first_at),
        last_at=moment(min(row.last_at, until)),
        count=row.times,
        facts=said.facts,
        missing=said.missing,
        rows=said.rows,
        error_code=row.error_code,
        session=row.session,
    )


def _by_device(
    enrolled: list[DeviceSeen], observations: list[Observation]
) -> Iterator[tuple[DeviceSeen, list[Observation]]]:
    found: dict[str, list[Observation]] = {device.device_id: [] for device in enrolled}
    for one in observations:
        found[one.device_id].append(one)
    for device in enrolled:
        yield device, found[device.device_id]


def _as_of(device: DeviceSeen, observations: list[Observation], as_of: datetime) -> DeviceSeen:
    """The device as it was known then: when it has been heard since, by what it had measured by then."""
    if device.last_seen_at is None or device.last_seen_at <= as_of:
        return device
    newest = max(observations, key=lambda one: one.last_at, default=None)
    if newest is None:
        return replace(device, last_seen_at=None, agent_version=None, clock_offset_s=None)
    return replace(device, last_seen_at=newest.last_at, room=newest.room or device.room)
