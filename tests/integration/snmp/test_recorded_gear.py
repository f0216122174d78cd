"""Recorded gear behind a real SNMP agent (snmpsim): read over the network, as a controller in a school would be."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import TypeVar

import pytest

from collector.snmp.access_points import WirelessStatus
from collector.snmp.gufo_sessions import GufoSessions
from collector.snmp.lldp import neighbours
from collector.snmp.pysnmp_sessions import PysnmpSessions
from collector.snmp.session import Community, Session, Sessions, Target, WalkLimits
from collector.snmp.vendors import find_family
from collector.snmp.wireless import read_wireless
from tests.support.snmp_recordings import Recorded, recording
from tests.support.snmp_simulator import simulator

CONTROLLERS = {
    "cisco-controller": 226,
    "aruba-7010": 4,
    "aruba-7020": 3,
    "aruba-7210": 13,
    "h3c-comware-lsq1wcmd0-2509p61": 171,
    "h3c-wx6103": 0,
    "meru-networks-controller": 3,
    "ubiquiti-m5": 1,
    "hand-written-unifi": 1,
}
SWITCHES = {"arista-dcs-7150s-52-cl": 2, "hpe-procurve-516733-b21": 5, "cisco-n5000-uk9": 11, "cisco-c3560": 0}
Told = TypeVar("Told")


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Where the agent listens; the community is the name of the recording."""
    with simulator(tmp_path_factory.mktemp("snmpsim"), [*SWITCHES, *CONTROLLERS]) as port:
        yield port


def ask(opener: Callable[[], Sessions], port: int, name: str, question: Callable[[Session], Awaitable[Told]]) -> Told:
    async def asked() -> Told:
        sessions = opener()
        try:
            return await question(sessions.open(Target("127.0.0.1", Community(name), port, timeout_s=10.0)))
        finally:
            sessions.close()

    return asyncio.run(asked())


async def told(session: Session, limits: WalkLimits | None = None) -> WirelessStatus:
    """What is made of a device: first what it is, then what it tells."""
    family = await find_family(session)
    assert family is not None
    return await read_wireless(session, family, limits or WalkLimits(bulk_rows=50))


@pytest.mark.parametrize("opener", [PysnmpSessions, GufoSessions])
@pytest.mark.parametrize(("name", "count"), CONTROLLERS.items())
def test_over_the_network_as_from_the_file(opener: Callable[[], Sessions], port: int, name: str, count: int) -> None:
    """Every access point, every radio, every doubt."""
    found = ask(opener, port, name, told)
    assert found == asyncio.run(told(Recorded(recording(name))))
    assert len(found.access_points) == count


@pytest.mark.parametrize("opener", [PysnmpSessions, GufoSessions])
@pytest.mark.parametrize(("name", "count"), SWITCHES.items())
def test_neighbours_over_the_network(opener: Callable[[], Sessions], port: int, name: str, count: int) -> None:
    found = ask(opener, port, name, neighbours)
    assert found == asyncio.run(neighbours(Recorded(recording(name))))
    assert (len(found.found), found.problem) == (count, None)


def test_a_controller_that_is_cut_off_halfway(port: int) -> None:
    """300 rows are enough for 226 access points, not for 452 radios: those are unknown, and so they say."""
    found = ask(PysnmpSessions, port, "cisco-controller", lambda session: told(session, WalkLimits(most_rows=300)))
    assert len(found.access_points) == 226
    assert found.radios == []
    assert found.unknown == {
        "radios": "truncated",
        "radio_channels": "truncated",
        "radio_utilisation": "truncated",
        "radio_clients": "truncated",
    }
