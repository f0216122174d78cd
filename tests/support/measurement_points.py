"""Measurement points for tests: in a collector, and as the real command; and tickets for them."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import msgspec

from collector.configuration.model import Measurement
from collector.measurement.tickets import CLOCK_TOLERANCE, Purpose, Ticket, issue
from tests.support.ingest_app import SECRET, IngestApp
from tests.support.processes import BIN, free_port, running
from tests.support.serving import served
from tests.support.stored import opened

BASE = "/measure/v1"
IMPATIENT = """
import sys
from collector.cli import main
from collector.measurement import connection
connection.HEAD_S = float(sys.argv[1])
sys.exit(main(sys.argv[2:]))
"""


def ticket(device: str = "d-1", purpose: Purpose = "throughput", seconds: float = 600, secret: bytes = SECRET) -> str:
    """A ticket that ends so many seconds from now, the tolerance for clocks included."""
    until = datetime.now(UTC) + timedelta(seconds=seconds) - CLOCK_TOLERANCE
    return issue(secret, Ticket(device, "99000001", purpose, until, lease_id="l-1"))


def bearing(text: str) -> dict[str, str]:
    """The header that a ticket is shown in."""
    return {"authorization": f"Bearer {text}"}


@dataclass
class Point:
    """A measurement point that runs at `url`, on `port` of this machine."""

    url: str
    process: subprocess.Popen[bytes] | None = None
    log: Path | None = None

    @property
    def port(self) -> int:
        return httpx.URL(self.url).port or 80

    def client(self, shown: str | None = None) -> httpx.Client:
        """Speaks to it with a ticket; by default one for throughput."""
        return httpx.Client(
            base_url=self.url + BASE, headers=bearing(shown or ticket()), timeout=30, trust_env=False, verify=False
        )

    def connect(self) -> socket.socket:
        """A bare connection, for what no decent client does."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)


@contextmanager
def in_a_collector(folder: Path, bounds: Measurement) -> Iterator[Point]:
    """The routes of a collector, on a real socket."""
    store = opened(folder)
    try:
        with served(IngestApp(store, bounds=bounds).asgi) as address:
            _wait_until_answers(f"{address}{BASE}/ping")
            yield Point(address)
    finally:
        store.close()


NOT_OF_THE_PROCESS = "stands"
"""Where it stands is for the collector to know, that judges by it."""


@contextmanager
def of_its_own(
    folder: Path,
    bounds: Measurement,
    *,
    host: str = "127.0.0.1",
    scheme: str = "http",
    options: Sequence[str] = (),
    head_s: float | None = None,
) -> Iterator[Point]:
    """`provklar measurement-point`, if asked for with less patience for heads than it has."""
    secret, log, port = folder / "measurement.secret", folder / "measurement-point.log", free_port()
    secret.write_bytes(SECRET)
    program: list[str | Path] = [sys.executable, "-c", IMPATIENT, str(head_s)] if head_s else [BIN / "provklar"]
    command = [*program, "measurement-point", "--secret-file", secret]
    command += ["--port", str(port), "--host", host]
    for name, value in msgspec.to_builtins(bounds).items():
        if value not in (None, []) and name != NOT_OF_THE_PROCESS:
            command += ["--" + name.replace("_", "-"), *(value if isinstance(value, list) else [str(value)])]
    url = f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}"
    with running([*command, *options], log=log) as process:
        _wait_until_answers(f"{url}/healthz", log)
        yield Point(url, process, log)


def _wait_until_answers(url: str, log: Path | None = None) -> None:
    deadline_s = time.monotonic() + 30
    while True:
        try:
            assert httpx.get(url, trust_env=False, verify=False, timeout=5).status_code in (204, 401)
        except httpx.TransportError:
            assert time.monotonic() < deadline_s, log.read_text() if log else url
            time.sleep(0.05)
        else:
            return
