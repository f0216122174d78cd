"""Reads what was known about a school at a moment, now or in the past: the same bytes then and ever after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec.structs import replace
from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, or_, select

from collector.readiness.domain.model import DeviceSeen, Evidence
from collector.store import counted, gear, machines, rehearsals
from collector.store.devices import seen
from collector.store.sessions import is_without_agent
from collector.store.spans import SAID, Span, observations, spans
from collector.store.tables import contents, device_probes, devices, results
from collector.store.timestamps import Microseconds, day_of, microseconds, moment


def read_evidence(connection: Connection, school: str, as_of: datetime, since: datetime) -> Evidence:
    """Everything within `since`..`as_of`, and the newest observation per device and probe whatever its age, of what had
    come in by `as_of`. Observations come by device and probe, oldest first.
    """
    until, start = microseconds(as_of), microseconds(since)
    found = _relevant(spans(connection.execute(_results(school, until, start)).all(), until), start)
    return Evidence(
        school=school,
        devices=_as_known(_enrolled(connection, school, until), found),
        observations=observations(found),
        uplink=gear.read_uplink(connection, school, as_of, since),
        radios=gear.read_radios(connection, school, as_of, since),
        uplink_ports=gear.read_ports(connection, school, as_of, since),
        counted=counted.read(connection, school, as_of, since),
        enrolled=machines.read(connection, school, until),
        rehearsals=rehearsals.read(connection, school, as_of),
    )


def stands(until: Microseconds) -> ColumnElement[bool]:
    """Enrolled by then, and not revoked by then."""
    return and_(devices.c.enrolled_at <= until, or_(devices.c.revoked_at.is_(None), devices.c.revoked_at > until))


def _enrolled(connection: Connection, school: str, until: Microseconds) -> list[DeviceSeen]:
    """The devices as they were enrolled."""
    without_agent = is_without_agent(until).label("without_agent")
    query = select(devices, without_agent).where(devices.c.school == school, stands(until)).order_by(devices.c.number)
    return [
        replace(seen(row), room=row.enrolled_room, without_agent=bool(row.without_agent))
        for row in connection.execute(query)
    ]


def _results(school: str, until: Microseconds, start: Microseconds) -> Select[tuple[object, ...]]:
    """The rows of the window and, per device and probe, those of the newest day that has any."""
    newest_day = (
        select(func.max(results.c.day))
        .where(
            results.c.device == device_probes.c.device,
            results.c.probe == device_probes.c.probe,
            results.c.day <= day_of(until),
            results.c.known_at <= until,
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
    return (
        select(newest.c.device_id, results, *SAID)
        .join(results, and_(results.c.device == newest.c.device, results.c.probe == newest.c.probe))
        .join(contents, and_(contents.c.device == results.c.device, contents.c.digest == results.c.digest))
        .where(results.c.day.between(first_day, day_of(until)), results.c.known_at <= until)
        .order_by(results.c.device, results.c.probe, results.c.day, results.c.digest)
    )


def _relevant(found: Sequence[Span], start: Microseconds) -> list[Span]:
    """Drops what ended before the window, except the newest of each device and probe."""
    following: list[Span | None] = [*found[1:], None]
    return [
        span
        for span, after in zip(found, following, strict=False)
        if span.last_at >= start or after is None or _of(after) != _of(span)
    ]


def _of(span: Span) -> tuple[int, str]:
    return span.row.device, span.row.probe


def _as_known(enrolled: Sequence[DeviceSeen], found: Sequence[Span]) -> list[DeviceSeen]:
    """The devices as they had been heard: by what they had measured, and by nothing that came in later."""
    newest: dict[str, Span] = {}
    for span in found:
        before = newest.get(span.row.device_id)
        if before is None or _came_in(span) > _came_in(before):
            newest[span.row.device_id] = span
    return [_heard(device, newest) for device in enrolled]


def _came_in(span: Span) -> tuple[Microseconds, Microseconds, str, bytes]:
    return span.newest.received_at or span.newest.at, span.newest.at, span.row.probe, span.row.digest


def _heard(device: DeviceSeen, newest: Mapping[str, Span]) -> DeviceSeen:
    """Of which version its agent was is not kept, so nothing is concluded from that."""
    span = newest.get(device.device_id)
    if span is None:
        return replace(device, last_seen_at=None, agent_version=None, clock_offset_s=None)
    return replace(
        device,
        room=span.row.room or device.room,
        last_seen_at=moment(_came_in(span)[0]),
        agent_version=None,
        clock_offset_s=span.newest.clock_offset_s,
    )
