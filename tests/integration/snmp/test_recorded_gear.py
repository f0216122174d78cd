"""Recorded gear behind a real SNMP agent (snmpsim): read over the network, as a controller in a school would be."""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from collector.snmp.gufo_sessions import GufoSessions
from collector.snmp.pysnmp_sessions import PysnmpSessions
from collector.snmp.session import Community, Sessions, Target, WalkLimits, oid
from collector.snmp.vendors import family_of
from collector.snmp.wireless import Wireless, read_wireless
from tests.processes import BIN, running
from tests.snmp_daemon import free_udp_port
from tests.snmp_recordings import RECORDINGS, Recorded, recording

SYS_OBJECT_ID = oid("1.3.6.1.2.1.1.2.0")
NAMES = ("cisco-controller", "aruba-7010", "aruba-7020", "aruba-7210")


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Where the agent listens; the community is the name of the recording."""
    folder = tmp_path_factory.mktemp("snmpsim")
    (folder / "data").mkdir()
    for name in NAMES:
        shutil.copy(RECORDINGS / f"{name}.snmprec", folder / "data")
    port = free_udp_port()
    folders = [f"--data-dir={folder / 'data'}", f"--cache-dir={folder / 'cache'}"]
    command: list[str | Path] = [
        BIN / "snmpsim-command-responder",
        *folders,
        f"--agent-udpv4-endpoint=127.0.0.1:{port}",
    ]
    user = ["--process-user=root", "--process-group=root"] if os.geteuid() == 0 else []
    log = folder / "log"
    with running([*command, *user], log=log):
        deadline = time.monotonic() + 20
        while not asyncio.run(_answers(port)):
            assert time.monotonic() < deadline, log.read_text()
        yield port


async def _answers(port: int) -> bool:
    session = GufoSessions().open(Target("127.0.0.1", Community(NAMES[-1]), port, timeout_s=0.3, retries=0))
    return bool((await session.get([SYS_OBJECT_ID])).values)


def read(opener: Callable[[], Sessions], port: int, name: str, limits: WalkLimits) -> Wireless:
    """What is made of a device: first what it is, then what it tells."""

    async def reading() -> Wireless:
        sessions = opener()
        try:
            session = sessions.open(Target("127.0.0.1", Community(name), port, timeout_s=5.0))
            object_id = (await session.get([SYS_OBJECT_ID])).values[SYS_OBJECT_ID]
            assert isinstance(object_id, tuple)
            family = family_of(object_id)
            assert family is not None
            return await read_wireless(session, family, limits)
        finally:
            sessions.close()

    return asyncio.run(reading())


def straight(name: str) -> Wireless:
    """The same from the recording's file, without any network."""
    values = recording(name)
    object_id = values[SYS_OBJECT_ID]
    assert isinstance(object_id, tuple)
    family = family_of(object_id)
    assert family is not None
    return asyncio.run(read_wireless(Recorded(values), family))


@pytest.mark.parametrize("opener", [PysnmpSessions, GufoSessions])
@pytest.mark.parametrize("name", NAMES)
def test_over_the_network_as_from_the_file(opener: Callable[[], Sessions], port: int, name: str) -> None:
    """Every access point, every radio, every doubt."""
    found = read(opener, port, name, WalkLimits())
    assert found == straight(name)
    assert len(found.access_points) == {"cisco-controller": 226, "aruba-7210": 13}.get(name, len(found.access_points))


def test_a_controller_that_is_cut_off_halfway(port: int) -> None:
    """300 rows are enough for 226 access points, not for 452 radios: those are unknown, and so they say."""
    found = read(PysnmpSessions, port, "cisco-controller", WalkLimits(most_rows=300))
    assert len(found.access_points) == 226
    assert found.radios == []
    assert found.unknown == {
        "radios": "truncated",
        "radio_channels": "truncated",
        "radio_utilisation": "truncated",
        "radio_clients": "truncated",
    }
