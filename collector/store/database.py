"""Opens the database, brings its tables up to date, and gives transactions: SQLite and PostgreSQL by the same code.

On SQLite every commit is on disk before it returns (WAL, synchronous=FULL).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util.exc import CommandError
from sqlalchemy import Connection, Engine, Table, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DatabaseError, DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import StaticPool

from collector.store.errors import StorageUnavailableError, UnreadableStoreError
from collector.store.tables import metadata

MIGRATIONS = Path(__file__).parent / "migrations"
WAL_PAGES_BEFORE_CHECKPOINT = 8_000
WAL_KEPT_BYTES = 64 * 1024 * 1024
CACHE_KIB = 64 * 1024

_TO_CHECK = {
    "sqlite": "Check that the disk is not full, that the collector's user may write to the file and its folder, and "
    "that no other program holds it locked.",
    "postgresql": "Check that the server runs, that its address and the password in database_url are right, and that "
    "its disk is not full.",
}

UpsertInsert = sqlite.Insert | postgresql.Insert


class Database:
    """Transactions on one database. Any thread may use it."""

    def __init__(self, engine: Engine) -> None:
        """Takes an engine whose tables are up to date; `open_database` makes one."""
        self.engine = engine
        self._writing = engine.execution_options(writes=True)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of the database throughout. Raises StorageUnavailableError."""
        with _said_plainly(self.engine), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that is on disk when the block ends, or never was. Raises StorageUnavailableError."""
        with _said_plainly(self.engine), self._writing.begin() as connection:
            yield connection

    def insert_into(self, table: Table) -> UpsertInsert:
        """An INSERT that can say what to do ON CONFLICT, in this database's dialect."""
        if self.engine.dialect.name == "postgresql":
            return postgresql.insert(table)
        return sqlite.insert(table)

    def close(self) -> None:
        """Gives back every connection."""
        self.engine.dispose()


def open_database(url: str, busy_timeout_s: float) -> Database:
    """Opens (and on SQLite makes) the database and runs the migrations that it lacks.

    Raises StorageUnavailableError or UnreadableStoreError, both with what to do.
    """
    engine = _engine(url)
    if engine.dialect.name == "sqlite":
        _make_private_file(url)
        _prepare_sqlite(engine, _pragmas(busy_timeout_s))
    database = Database(engine)
    try:
        with database.writing() as connection:
            _migrate(connection)
    except CommandError as error:
        engine.dispose()
        raise UnreadableStoreError(
            f"The database {_shown(engine)} was written by another version of Provklar ({error}). "
            "Install that version or a newer one, or restore the copy that was taken before the upgrade."
        ) from error
    except (StorageUnavailableError, UnreadableStoreError):
        engine.dispose()
        raise
    return database


class MemoryDatabase(Database):
    """Lasts until it is closed; what its statements were compiled to serves the next one."""

    def close(self) -> None:
        """Forgets all that is in it."""
        super().close()
        _forgotten.append(self.engine)


_forgotten: list[Engine] = []
"""Engines of databases in memory that were closed: they hold nothing, and each connects to an empty database."""


def memory_database() -> Database:
    """An empty SQLite database in memory, on one connection of the thread that asks. Its tables are made as they are
    declared, which is what all migrations together come to.
    """
    engine = _forgotten.pop() if _forgotten else _memory_engine()
    database = MemoryDatabase(engine)
    with database.writing() as connection:
        metadata.create_all(connection)
    return database


def _memory_engine() -> Engine:
    engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    _prepare_sqlite(engine, ("foreign_keys=ON",))
    return engine


def _engine(url: str) -> Engine:
    try:
        return create_engine(url)
    except ModuleNotFoundError as error:
        raise UnreadableStoreError(
            f"{make_url(url).drivername} needs the Python package {error.name}, which is not installed. "
            'Install Provklar with it: pip install "provklar[collector,postgresql]".'
        ) from error


def _migrate(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _make_private_file(url: str) -> None:
    path = make_url(url).database
    if not path or path == ":memory:":
        raise UnreadableStoreError(f"{url}: name a file, for example sqlite:///var/provklar.db")
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        # SQLite's companion files (-wal, -shm) take over the mode of this one.
        Path(path).touch(mode=0o600)
    except OSError as error:
        raise StorageUnavailableError(
            f"The database {path} can not be opened: {error.strerror}. Check that the folder exists, "
            "that the collector's user may write there, and that the disk is not full."
        ) from error


def _pragmas(busy_timeout_s: float) -> Sequence[str]:
    return (
        f"busy_timeout={int(busy_timeout_s * 1000)}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"wal_autocheckpoint={WAL_PAGES_BEFORE_CHECKPOINT}",
        f"journal_size_limit={WAL_KEPT_BYTES}",
        f"cache_size=-{CACHE_KIB}",
    )


def _prepare_sqlite(engine: Engine, pragmas: Sequence[str]) -> None:
    def set_up(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # the driver must not begin transactions behind our back
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    def begin(connection: Connection) -> None:
        # A writer takes the lock at once: one that starts as a reader can not wait for it later.
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    event.listen(engine, "connect", set_up)
    event.listen(engine, "begin", begin)


def _shown(engine: Engine) -> str:
    return engine.url.database or engine.url.render_as_string(hide_password=True)


@contextmanager
def _said_plainly(engine: Engine) -> Iterator[None]:
    try:
        yield
    except IntegrityError:
        raise
    except (OperationalError, PoolTimeoutError) as error:
        reason = " ".join(str(error.orig if isinstance(error, DBAPIError) else error).split())
        raise StorageUnavailableError(
            f"The database {_shown(engine)} can not be used now ({reason}). {_TO_CHECK[engine.dialect.name]}"
        ) from error
    except DatabaseError as error:
        raise UnreadableStoreError(
            f"{_shown(engine)} is not a usable Provklar database ({error.orig}). Restore it from a copy, or move it "
            "away and start with an empty one."
        ) from error
