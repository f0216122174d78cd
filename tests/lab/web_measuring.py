"""Serves the bare measuring page in the lab's internet, and lets a browser on a client measure the line with it."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any

import msgspec

from agent.protocol.wire import ProbeResult
from tests.lab.box import SchoolBox
from tests.lab.measurement import MeasurementPoint, start_measurement_point
from tests.lab.throughput import PYTHON_PATH
from tests.support.measuring_pages import PAGE_AT

PORT = 8085
_SERVE = (
    "import uvicorn; from tests.support.measuring_pages import page_app as app; "
    "uvicorn.run(app(), host='0.0.0.0', port={port})"
)


class Measured(msgspec.Struct, frozen=True):
    """What the page's `measure` gave."""

    latency: ProbeResult
    throughput: ProbeResult


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

    def measured(self, limits: Mapping[str, float] | None = None, *, client: int = 0) -> Measured:
        """What a browser on that client finds."""
        asked: dict[str, Any] = {"measurementUrl": self.point.url, "limits": {"latency_samples": 10, **(limits or {})}}
        asked["ticket"] = self.point.ticket("round_trips", device_id=f"device-{client}")
        asked["throughputTicket"] = self.point.ticket(device_id=f"device-{client}")
        command = [sys.executable, "-m", "tests.lab.browse", self.address + PAGE_AT, json.dumps(asked)]
        ran = self.box.run(self.box.clients[client], command, env=PYTHON_PATH, timeout_s=180)
        return msgspec.json.decode(ran.stdout, type=Measured)
