"""What the database holds: its tables as they are made, and every row."""

from __future__ import annotations

import sqlite3
from typing import Any

from tests.support.same_bytes.side import Side

LEFT_TO_CHANCE = {"enrolment_keys": ("key_id", "key_hash"), "devices": ("key_id",)}
"""Which key a simulated machine gets: see the rule "key"."""
LAST_ALONE = {"verdicts": ("sitting", "number")}
"""Of a table that grows with every judging, the last row of each: how often was judged while reports came is chance."""


def database(side: Side) -> None:
    """Records the schema and the rows, sorted."""
    with sqlite3.connect(f"file:{side.world / 'data/provklar.db'}?mode=ro", uri=True) as connection:
        connection.row_factory = sqlite3.Row
        made = connection.execute("SELECT type, name, sql FROM sqlite_master ORDER BY type, name").fetchall()
        side.note("database", "schema", "\n".join(f"{type_} {name}: {sql}" for type_, name, sql in made))
        for type_, name, _ in made:
            if type_ == "table":
                rows = [dict(row) for row in connection.execute(f'SELECT * FROM "{name}"')]
                side.note("database", name, "\n".join(sorted(_told(name, rows))))


def _told(table: str, rows: list[dict[str, Any]]) -> list[str]:
    if table in LAST_ALONE:
        by, order = LAST_ALONE[table]
        rows = list({row[by]: row for row in sorted(rows, key=lambda row: row[order])}.values())
    left_out = {*LEFT_TO_CHANCE.get(table, ()), *LAST_ALONE.get(table, ())[1:]}
    return [", ".join(f"{name}={_shown(value)}" for name, value in row.items() if name not in left_out) for row in rows]


def _shown(value: Any) -> str:
    return value.hex() if isinstance(value, bytes) else repr(value)
