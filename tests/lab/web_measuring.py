"""Serves the bare measuring page in the lab's internet, and lets a browser on a client measure the line with it."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from agent.protocol.wire import ProbeResult
from tests.lab.box import SchoolBox
from tests.lab.capture import Capture
from tests.lab.carried import LineMeter, Span, Way
from tests.lab.measurement import PORT as MEASUREMENT_PORT
from tests.lab.measurement import MeasurementPoint, start_measurement_point
from tests.lab.throughput import IDLE_PACKETS, PYTHON_PATH
from tests.support.measuring_pages import PAGE_AT

PORT = 8085
_SERVE = (
    "import uvicorn; from tests.support.measuring_pages import page_app as app; "
    "uvicorn.run(app(), host='0.0.0.0', port={port})"
)


class Measured(msgspec.Struct, frozen=True):
    """What the page's `measure` gave, and over which time each rate was made."""

    latency: ProbeResult
    throughput: ProbeResult
    steady: dict[Way, Span]


class Found(NamedTuple):
    """What the page found, and what was true: Mbit/s that TCP was carried meanwhile, and packets before the load."""

    latency: ProbeResult
    throughput: ProbeResult
    carried_mbit_s: dict[Way, float]
    idle: Capture


class Site:
    """A page, and a measurement point of its own beside it that lets that page in."""

    def __init__(self, box: SchoolBox) -> None:
        """Both in the internet of `box`."""
        self.box = box
        self.address = f"http://{box.internet.address}:{PORT}"
        self.point: MeasurementPoint = start_measurement_point(box, "--allowed-origins", self.address)
        with (box.folder / "page.log").open("wb") as log:
            box.popen(box.internet, [sys.executable, "-c", _SERVE.format(port=PORT)], stdout=log, env=PYTHON_PATH)
        box.wait_for_listener(box.internet, PORT)

    def found(self, limits: Mapping[str, float] | None = None) -> Found:
        """What a browser on the first client finds."""
        asked: dict[str, Any] = {"measurementUrl": self.point.url, "limits": {"latency_samples": 4, **(limits or {})}}
        asked |= {"ticket": self.point.ticket("round_trips"), "throughputTicket": self.point.ticket()}
        command = [sys.executable, "-m", "tests.lab.browse", self.address + PAGE_AT, json.dumps(asked)]
        only_there = f"tcp port {MEASUREMENT_PORT}"
        with LineMeter(self.box) as meter, Capture(self.box, only_there, most=IDLE_PACKETS) as idle:
            ran = self.box.run(self.box.clients[0], command, env=PYTHON_PATH, timeout_s=180)
        told = msgspec.json.decode(ran.stdout, type=Measured)
        carried = {way: meter.goodput_mbit_s(way, span) for way, span in told.steady.items()}
        return Found(told.latency, told.throughput, carried, idle)
