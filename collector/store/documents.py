"""Small JSON documents by kind and key: what other parts of the collector must remember across restarts."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, delete, select

from collector.store.database import Database
from collector.store.tables import documents


def read(connection: Connection, kind: str) -> dict[str, bytes]:
    """All documents of a kind by key."""
    query = select(documents.c.key, documents.c.body).where(documents.c.kind == kind).order_by(documents.c.key)
    return {row.key: row.body.encode() for row in connection.execute(query)}


def save(
    database: Database, connection: Connection, kind: str, changed: Mapping[str, bytes], removed: Collection[str]
) -> None:
    """Writes the changed documents and removes others, all or nothing."""
    if removed:
        ours = delete(documents).where(documents.c.kind == kind)
        connection.execute(ours.where(documents.c.key.in_(list(removed))))
    if changed:
        statement = database.insert_into(documents)
        rows = [{"kind": kind, "key": key, "body": body.decode()} for key, body in sorted(changed.items())]
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=[documents.c.kind, documents.c.key], set_={"body": statement.excluded.body}
            ),
            rows,
        )
