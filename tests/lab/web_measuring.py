"""Serves the bare measuring page in the lab's internet, and lets a browser on a client measure the line with it."""

from __future__ import annotations

import json
import select
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
from tests.lab.namespaces import CommandFailedError, wait_until_ready
from tests.lab.throughput import IDLE_PACKETS, MEASURED_S, PYTHON_PATH
from tests.support.measuring_pages import PAGE_AT

PORT = 8085
BROWSER_S = 60
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
    """A page, a measurement point of its own beside it that lets that page in, and a browser on the first client."""

    def __init__(self, box: SchoolBox) -> None:
        """All in `box`; they start side by side."""
        self.box = box
        self.address = f"http://{box.internet.address}:{PORT}"
        browse = [sys.executable, "-m", "tests.lab.browse", self.address + PAGE_AT]
        with box.log_file.open("ab") as log:
            self._browser = box.popen(box.clients[0], browse, stdin=-1, stdout=-1, stderr=log, env=PYTHON_PATH)
            box.popen(box.internet, [sys.executable, "-c", _SERVE.format(port=PORT)], stdout=log, env=PYTHON_PATH)
        self.point: MeasurementPoint = start_measurement_point(box, "--allowed-origins", self.address)
        box.wait_for_listener(box.internet, PORT)
        wait_until_ready(self._browser, box.log_file, BROWSER_S)

    def found(self, limits: Mapping[str, float] | None = None) -> Found:
        """What the browser finds, on a page that nobody has seen before."""
        asked: dict[str, Any] = {"measurementUrl": self.point.url, "limits": {"latency_samples": 4, **(limits or {})}}
        asked |= {"ticket": self.point.ticket("round_trips"), "throughputTicket": self.point.ticket()}
        only_there = f"tcp port {MEASUREMENT_PORT}"
        with LineMeter(self.box) as meter, Capture(self.box, only_there, most=IDLE_PACKETS) as idle:
            told = msgspec.json.decode(self._answer(json.dumps(asked)), type=Measured)
        carried = {way: meter.goodput_mbit_s(way, span) for way, span in told.steady.items()}
        return Found(told.latency, told.throughput, carried, idle)

    def _answer(self, asked: str) -> bytes:
        assert self._browser.stdin
        assert self._browser.stdout
        self._browser.stdin.write(f"{asked}\n".encode())
        self._browser.stdin.flush()
        readable, _, _ = select.select([self._browser.stdout], [], [], MEASURED_S)
        answer = self._browser.stdout.readline() if readable else b""
        if not answer:
            raise CommandFailedError(f"the browser said nothing: {self.box.log_file.read_text()[-4_000:]}")
        return answer
