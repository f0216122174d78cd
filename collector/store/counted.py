"""What the measurement point counted of runs: written once each, read as it was known at a moment."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection, Table, delete, select

from collector.readiness.domain.model import CountedRun
from collector.store.database import UpsertInsert
from collector.store.tables import counted_runs, devices
from collector.store.timestamps import Microseconds, microseconds, moment


def save(connection: Connection, insert_into: Callable[[Table], UpsertInsert], runs: Sequence[CountedRun]) -> set[str]:
    """Writes down runs of devices that are known, each once; gives the schools with something new."""
    known = _devices(connection, {run.device_id for run in runs})
    rows = {(known[run.device_id][0], microseconds(run.at)): run for run in runs if run.device_id in known}
    if not rows:
        return set()
    statement = insert_into(counted_runs).on_conflict_do_nothing().returning(counted_runs.c.device)
    added = connection.execute(statement, [_row(device, run) for (device, _), run in sorted(rows.items(), key=_by_key)])
    schools = dict(known.values())
    return {schools[device] for device in added.scalars()}


def _by_key(item: tuple[tuple[int, Microseconds], CountedRun]) -> tuple[int, Microseconds]:
    return item[0]


def _devices(connection: Connection, device_ids: set[str]) -> dict[str, tuple[int, str]]:
    """Their numbers and schools."""
    query = select(devices.c.device_id, devices.c.number, devices.c.school).where(devices.c.device_id.in_(device_ids))
    return {row.device_id: (row.number, row.school) for row in connection.execute(query)}


def _row(device: int, run: CountedRun) -> dict[str, object]:
    told = msgspec.structs.asdict(run)
    del told["device_id"]
    return {**told, "device": device, "at": microseconds(run.at), "received_at": microseconds(run.received_at)}


def read(connection: Connection, school: str, as_of: datetime, since: datetime) -> list[CountedRun]:
    """The runs of a school's devices that began within `since`..`as_of`, as far as they were known then."""
    until = microseconds(as_of)
    query = (
        select(devices.c.device_id, counted_runs)
        .join(devices, devices.c.number == counted_runs.c.device)
        .where(
            devices.c.school == school,
            counted_runs.c.at.between(microseconds(since), until),
            counted_runs.c.received_at <= until,
        )
        .order_by(counted_runs.c.at, counted_runs.c.device)
    )
    return [
        CountedRun(
            device_id=row.device_id,
            at=moment(row.at),
            received_at=moment(row.received_at),
            seconds=row.seconds,
            down_bytes=row.down_bytes,
            up_bytes=row.up_bytes,
            down_mbit_s=row.down_mbit_s,
            up_mbit_s=row.up_mbit_s,
            session=row.session,
        )
        for row in connection.execute(query)
    ]


def forget_before(connection: Connection, device: int, before: Microseconds) -> int:
    """Removes what was counted of a device before that time; gives how many rows."""
    old = delete(counted_runs).where(counted_runs.c.device == device, counted_runs.c.at < before)
    return connection.execute(old).rowcount
