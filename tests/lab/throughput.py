"""Runs the throughput probe on a client of the lab, and asks iperf3 what the same line carries."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import NamedTuple

import msgspec

from agent.measuring.contract import Task
from agent.protocol.wire import Lease, ProbeResult, ThroughputLimits
from tests.lab.box import SchoolBox
from tests.lab.capture import Capture
from tests.lab.carried import LineMeter, Way
from tests.lab.measurement import MeasurementPoint
from tests.lab.measuring import Measured
from tests.lab.namespaces import CommandFailedError
from tests.lab.pressure import Pressure

ROOT = Path(__file__).parents[2]
PYTHON_PATH = {"PYTHONPATH": str(ROOT)}
IPERF_PORT = 5_201
IPERF_OMITS_S = 1
"""So long iperf3 does not count yet."""

IDLE_PACKETS = 40
"""So many cross the client's card, at least, while the idle line is looked at."""

READY_S = 60
MEASURED_S = 150


class Found(NamedTuple):
    """What the probe found on a client, and what was true meanwhile: by the line's own counters the Mbit/s that TCP was
    carried in the time whose rate the probe tells, and the packets while the line was idle.
    """

    result: ProbeResult
    carried_mbit_s: dict[Way, float]
    idle: Capture
    pressure: Pressure


class Ready(NamedTuple):
    """The probe on the first client of a box, in a process that has begun and waits for its turn."""

    box: SchoolBox
    agent: subprocess.Popen[bytes]

    def found(self, all_ready: Barrier | None = None) -> Found:
        """What it finds, once all who measure at the same time are ready to."""
        with LineMeter(self.box) as meter, Capture(self.box, "tcp", most=IDLE_PACKETS) as idle:
            if all_ready:
                all_ready.wait(READY_S)
            with Pressure() as pressure:
                told = self.measured()
        carried = {way: meter.goodput_mbit_s(way, span) for way, span in told.steady.items()}
        return Found(told.result, carried, idle, pressure)

    def measured(self) -> Measured:
        """What it finds, where nothing is asked of what is true."""
        said, _ = self.agent.communicate(b"\n", timeout=MEASURED_S)
        if self.agent.returncode:
            written = self.box.log_file.read_text()[-4_000:]
            raise CommandFailedError(f"the probe ended with {self.agent.returncode}: {written}")
        return msgspec.json.decode(said, type=Measured)


def ready(
    box: SchoolBox,
    point: MeasurementPoint,
    limits: ThroughputLimits | None = None,
    *,
    ca_file: str | None = None,
    proxy: str | None = None,
) -> Ready:
    """Starts it."""
    lease = Lease("lease-1", point.ticket(), datetime.now(UTC) + timedelta(minutes=5), 300)
    task = Task(120, point.url, lease=lease, throughput=limits or ThroughputLimits())
    arguments = [msgspec.json.encode(task).decode(), ca_file or "", proxy or ""]
    command = [sys.executable, "-m", "tests.lab.measuring", *arguments]
    return Ready(box, box.start_program(box.clients[0], command, env=PYTHON_PATH))


def found(box: SchoolBox, point: MeasurementPoint, limits: ThroughputLimits | None = None) -> Found:
    """What the probe finds on the first client, and what was true."""
    return ready(box, point, limits).found()


def measured(box: SchoolBox, point: MeasurementPoint, limits: ThroughputLimits | None = None) -> ProbeResult:
    """What the probe finds on the first client, where nothing is asked of what is true."""
    return ready(box, point, limits).measured().result


def number(result: ProbeResult, name: str) -> float:
    """A fact that has to be a number."""
    value = result.facts[name]
    assert isinstance(value, int | float), (name, result.missing)
    return value


class Flood(NamedTuple):
    """What iperf3's receiver counted, and in how long."""

    mbit_s: float
    seconds: float


def iperf3(box: SchoolBox, way: Way, seconds: float, connections: int = 4) -> Flood:
    """Floods the line that long, after what is omitted."""
    server = box.popen(box.internet, ["iperf3", "--server", "--one-off", "--port", str(IPERF_PORT)])
    box.wait_for_listener(box.internet, IPERF_PORT)
    command = ["iperf3", "--client", box.internet.address, "--port", str(IPERF_PORT), "--json"]
    command += ["--omit", str(IPERF_OMITS_S), "--time", str(int(seconds)), "--parallel", str(connections)]
    said = box.run(box.clients[0], command + ["--reverse"] * (way == "down"), timeout_s=seconds + 30).stdout
    server.wait(timeout=10)
    got = json.loads(said)["end"]["sum_received"]
    return Flood(float(got["bits_per_second"]) / 1e6, float(got["seconds"]))


def iperf3_share(box: SchoolBox, way: Way, seconds: int, connections: int = 4) -> float:
    """What iperf3's receiver got in a flood that long, as a share of what the line carried in that time."""
    with LineMeter(box) as meter:
        flood = iperf3(box, way, seconds, connections)
    return flood.mbit_s / meter.goodput_mbit_s(way, meter.busiest(way, flood.seconds))
