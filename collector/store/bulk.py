"""Runs one statement for very many rows, without the work that SQLAlchemy does for each row's values.

The rows must hold what the driver takes as it is: whole numbers, floats, text, bytes and None.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, Engine
from sqlalchemy.sql import Executable
from sqlalchemy.sql.elements import ClauseElement

SqlRow = tuple[object, ...]


class BulkStatement:
    """A statement and the names of its parameters, in the order in which rows give them."""

    def __init__(self, engine: Engine, statement: Executable, names: Sequence[str]) -> None:
        """Writes the statement in the engine's dialect, once."""
        assert isinstance(statement, ClauseElement)
        compiled = statement.compile(engine, column_keys=list(names))
        self._sql = str(compiled)
        self._names = tuple(names)
        order = getattr(compiled, "positiontup", None)
        assert order is None or tuple(order) == self._names, f"{order} is not the order of {names}"
        self._is_positional = order is not None

    def run(self, connection: Connection, rows: Sequence[SqlRow]) -> None:
        """Runs the statement for each row; nothing happens when there are none."""
        if not rows:
            return
        if self._is_positional:
            connection.exec_driver_sql(self._sql, list(rows))
        else:
            connection.exec_driver_sql(self._sql, [dict(zip(self._names, row, strict=True)) for row in rows])
