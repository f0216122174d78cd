"""The peers, as Debian packages them, each on a free port of loopback with its data in a temporary folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from tests.support.processes import free_port, running, wait_until_answers


class Peer(msgspec.Struct, frozen=True):
    """A running program."""

    pid: int
    port: int

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def _peer(command: list[str], port: int, folder: Path, ready: str) -> Iterator[Peer]:
    log = folder / f"{command[0]}.log"
    with running(command, log=log) as process:
        wait_until_answers(f"http://127.0.0.1:{port}{ready}", log=log)
        yield Peer(process.pid, port)


@contextmanager
def pushgateway(folder: Path) -> Iterator[Peer]:
    """Keeps the newest push of each group, in memory."""
    port = free_port()
    command = ["prometheus-pushgateway", f"--web.listen-address=127.0.0.1:{port}", "--persistence.file="]
    with _peer(command, port, folder, "/-/ready") as peer:
        yield peer


@contextmanager
def victoria_metrics(folder: Path) -> Iterator[Peer]:
    """A store of time series; answers before anything is on disk."""
    port = free_port()
    command = ["victoria-metrics", f"-storageDataPath={folder / 'victoria'}", f"-httpListenAddr=127.0.0.1:{port}"]
    with _peer(command, port, folder, "/health") as peer:
        yield peer


@contextmanager
def node_exporter(folder: Path) -> Iterator[Peer]:
    """Shows the state of one machine to whoever scrapes."""
    port = free_port()
    command = ["prometheus-node-exporter", f"--web.listen-address=127.0.0.1:{port}"]
    with _peer(command, port, folder, "/") as peer:
        yield peer


@contextmanager
def snmp_exporter(folder: Path, modules: str) -> Iterator[Peer]:
    """Walks the agents that it is asked for at `/snmp?target=...&module=...`, and gives what it found as metrics."""
    port = free_port()
    file = folder / "snmp.yml"
    file.write_text(modules)
    command = ["prometheus-snmp-exporter", f"--config.file={file}", f"--web.listen-address=127.0.0.1:{port}"]
    with _peer(command, port, folder, "/metrics") as peer:
        yield peer
