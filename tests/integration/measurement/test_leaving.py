"""What is under way ends when its client leaves, and when the lease behind its ticket is over."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from collector.configuration.model import Measurement
from collector.measurement.tickets import Ticket, issue
from tests.support.ingest_app import SECRET
from tests.support.measurement_points import Point, ticket

Start = Callable[[Measurement], Point]
BOUND_BYTES = 200_000_000


def until_let_in(client: httpx.Client, wanted_bytes: int, seconds: float = 10) -> int:
    """How many bytes come down once the device may come in again."""
    deadline = time.monotonic() + seconds
    while True:
        answer = client.get("/down", params={"bytes": wanted_bytes})
        if answer.status_code != httpx.codes.TOO_MANY_REQUESTS:
            return len(answer.content)
        assert time.monotonic() < deadline, answer.text
        time.sleep(0.05)


def test_a_download_stops_when_its_client_leaves(start: Start) -> None:
    """The device may come in again, and what nobody received is not counted against its ticket: nothing was sent on."""
    point = start(Measurement(connections_per_device=1, bytes_per_ticket=BOUND_BYTES))
    shown = ticket()
    with point.client(shown) as leaving, leaving.stream("GET", "/down", params={"bytes": BOUND_BYTES}) as response:
        arriving = response.iter_bytes(10_000)
        assert next(arriving)
        with point.client(shown) as other:
            assert other.get("/down", params={"bytes": 5}).json()["code"] == "too_many_connections"
    with point.client(shown) as back:
        assert until_let_in(back, BOUND_BYTES // 2) == BOUND_BYTES // 2


def test_an_upload_stops_when_its_client_leaves(start: Start) -> None:
    """In the same way."""
    point = start(Measurement(connections_per_device=1))
    shown = ticket()
    with point.connect() as leaving:
        head = f"POST /measure/v1/up HTTP/1.1\r\nHost: p\r\nAuthorization: Bearer {shown}\r\n"
        leaving.sendall(head.encode() + b"Content-Length: 9999999\r\n\r\n" + b"x" * 100_000)
        time.sleep(0.2)
    with point.client(shown) as back:
        assert until_let_in(back, 1_000) == 1_000


def test_a_lease_dies_with_its_deadline(start: Start) -> None:
    """A device that goes on is cut off after as long as the lease lasts, though its ticket's date is a minute ahead."""
    point = start(Measurement())
    until = datetime.now(UTC) + timedelta(seconds=60)
    shown = issue(SECRET, Ticket("d-1", "99000001", "throughput", until, "l-1", 1.5))
    with point.client(shown) as client:
        assert client.get("/ping").is_success
        with client.stream("GET", "/down", params={"bytes": 1_000_000_000}) as response:
            time.sleep(2)
            with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
                response.read()
        assert client.get("/ping").json()["code"] == "ticket_expired"
