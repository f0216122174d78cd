"""A real PostgreSQL server of the tests' own, on a free port of loopback, with a new database for each test."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from sqlalchemy import create_engine, text

from tests.support.processes import free_port

USER = "postgres"
DEADLINE_S = 60


class PostgresqlServer:
    """Made by `running_server`."""

    def __init__(self, programs: _Programs, folder: Path, port: int) -> None:
        """A server with its files in `folder`, not started yet."""
        self._programs = programs
        self._folder = folder
        self._port = port
        self._numbers = count(1)

    def start(self) -> None:
        """Starts it and waits until it answers."""
        options = f"-p {self._port} -k {self._folder} -c listen_addresses=127.0.0.1 -c log_checkpoints=off"
        log = ("-l", self._folder / "log")
        self._programs.run("pg_ctl", "-D", self._folder / "data", *log, "-o", options, "-w", "start")

    def stop(self) -> None:
        """Stops it as a power cut would: no client is told."""
        self._programs.run("pg_ctl", "-D", self._folder / "data", "-m", "immediate", "-w", "stop")

    def new_database(self) -> str:
        """The SQLAlchemy address of a database that is empty."""
        name = f"test_{next(self._numbers)}"
        engine = create_engine(self._url("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        engine.dispose()
        return self._url(name)

    def _url(self, database: str) -> str:
        return f"postgresql+psycopg://{USER}@127.0.0.1:{self._port}/{database}"


@contextmanager
def running_server() -> Iterator[PostgresqlServer]:
    """Starts a server with an empty cluster, and removes both at the end."""
    folder = Path(tempfile.mkdtemp(prefix="provklar-postgresql-"))
    programs = _Programs(folder)
    server = PostgresqlServer(programs, folder, free_port())
    try:
        programs.run("initdb", "-D", folder / "data", "-A", "trust", "-U", USER, "-E", "UTF8", "--locale=C.UTF-8")
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)


class _Programs:
    """The newest installed PostgreSQL's programs; they refuse to run as root, so then they run as their own user."""

    def __init__(self, folder: Path) -> None:
        self._user = USER if os.geteuid() == 0 else None
        if self._user:
            shutil.chown(folder, self._user)
        [*_, self._newest] = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda found: int(found.parent.name))

    def run(self, program: str, *arguments: str | Path) -> None:
        done = subprocess.run(
            [self._newest / program, *arguments],
            check=False,
            user=self._user,
            cwd="/",
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=DEADLINE_S,
        )
        assert done.returncode == 0, f"{program}: {done.stdout.decode(errors='replace')[-2000:]}"
