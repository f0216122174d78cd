"""What may be asked of a measurement point, and how it says that something else was asked."""

from __future__ import annotations

from http import HTTPStatus
from typing import Literal

from collector.measurement.answer import MeasurementRefusedError

BASE = "/measure/v1"
HEAD_BYTES = 16 * 1024

Action = Literal["ping", "down", "up", "counts"]
"""What takes a ticket."""
Route = Action | Literal["health", "preflight"]
ROUTES: dict[tuple[bytes, str], Route] = {
    (b"GET", f"{BASE}/ping"): "ping",
    (b"GET", f"{BASE}/down"): "down",
    (b"POST", f"{BASE}/up"): "up",
    (b"GET", f"{BASE}/counts"): "counts",
    (b"GET", "/healthz"): "health",
    **{(b"OPTIONS", f"{BASE}/{name}"): "preflight" for name in ("ping", "down", "up")},
}


def route_of(method: bytes, path: str) -> Route:
    """Where a request goes. Raises MeasurementRefusedError."""
    route = ROUTES.get((method, path))
    if route is None:
        raise MeasurementRefusedError(
            HTTPStatus.NOT_FOUND, "not_found", f"There are GET {BASE}/ping, GET {BASE}/down and POST {BASE}/up."
        )
    return route


def malformed(message: str) -> MeasurementRefusedError:
    """Something that HTTP, or this server, does not know."""
    return MeasurementRefusedError(HTTPStatus.BAD_REQUEST, "malformed", message)


def too_slow(message: str) -> MeasurementRefusedError:
    """Something that took too long to arrive."""
    return MeasurementRefusedError(HTTPStatus.REQUEST_TIMEOUT, "too_slow", message)


def head_too_large() -> MeasurementRefusedError:
    """More than anybody needs to say."""
    return MeasurementRefusedError(
        HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "too_large", f"The head of a request may be {HEAD_BYTES} bytes."
    )
