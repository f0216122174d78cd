"""Reads what one probe said lately at every school, in one question."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from collector.readiness.domain.model import Observation
from collector.store.evidence import stands
from collector.store.spans import SAID, observations, spans
from collector.store.tables import contents, devices, results
from collector.store.timestamps import day_of, microseconds


def read_probe(connection: Connection, probe: str, as_of: datetime, since: datetime) -> dict[str, list[Observation]]:
    """The observations of `probe` that agents made within `since`..`as_of`, by school and oldest first. What browsers
    say of it is not among them: anybody could raise an alarm by that. Nor is what is packed: that is older.
    """
    until, start = microseconds(as_of), microseconds(since)
    query = (
        select(devices.c.device_id, devices.c.school, results, *SAID)
        .join(devices, devices.c.number == results.c.device)
        .join(contents, (contents.c.device == results.c.device) & (contents.c.digest == results.c.digest))
        .where(
            devices.c.kind == "agent",
            results.c.probe == probe,
            results.c.day.between(day_of(start), day_of(until)),
            results.c.last_at >= start,
            results.c.known_at <= until,
            stands(until),
        )
        .order_by(results.c.device, results.c.probe, results.c.day, results.c.digest)
    )
    rows = connection.execute(query).all()
    schools = {row.device: row.school for row in rows}
    within = [span for span in spans(rows, until) if span.last_at >= start]
    within.sort(key=lambda span: (span.last_at, span.row.device))
    found: dict[str, list[Observation]] = {}
    for span, one in zip(within, observations(within), strict=True):
        found.setdefault(schools[span.row.device], []).append(one)
    return found
