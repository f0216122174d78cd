"""The poller against the router's real snmpd while iperf3 moves traffic: what it counts is what was moved."""

from __future__ import annotations

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.lab.box import SchoolBox
from tests.lab.carried import Way
from tests.lab.snmp import start_snmpd
from tests.lab.throughput import PYTHON_PATH

pytestmark = pytest.mark.xdist_group("lab-snmp")  # counts octets and times nothing, so it may run beside other tests

RATE_MBIT_S = 40.0
SECONDS = 8
EVERY_S = 5
"""So often the router is asked."""
WAYS: dict[str, Way] = {"pysnmp": "down", "gufo": "up"}
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


class Counted(NamedTuple):
    """What iperf3's receiver got, and what the poller told meanwhile."""

    payload_bytes: int
    polls: list[dict[str, Any]]


@pytest.fixture(scope="module")
def counted() -> dict[str, Counted]:
    """By each library, of traffic one way, both at the same time and each in a box of its own."""
    with ThreadPoolExecutor(len(WAYS)) as side_by_side:
        return dict(zip(WAYS, side_by_side.map(counted_by, WAYS), strict=True))


def counted_by(library: str) -> Counted:
    """On a line of 100 Mbit/s each way, whose router is asked from quiet to quiet."""
    with SchoolBox(100, 100, clients=2) as box:
        agent = start_snmpd(box)
        asked = {
            "library": library, "address": agent.address, "community": agent.community, "user": agent.user,
            "auth": agent.auth_password, "priv": agent.priv_password, "every_s": EVERY_S,
        }  # fmt: skip
        log = box.folder / "polls"
        with log.open("wb") as out:
            polling = box.popen(box.clients[1], [sys.executable, "-c", POLLING, json.dumps(asked)], stdin=-1,
                                stdout=out, env=PYTHON_PATH)  # fmt: skip
            wait_for_loads(log, EVERY_S)
            payload_bytes = moved_bytes(box, down=WAYS[library] == "down")
            wait_for_loads(log, told_s(log) + 2 * EVERY_S)
            polling.communicate(timeout=20)
        return Counted(payload_bytes, polls_in(log))


def moved_bytes(box: SchoolBox, *, down: bool) -> int:
    """What iperf3's receiver got in the stretch, at a steady rate below the line's."""
    server = box.popen(box.internet, ["iperf3", "--server", "--one-off"])
    box.wait_for_listener(box.internet, 5201)
    command = ["iperf3", "--client", box.internet.address, "--time", str(SECONDS), "--json"]
    command += ["--bitrate", f"{int(RATE_MBIT_S * 1e6)}", *(["--reverse"] if down else [])]
    said = json.loads(box.run(box.clients[0], command, timeout_s=SECONDS + 30).stdout)
    server.wait(timeout=10)
    return int(said["end"]["sum_received"]["bytes"])


@pytest.mark.parametrize(("library", "way"), WAYS.items(), ids=["pysnmp-down", "gufo-up"])
def test_octets_are_those_that_iperf3_moved(counted: dict[str, Counted], library: str, way: Way) -> None:
    """Within 1 % by v2c and by v3 at once, in the right direction, over all loads from quiet to quiet."""
    payload_bytes, polls = counted[library]
    for device in ("v2c", "v3"):
        found = [poll for poll in polls if poll["device"] == device]
        assert {poll["error"] for poll in found} == {None}
        loads = [poll for poll in found if poll["seconds"] is not None]
        assert len(loads) >= len(found) - 1, [poll["gap"] for poll in found]
        in_bytes, out_bytes = (
            sum(poll[name] * poll["seconds"] / 8 for poll in loads) for name in ("in_bit_s", "out_bit_s")
        )
        moved_bytes, other_bytes = (in_bytes, out_bytes) if way == "down" else (out_bytes, in_bytes)
        assert payload_bytes <= moved_bytes <= payload_bytes * (1 + WITHIN), (device, moved_bytes, payload_bytes)
        assert sum(poll["packets"] for poll in loads) > payload_bytes / 12_000
        assert other_bytes < moved_bytes / 5


def polls_in(log: Path) -> list[dict[str, Any]]:
    """What the poller has told so far."""
    return [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]


def told_s(log: Path) -> float:
    """Of so many seconds of loads it has told, of both devices."""
    polls = polls_in(log)
    return min(sum(poll["seconds"] or 0 for poll in polls if poll["device"] == name) for name in ("v2c", "v3"))


def wait_for_loads(log: Path, seconds: float) -> None:
    """Until it has told of so many seconds of loads, of both devices."""
    deadline = time.monotonic() + seconds + 40
    while told_s(log) < seconds:
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.2)
