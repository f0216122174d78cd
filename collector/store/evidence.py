"""Reads what was known about a school at a moment, now or in the past: the same bytes then and ever after."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from msgspec.structs import replace
from sqlalchemy import ColumnElement, Connection, Row, Select, and_, case, func, or_, select

from collector.readiness.domain.model import DeviceSeen, Evidence, Observation
from collector.readiness.domain.strands import Strand, Strands
from collector.store import counted, gear, machines, rehearsals
from collector.store.devices import seen
from collector.store.heard import ONE_MS
from collector.store.kept_devices import KeptDevices, LastHeard, SaidByDevice
from collector.store.packed_weeks import beside
from collector.store.sessions import is_without_agent
from collector.store.spans import SAID, Span, observations, spans
from collector.store.tables import contents, device_probes, devices, results
from collector.store.timestamps import Microseconds, day_of, microseconds


def read_evidence(connection: Connection, school: str, as_of: datetime, since: datetime, kept: KeptDevices) -> Evidence:
    """Everything within `since`..`as_of`, and the newest observation per device and probe whatever its age, of what had
    come in by `as_of`. Observations come by device and probe, oldest first. Devices that are `kept` are not read.
    """
    until, start = microseconds(as_of), microseconds(since)
    enrolled = connection.execute(_enrolled(school, until)).all()
    said = {row.number: kept.get(row.number, row.changes, until, start) for row in enrolled}
    said |= _read(connection, [row for row in enrolled if said[row.number] is None], until, start, kept)
    known = [(row, one) for row in enrolled if (one := said[row.number]) is not None]
    return Evidence(
        school=school,
        devices=[_device(row, one) for row, one in known],
        observations=Strands(strand for _, one in known for strand in one.strands),
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


def _enrolled(school: str, until: Microseconds) -> Select[tuple[object, ...]]:
    without_agent = is_without_agent(until).label("without_agent")
    return select(devices, without_agent).where(devices.c.school == school, stands(until)).order_by(devices.c.number)


def _device(row: Row[Any], said: SaidByDevice) -> DeviceSeen:
    """The device as it was enrolled, and as it had been heard: by what it had measured, and by nothing later."""
    device = seen(row)
    device = replace(
        device,
        room=row.enrolled_room,
        without_agent=bool(row.without_agent),
        last_seen_at=None,
        agent_version=None,
        clock_offset_s=None,
    )
    return device if said.last_heard is None else said.last_heard.on(device)


ASKED_TOGETHER = 500
"""Devices that one question names; databases have a limit."""


def _read(
    connection: Connection, lacking: Sequence[Row[Any]], until: Microseconds, start: Microseconds, kept: KeptDevices
) -> dict[int, SaidByDevice]:
    """What these devices had said; kept where no more of them is known by now."""
    read = dict[int, SaidByDevice]()
    for begin in range(0, len(lacking), ASKED_TOGETHER):
        rows = lacking[begin : begin + ASKED_TOGETHER]
        unsettled = {row.number for row in rows if row.last_seen_at is not None and row.last_seen_at + ONE_MS > until}
        ids = {row.number: row.device_id for row in rows}
        loose = connection.execute(_results(list(ids), until, start)).all()
        window = (day_of(start), day_of(until) + 1)
        found = spans(beside(connection, ids, loose, window, until), until, unsettled)
        by_device: dict[int, list[Span]] = {row.number: [] for row in rows}
        for span in _relevant(found, start):
            by_device[span.row.device].append(span)
        for row in rows:
            read[row.number] = said = _said(by_device[row.number], start)
            if row.number not in unsettled:
                kept.put(row.number, row.changes, said)
    return read


def _said(found: Sequence[Span], start: Microseconds) -> SaidByDevice:
    """Of one device."""
    told = list(zip(found, observations(found), strict=True))
    strands = [Strand(one for _, one in of_probe) for _, of_probe in groupby(told, key=_probe)]
    settled_at = max((max(span.last_at, _came_in(span)[0]) for span in found), default=0)
    if not told:
        return SaidByDevice(start, settled_at, strands, None)
    newest, one = max(told, key=lambda pair: _came_in(pair[0]))
    last_heard = LastHeard(one, _came_in(newest)[0], newest.newest.clock_offset_s)
    return SaidByDevice(start, settled_at, strands, last_heard)


def _probe(told: tuple[Span, Observation]) -> str:
    return told[1].probe


def _results(numbers: Sequence[int], until: Microseconds, start: Microseconds) -> Select[tuple[object, ...]]:
    """The rows of the window and, per device and probe, those of the newest day that has any. Clocks may be ahead, so
    those of the day after it too.
    """
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
        .where(devices.c.number.in_(numbers))
        .subquery("newest")
    )
    first_day = case((newest.c.day < day_of(start), newest.c.day), else_=day_of(start))
    return (
        select(newest.c.device_id, results, *SAID)
        .join(results, and_(results.c.device == newest.c.device, results.c.probe == newest.c.probe))
        .join(contents, and_(contents.c.device == results.c.device, contents.c.digest == results.c.digest))
        .where(results.c.day.between(first_day, day_of(until) + 1))
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


def _came_in(span: Span) -> tuple[Microseconds, Microseconds, str, bytes]:
    return span.newest.received_at or span.newest.at, span.newest.at, span.row.probe, span.row.digest
