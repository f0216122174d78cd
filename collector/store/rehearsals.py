"""Rehearsals as they were told: every version of each, read as it was known at a moment."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection, Table, delete, select

from collector.readiness.domain.model import Rehearsal
from collector.store.database import UpsertInsert
from collector.store.tables import rehearsals
from collector.store.timestamps import Microseconds, microseconds

_told = msgspec.json.Decoder(Rehearsal)


def save(connection: Connection, insert_into: Callable[[Table], UpsertInsert], told: Sequence[Rehearsal]) -> set[str]:
    """Writes versions down, each once; gives the schools with something new."""
    rows = [_row(one) for one in told]
    if not rows:
        return set()
    statement = insert_into(rehearsals).on_conflict_do_nothing().returning(rehearsals.c.school)
    return set(connection.execute(statement, rows).scalars())


def _row(one: Rehearsal) -> dict[str, object]:
    return {
        "school": one.school,
        "rehearsal_id": one.rehearsal_id,
        "received_at": microseconds(one.received_at),
        "ends_at": microseconds(one.ends_at),
        "body": msgspec.json.encode(one).decode(),
    }


def read(connection: Connection, school: str, as_of: datetime) -> list[Rehearsal]:
    """Of each rehearsal of a school, the newest version that was known then. However old it is: one that went badly is
    not mended by waiting.
    """
    query = (
        select(rehearsals.c.rehearsal_id, rehearsals.c.body)
        .where(rehearsals.c.school == school, rehearsals.c.received_at <= microseconds(as_of))
        .order_by(rehearsals.c.received_at)
    )
    newest = {row.rehearsal_id: row.body for row in connection.execute(query)}
    return [_told.decode(body) for _, body in sorted(newest.items())]


def forget_before(connection: Connection, before: Microseconds) -> int:
    """Removes rehearsals that were over before that time; gives how many rows."""
    return connection.execute(delete(rehearsals).where(rehearsals.c.ends_at < before)).rowcount
