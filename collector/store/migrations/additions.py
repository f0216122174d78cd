"""Makes the tables and columns that came with one migration, as `tables` describes them.

For migrations that only add. One that changes what is there writes its own statements: what it must change is not what
the tables say today.
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, MetaData, Table

from collector.store.tables import metadata

FIRST = "0001"


def add(revision: str) -> None:
    """Makes each table that came with `revision`, and adds each column that came with it to a table from before."""
    as_they_are = MetaData()
    for table in metadata.sorted_tables:
        table.to_metadata(as_they_are)
    for table in as_they_are.sorted_tables:
        if _since(table) == revision:
            _create(table, revision)
        elif _since(table) < revision:
            for column in table.columns:
                if _since(column) == revision:
                    op.add_column(table.name, _alone(column))


def _since(of: Table | Column[object]) -> str:
    return str(of.info.get("since", FIRST))


def _create(table: Table, revision: str) -> None:
    """The table as it was when it came: columns of later migrations are left out of the statement."""
    for column in table.columns:
        column.system = _since(column) > revision
    table.create(op.get_bind())


def _alone(column: Column[object]) -> Column[object]:
    """The column by itself, as a statement that adds it needs it."""
    return Column(column.name, column.type, nullable=column.nullable, server_default=column.server_default)
