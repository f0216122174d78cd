"""Every time that a result was heard, with when it came in, in place of the first, the last and how often."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Connection, inspect, text

from collector.store.migrations.additions import add

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Of what is stored by now it is known that it was said first and last then, and how often: when the others were is
    taken to be the last time, and when they came in was not kept.
    """
    add(revision)
    connection = op.get_bind()
    connection.execute(text("UPDATE devices SET enrolled_room = room"))
    if "times" in {column["name"] for column in inspect(connection).get_columns("results")}:
        _fill(connection)
        op.drop_column("results", "first_at")
        op.drop_column("results", "times")


def _fill(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.create_function("heard_before", 4, heard_before, deterministic=True)
        heard = "heard_before(first_at, last_at, times, day)"
    else:
        heard = f"decode({_HEX.format('first_at')} || repeat({_HEX.format('last_at')}, (times - 1)::int), 'hex')"
    connection.execute(text(f"UPDATE results SET known_at = first_at, heard = {heard}"))  # noqa: S608 - of this file alone


def heard_before(first_at: int, last_at: int, times: int, day: int) -> bytes:
    """The entries of a row from before: each is the millisecond of the day and what says that no more was kept."""
    entries = [
        (at // 1_000 - day * _DAY_MS).to_bytes(4, "big") + bytes.fromhex(_NOT_KEPT) for at in (first_at, last_at)
    ]
    return entries[0] + entries[1] * (times - 1)


_DAY_MS = 86_400_000
_NOT_KEPT = "ffff7f"
_HEX = "lpad(to_hex({} / 1000 - day::bigint * 86400000), 8, '0') || '" + _NOT_KEPT + "'"
