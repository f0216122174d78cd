"""What one device said last, without reading its school's history."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, and_, select

from collector.readiness.domain.model import DeviceSeen, Evidence
from collector.store.packed_weeks import within
from collector.store.spans import SAID, observations, spans
from collector.store.tables import contents, devices, results
from collector.store.timestamps import day_of, microseconds


def read_device(connection: Connection, device: DeviceSeen, as_of: datetime, since: datetime) -> Evidence:
    """Everything that the device said on the days from `since` to `as_of`, of each probe the oldest first, as evidence
    of a school that has nothing else.
    """
    until, start = microseconds(as_of), microseconds(since)
    query = (
        select(devices.c.device_id, results, *SAID)
        .join(results, results.c.device == devices.c.number)
        .join(contents, and_(contents.c.device == results.c.device, contents.c.digest == results.c.digest))
        .where(
            devices.c.device_id == device.device_id,
            results.c.day.between(day_of(start), day_of(until)),
            results.c.known_at <= until,
        )
        .order_by(results.c.device, results.c.probe, results.c.day, results.c.digest)
    )
    window = (day_of(start), day_of(until))
    found = observations(spans(within(connection, device.device_id, connection.execute(query).all(), window), until))
    return Evidence(school=device.school, devices=[device], observations=found)
