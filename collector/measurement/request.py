"""What may be asked of a measurement point, and what of a request decides whether it is granted."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Literal

from collector.measurement.counting import Count
from collector.measurement.refusal import MeasurementRefusedError
from collector.measurement.tickets import Ticket

BASE = "/measure/v1"
HEAD_BYTES = 16 * 1024

Route = Literal["ping", "down", "up", "health", "preflight"]
ROUTES: dict[tuple[bytes, str], Route] = {
    (b"GET", f"{BASE}/ping"): "ping",
    (b"GET", f"{BASE}/down"): "down",
    (b"POST", f"{BASE}/up"): "up",
    (b"GET", "/healthz"): "health",
    **{(b"OPTIONS", f"{BASE}/{name}"): "preflight" for name in ("ping", "down", "up")},
}


@dataclass(slots=True)
class Head:
    """What matters of a request's head."""

    url: bytes = b""
    authorization: bytes = b""
    origin: str = ""
    expects: bool = False
    size_bytes: int = 0


@dataclass(slots=True)
class Request:
    """A request that was granted."""

    route: Route
    ticket: Ticket | None = None
    left_bytes: int = 0
    count: Count = field(default_factory=Count)
    ends_with_ticket: bool = False


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


def head_too_large() -> MeasurementRefusedError:
    """More than anybody needs to say."""
    return MeasurementRefusedError(
        HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "too_large", f"The head of a request may be {HEAD_BYTES} bytes."
    )
