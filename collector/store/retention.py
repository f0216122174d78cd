"""Removes raw data that is older than it may be kept, one device at a time, so that ingest never waits long."""

from __future__ import annotations

from sqlalchemy import Connection, delete, select, update

from collector.store import counted, packed_weeks
from collector.store.tables import contents, device_probes, devices, rejected, report_runs, reports, results
from collector.store.timestamps import Microseconds, day_of


def device_numbers(connection: Connection) -> list[int]:
    """Every device that ever enrolled."""
    return list(connection.execute(select(devices.c.number).order_by(devices.c.number)).scalars())


def device_ids(connection: Connection) -> dict[int, str]:
    """Every device that ever enrolled, by its number."""
    query = select(devices.c.number, devices.c.device_id).order_by(devices.c.number)
    return {row.number: row.device_id for row in connection.execute(query)}


def forget_device_before(connection: Connection, device: int, before: Microseconds) -> int:
    """Removes what one device said last before that time; gives how many rows of history went."""
    gone = connection.execute(
        delete(results).where(results.c.device == device, results.c.day <= day_of(before), results.c.last_at < before)
    ).rowcount
    gone += packed_weeks.forget_before(connection, device, day_of(before))
    gone_runs = counted.forget_before(connection, device, before)
    connection.execute(delete(reports).where(reports.c.device == device, reports.c.received_at < before))
    connection.execute(delete(report_runs).where(report_runs.c.device == device, report_runs.c.received_at < before))
    if gone:
        still_said = select(results.c.digest).where(results.c.device == device)
        connection.execute(delete(contents).where(contents.c.device == device, contents.c.digest.not_in(still_said)))
        if not packed_weeks.has_any(connection, device):
            probes = select(results.c.probe).where(results.c.device == device).distinct()
            connection.execute(
                delete(device_probes).where(device_probes.c.device == device, device_probes.c.probe.not_in(probes))
            )
        # Last, as whoever writes locks in this order.
        connection.execute(update(devices).where(devices.c.number == device).values(changes=devices.c.changes + 1))
    return gone + gone_runs


def forget_rejected_before(connection: Connection, before: Microseconds) -> int:
    """Removes old refused reports; gives how many."""
    return connection.execute(delete(rejected).where(rejected.c.received_at < before)).rowcount
