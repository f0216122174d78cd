"""The router's snmpd tells what the line really carries."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.lab.box import SchoolBox
from tests.lab.snmp import SnmpAgent, start_snmpd

pytestmark = pytest.mark.xdist_group("lab-snmp")  # measures no rate, so it may run beside other tests

IF_NAME = "1.3.6.1.2.1.31.1.1.1.1"
IF_HC_IN_OCTETS = "1.3.6.1.2.1.31.1.1.1.6"
IF_HC_OUT_OCTETS = "1.3.6.1.2.1.31.1.1.1.10"
CACHE_SECONDS = 3
"""How long snmpd keeps interface counters before it reads them anew."""


@pytest.fixture(scope="module")
def box() -> Iterator[SchoolBox]:
    with SchoolBox(100, 100, clients=2) as box:
        yield box


@pytest.fixture(scope="module")
def agent(box: SchoolBox) -> SnmpAgent:
    return start_snmpd(box)


def answer(box: SchoolBox, agent: SnmpAgent, *question: str) -> str:
    return box.run(box.clients[0], question, env=agent.environment).stdout.strip()


def wan_index(box: SchoolBox) -> str:
    return box.run(box.router, ["cat", "/sys/class/net/wan/ifindex"]).stdout.strip()


def wan_octets(box: SchoolBox, way: str) -> int:
    return int(box.run(box.router, ["cat", f"/sys/class/net/wan/statistics/{way}_bytes"]).stdout)


def test_interfaces_are_those_of_the_routers_namespace(box: SchoolBox, agent: SnmpAgent) -> None:
    names = answer(box, agent, "snmpwalk", "-Oqv", *agent.v2c(), IF_NAME).replace('"', "").split()
    assert names == ["lo", "lan", "port0", "port1", "wan"]


@pytest.mark.parametrize(("version", "oid", "way"), [("v2c", IF_HC_IN_OCTETS, "rx"), ("v3", IF_HC_OUT_OCTETS, "tx")])
def test_counters_are_the_kernels_own(box: SchoolBox, agent: SnmpAgent, version: str, oid: str, way: str) -> None:
    session = agent.v3() if version == "v3" else agent.v2c()
    before = wan_octets(box, way)
    box.run(box.clients[0], ["ping", "-q", "-c", "200", "-i", "0.002", "-s", "1400", box.internet.address])
    carried = wan_octets(box, way)
    assert carried - before > 200 * 1400
    deadline = time.monotonic() + 2 * CACHE_SECONDS
    question = ["snmpget", "-Oqv", *session, f"{oid}.{wan_index(box)}"]
    while (told := int(answer(box, agent, *question))) < carried and time.monotonic() < deadline:
        time.sleep(0.2)
    assert told == pytest.approx(carried, abs=500)  # an ARP frame may have come meanwhile


def test_a_wrong_community_gets_no_answer(box: SchoolBox, agent: SnmpAgent) -> None:
    command = ["snmpget", "-r0", "-t", "0.5", *agent._replace(community="public").v2c(), f"{IF_NAME}.1"]
    assert box.run(box.clients[0], command, check=False, env=agent.environment).returncode == 1
