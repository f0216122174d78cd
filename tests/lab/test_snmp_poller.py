"""The poller against the router's real snmpd while iperf3 moves traffic: what it counts is what was moved."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab.box import SchoolBox
from tests.lab.snmp import SnmpAgent, start_snmpd
from tests.lab.throughput import PYTHON_PATH

RATE_MBIT_S = 40.0
SECONDS = 15
QUIET_S = 8
WITHIN = 0.01
"""Headers are a part of that: frames travel in bundles of eight (docs/lab.md), each counted with one header."""

POLLING = """
import asyncio, json, sys, time
from datetime import UTC, datetime
from collector.snmp.gear import Gear
from collector.snmp.gufo_sessions import GufoSessions
from collector.snmp.poller import Poller
from collector.snmp.pysnmp_sessions import PysnmpSessions
from collector.snmp.session import Community, Target, User

asked = json.loads(sys.argv[1])
openers = [Community(asked["community"]), User(asked["user"], asked["auth"], asked["priv"])]
opener = {"pysnmp": PysnmpSessions, "gufo": GufoSessions}[asked["library"]]
gear = [
    Gear(name, "99000001", Target(asked["address"], credentials), "wan", uplink_every_s=asked["every_s"])
    for name, credentials in zip(("v2c", "v3"), openers)
]

def take(poll):
    load, port = poll.load, poll.interface
    print(json.dumps({
        "device": poll.gear.id, "error": poll.error_code, "gap": poll.gap,
        "speed_mbit_s": port and port.speed_mbit_s, "errors": load and load.errors, "packets": load and load.packets,
        "seconds": load and load.seconds, "in_bit_s": load and load.in_bit_s, "out_bit_s": load and load.out_bit_s,
    }), flush=True)

poller = Poller(opener, take, lambda: datetime.now(UTC), lambda: 0.5)
poller.reconfigure(gear)
poller.start()
sys.stdin.read()
poller.stop()
"""


@pytest.fixture(scope="module")
def box() -> Iterator[SchoolBox]:
    """A line of 100 Mbit/s each way."""
    with SchoolBox(100, 100, clients=2) as box:
        yield box


@pytest.fixture(scope="module")
def agent(box: SchoolBox) -> SnmpAgent:
    """The router's snmpd."""
    return start_snmpd(box)


def moved_bytes(box: SchoolBox, *, down: bool) -> int:
    """What iperf3's receiver got in the stretch, at a steady rate below the line's."""
    server = box.popen(box.internet, ["iperf3", "--server", "--one-off"])
    box.wait_for_listener(box.internet, 5201)
    command = ["iperf3", "--client", box.internet.address, "--time", str(SECONDS), "--json"]
    command += ["--bitrate", f"{int(RATE_MBIT_S * 1e6)}", *(["--reverse"] if down else [])]
    said = json.loads(box.run(box.clients[0], command, timeout_s=SECONDS + 30).stdout)
    server.wait(timeout=10)
    return int(said["end"]["sum_received"]["bytes"])


@pytest.mark.parametrize(("library", "down"), [("pysnmp", True), ("gufo", False)], ids=["pysnmp-down", "gufo-up"])
def test_octets_are_those_that_iperf3_moved(
    box: SchoolBox, agent: SnmpAgent, tmp_path: Path, library: str, down: bool
) -> None:
    """Within 1 % by v2c and by v3 at once, in the right direction, over all loads from quiet to quiet."""
    asked = {
        "library": library, "address": agent.address, "community": agent.community, "user": agent.user,
        "auth": agent.auth_password, "priv": agent.priv_password, "every_s": 5,
    }  # fmt: skip
    log = tmp_path / "polls"
    with log.open("wb") as out:
        polling = box.popen(box.clients[1], [sys.executable, "-c", POLLING, json.dumps(asked)], stdin=-1, stdout=out,
                            env=PYTHON_PATH)  # fmt: skip
        wait_for_loads(log, QUIET_S)
        payload = moved_bytes(box, down=down)
        wait_for_loads(log, SECONDS + 2 * QUIET_S)
        assert polling.stdin is not None
        polling.stdin.close()
        polling.wait(timeout=20)
    polls = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    for device in ("v2c", "v3"):
        found = [poll for poll in polls if poll["device"] == device]
        assert {poll["error"] for poll in found} == {None}
        loads = [poll for poll in found if poll["seconds"] is not None]
        assert len(loads) >= len(found) - 1, [poll["gap"] for poll in found]
        way = "in_bit_s" if down else "out_bit_s"
        counted = sum(poll[way] * poll["seconds"] / 8 for poll in loads)
        assert payload <= counted <= payload * (1 + WITHIN), (device, counted, payload)
        assert sum(poll["packets"] for poll in loads) > payload / 12_000
        other = "out_bit_s" if down else "in_bit_s"
        assert sum(poll[other] * poll["seconds"] / 8 for poll in loads) < counted / 5


def wait_for_loads(log: Path, seconds: float) -> None:
    """Until both devices have told of so many seconds of loads."""
    deadline = time.monotonic() + seconds + 40
    while True:
        polls = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
        told = [sum(poll["seconds"] or 0 for poll in polls if poll["device"] == name) for name in ("v2c", "v3")]
        if min(told) >= seconds:
            return
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.2)
