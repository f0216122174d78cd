"""The measurement point in the collector, for small installations: `/measure/v1`."""

from __future__ import annotations

from starlette.routing import Route

from collector.measurement.asgi import Asked
from collector.measurement.gate import Gate
from collector.measurement.origins import Origins
from collector.measurement.point import Point
from collector.measurement.request import BASE, Action


def routes(gate: Gate, origins: Origins | None = None) -> list[Route]:
    """The three routes of a measurement point, for holders of tickets; `origins` are those of other servers' pages."""
    point = Point(gate, origins or Origins())
    methods: dict[Action, str] = {"ping": "GET", "down": "GET", "up": "POST"}
    return [
        Route(f"{BASE}/{action}", Asked(action, point), methods=[method, "OPTIONS"])
        for action, method in methods.items()
    ]
