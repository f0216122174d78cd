"""Keeps the reports that were refused, newest first and at most so many, so that somebody can see why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection, delete, func, insert, select

from collector.store.reports import RejectedReport
from collector.store.tables import rejected
from collector.store.timestamps import moment

KEPT_REJECTIONS = 10_000
KEPT_BODY_BYTES = 8_192


class Rejection(msgspec.Struct, frozen=True):
    """A refused report as it is kept: why, where in it, and how it began."""

    received_at: datetime
    device_id: str
    report_id: str | None
    code: str
    place: str | None
    message: str
    body: bytes


def keep(connection: Connection, refused: Sequence[RejectedReport]) -> None:
    """Adds refused reports and drops the oldest beyond the bound."""
    if not refused:
        return
    rows = [msgspec.structs.asdict(one) | {"body": one.body[:KEPT_BODY_BYTES]} for one in refused]
    connection.execute(insert(rejected), rows)
    newest = connection.execute(select(func.max(rejected.c.number))).scalar_one()
    connection.execute(delete(rejected).where(rejected.c.number <= newest - KEPT_REJECTIONS))


def read(connection: Connection, limit: int) -> list[Rejection]:
    """The newest `limit` refused reports, newest first."""
    query = select(rejected).order_by(rejected.c.number.desc()).limit(limit)
    return [
        Rejection(
            received_at=moment(row.received_at),
            device_id=row.device_id,
            report_id=row.report_id,
            code=row.code,
            place=row.place,
            message=row.message,
            body=bytes(row.body),
        )
        for row in connection.execute(query)
    ]
