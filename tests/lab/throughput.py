"""Runs the throughput probe on a client of the lab, and asks iperf3 what the same line carries."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import msgspec

from agent.measuring.contract import Task
from agent.protocol.wire import Lease, ProbeResult, ThroughputLimits
from tests.lab.box import SchoolBox
from tests.lab.measurement import MeasurementPoint

ROOT = Path(__file__).parents[2]
PYTHON_PATH = {"PYTHONPATH": str(ROOT)}
IPERF_PORT = 5_201
_MEASURE = """
import sys, msgspec
from agent.measuring.contract import Task
from agent.probes import discovered
from agent.runtime.runner import run_probe
from agent.system.machine import System
task = msgspec.json.decode(sys.argv[1], type=Task)
ca_file, proxy = (argument or None for argument in sys.argv[2:4])
print(msgspec.json.encode(run_probe(discovered()["throughput"], System(ca_file, proxy), task)).decode())
"""


def measured(
    box: SchoolBox,
    point: MeasurementPoint,
    limits: ThroughputLimits | None = None,
    *,
    proxy: str | None = None,
    ca_file: str | None = None,
    client: int = 0,
) -> ProbeResult:
    """What the probe finds on that client."""
    lease = Lease("lease-1", point.ticket(device_id=f"device-{client}"), datetime.now(UTC) + timedelta(minutes=5), 300)
    task = Task(120, point.url, lease=lease, throughput=limits or ThroughputLimits())
    arguments = [msgspec.json.encode(task).decode(), ca_file or "", proxy or ""]
    ran = box.run(box.clients[client], [sys.executable, "-c", _MEASURE, *arguments], env=PYTHON_PATH, timeout_s=150)
    return msgspec.json.decode(ran.stdout, type=ProbeResult)


def number(result: ProbeResult, name: str) -> float:
    """A fact that has to be a number."""
    value = result.facts[name]
    assert isinstance(value, int | float), (name, result.missing)
    return value


def iperf3_mbit_s(box: SchoolBox, direction: Literal["down", "up"], seconds: float, connections: int = 4) -> float:
    """The mean rate at iperf3's receiver, of a flood that long. The first half second is left out (`-O`)."""
    server = box.popen(box.internet, ["iperf3", "--server", "--one-off", "--port", str(IPERF_PORT)])
    box.wait_for_listener(box.internet, IPERF_PORT)
    command = ["iperf3", "--client", box.internet.address, "--port", str(IPERF_PORT), "--json", "--omit", "1"]
    command += [
        "--time",
        str(int(seconds)),
        "--parallel",
        str(connections),
        *(["--reverse"] if direction == "down" else []),
    ]
    said = json.loads(box.run(box.clients[0], command, timeout_s=seconds + 30).stdout)
    server.wait(timeout=10)
    return float(said["end"]["sum_received"]["bits_per_second"]) / 1e6
