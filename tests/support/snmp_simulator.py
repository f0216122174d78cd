"""Recorded gear behind a real SNMP agent (snmpsim) on loopback; a community is the name of a recording."""

from __future__ import annotations

import asyncio
import gzip
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from collector.snmp.gufo_sessions import GufoSessions
from collector.snmp.session import Community, Target, oid
from tests.support.processes import BIN, running
from tests.support.snmp_daemon import free_udp_port
from tests.support.snmp_recordings import RECORDINGS

SYS_OBJECT_ID = oid("1.3.6.1.2.1.1.2.0")


@contextmanager
def simulator(folder: Path, recorded: Sequence[str | Path], seconds: float = 60.0) -> Iterator[int]:
    """Starts it with these recordings, by name, or files of a test's own; waits until it answers for the last of them,
    and gives its port.
    """
    data = folder / "data"
    data.mkdir()
    for one in recorded:
        path = one if isinstance(one, Path) else _recording(one)
        opened = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        (data / path.name.removesuffix(".gz")).write_bytes(opened)
    port = free_udp_port()
    command: list[str | Path] = [
        BIN / "snmpsim-command-responder",
        f"--data-dir={data}",
        f"--cache-dir={folder / 'cache'}",
        f"--agent-udpv4-endpoint=127.0.0.1:{port}",
    ]
    user = ["--process-user=root", "--process-group=root"] if os.geteuid() == 0 else []
    log = folder / "snmpsim.log"
    with running([*command, *user], log=log):
        deadline = time.monotonic() + seconds
        while not asyncio.run(_answers(port, path.name.partition(".")[0])):
            if time.monotonic() > deadline:
                raise TimeoutError(f"snmpsim does not answer: {log.read_text()[-4000:]}")
        yield port


def _recording(name: str) -> Path:
    packed = RECORDINGS / f"{name}.snmprec.gz"
    return packed if packed.exists() else RECORDINGS / f"{name}.snmprec"


async def _answers(port: int, name: str) -> bool:
    session = GufoSessions().open(Target("127.0.0.1", Community(name), port, timeout_s=0.3, retries=0))
    return bool((await session.get([SYS_OBJECT_ID])).values)
