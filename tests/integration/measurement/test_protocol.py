"""Both kinds of measurement point over real sockets: right counts, only for holders of tickets, bounds kept."""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import pairwise

import httpx
import msgspec
import pytest

from agent.protocol.wire import UploadCount
from collector.configuration.model import Measurement
from collector.measurement.counting import CHUNK_BYTES, SLICE_S
from tests.support.measurement_points import Point, bearing, ticket

Start = Callable[[Measurement], Point]


@pytest.fixture
def client(point: Point) -> Iterator[httpx.Client]:
    """The holder of a ticket for throughput."""
    with point.client() as client:
        yield client


def refused(response: httpx.Response) -> tuple[int, str]:
    """Status and code of a refusal."""
    return response.status_code, response.json()["code"]


def test_ping(client: httpx.Client) -> None:
    """An answer without content, again and again over the same connection."""
    answers = [client.get("/ping") for _ in range(20)]
    assert {(answer.status_code, answer.content) for answer in answers} == {(204, b"")}


@pytest.mark.parametrize("size", [1, CHUNK_BYTES, CHUNK_BYTES + 1, 3_000_001])
def test_down(client: httpx.Client, size: int) -> None:
    """Exactly so many bytes."""
    response = client.get("/down", params={"bytes": size})
    assert response.status_code == 200
    assert response.headers["content-length"] == str(size)
    assert len(response.content) == size


def test_what_comes_down_can_not_be_compressed(client: httpx.Client) -> None:
    """So that nothing on the way can make a line look faster than it is."""
    content = client.get("/down", params={"bytes": 200_000}).content
    assert len(zlib.compress(content, 9)) >= len(content)


def test_down_is_capped(client: httpx.Client) -> None:
    """Whatever is asked for."""
    with client.stream("GET", "/down", params={"bytes": 10**18}) as response:
        assert response.headers["content-length"] == "1000000000"


@pytest.mark.parametrize("wanted", ["", "0", "-1", "1e6", "many", "٣", "9" * 30])
def test_down_of_no_number(client: httpx.Client, wanted: str) -> None:
    """Says what to send."""
    response = client.get("/down", params={"bytes": wanted})
    assert (*refused(response), response.json()["place"]) == (400, "malformed", "bytes")


def test_up(client: httpx.Client) -> None:
    """Counted as it arrives, in slices that add up, on the receiver's clock."""

    def slowly() -> Iterator[bytes]:
        for _ in range(6):
            yield b"x" * 100_000
            time.sleep(1.2 * SLICE_S)

    before_s = time.monotonic()
    response = client.post("/up", content=slowly())
    after_s = time.monotonic()
    count = msgspec.json.decode(response.content, type=UploadCount)
    assert count.bytes == 600_000
    assert sum(piece.bytes for piece in count.slices) == 600_000
    assert before_s <= count.started_s <= after_s
    ends_s = [0.0, *(piece.until_s for piece in count.slices)]
    assert len(ends_s) >= 3
    assert all(later - earlier >= SLICE_S for earlier, later in pairwise(ends_s[:-1]))
    assert ends_s == sorted(ends_s)
    assert count.started_s + ends_s[-1] <= after_s


@pytest.mark.parametrize("size", [0, 1, 5_000_001])
def test_up_with_a_length(client: httpx.Client, size: int) -> None:
    """Counted to the byte; nothing is nothing, and no error."""
    count = msgspec.json.decode(client.post("/up", content=b"x" * size).content, type=UploadCount)
    assert (count.bytes, sum(piece.bytes for piece in count.slices)) == (size, size)
    assert bool(count.slices) == bool(size)


def test_up_has_a_deadline(start: Start) -> None:
    """An upload that never ends is ended."""

    def slowly() -> Iterator[bytes]:
        for _ in range(30):
            yield b"x"
            time.sleep(0.1)

    with start(Measurement(request_seconds=1)).client() as client:
        try:
            response = client.post("/up", content=slowly())
        except httpx.WriteError:
            return
        assert refused(response) == (408, "too_slow")


def test_down_has_a_deadline(start: Start) -> None:
    """A receiver that does not read is not waited for, and its place is free again."""
    with start(Measurement(request_seconds=1, connections_per_device=1)).client() as client:
        with client.stream("GET", "/down", params={"bytes": 500_000_000}) as response:
            time.sleep(1.5)
            with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
                response.read()
        assert client.get("/down", params={"bytes": 5}).status_code == 200


def test_connections_of_one_device(start: Start) -> None:
    """So many at a time; one that ends makes room; another device is not held back."""
    point = start(Measurement(connections_per_device=2))
    with point.client() as client, point.client(ticket("d-2")) as other:
        with ExitStack() as open_streams:
            for _ in range(2):
                open_streams.enter_context(client.stream("GET", "/down", params={"bytes": 100_000_000}))
            for answer in (client.get("/down", params={"bytes": 5}), client.post("/up", content=b"x")):
                assert refused(answer) == (429, "too_many_connections")
                assert answer.headers["retry-after"] == "1"
            assert other.get("/down", params={"bytes": 5}).content
        deadline_s = time.monotonic() + 10
        while client.post("/up", content=b"x").status_code != 200:
            assert time.monotonic() < deadline_s
            time.sleep(0.01)


def test_connections_in_all(start: Start) -> None:
    """However many devices they come from."""
    point = start(Measurement(connections=2))
    with ExitStack() as open_streams:
        clients = [open_streams.enter_context(point.client(ticket(f"d-{number}"))) for number in range(3)]
        for client in clients[:2]:
            open_streams.enter_context(client.stream("GET", "/down", params={"bytes": 100_000_000}))
        answer = clients[2].get("/down", params={"bytes": 5})
        assert refused(answer) == (503, "measurement_point_full")
        assert answer.headers["retry-after"] == "5"


def test_bytes_of_one_ticket(start: Start) -> None:
    """Used up, it opens nothing more; a new one does. A download that goes beyond is cut off."""
    point = start(Measurement(bytes_per_ticket=1_000_000))
    shown = ticket()
    with point.client(shown) as client:
        assert len(client.get("/down", params={"bytes": 700_000}).content) == 700_000
        assert refused(client.post("/up", content=b"x" * 300_001)) == (429, "too_many_bytes")
        with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
            client.get("/down", params={"bytes": 700_000})
    with point.client(ticket("d-2")) as client:
        assert len(client.get("/down", params={"bytes": 700_000}).content) == 700_000


def test_a_ticket_ends_what_is_under_way(start: Start) -> None:
    """Neither direction goes on after its end."""
    point = start(Measurement())
    with point.client(ticket(seconds=1.5)) as client:
        with client.stream("GET", "/down", params={"bytes": 1_000_000_000}) as response:
            time.sleep(2)
            with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
                response.read()
        assert refused(client.get("/ping")) == (401, "ticket_expired")


@pytest.mark.parametrize(("method", "path"), [("GET", "ping"), ("GET", "down?bytes=5"), ("POST", "up")])
class TestWho:
    """Only holders of a ticket that is theirs to use now measure anything."""

    def test_no_ticket(self, point: Point, method: str, path: str) -> None:
        answer = httpx.request(method, f"{point.url}/measure/v1/{path}", trust_env=False)
        assert refused(answer) == (401, "ticket_missing")
        assert answer.headers["www-authenticate"] == "Bearer"

    def test_a_ticket_of_another_authority(self, point: Point, method: str, path: str) -> None:
        with point.client(ticket(secret=b"another secret of the same length")) as client:
            assert refused(client.request(method, path)) == (401, "ticket_refused")

    def test_an_old_ticket(self, point: Point, method: str, path: str) -> None:
        with point.client(ticket(seconds=-1)) as client:
            assert refused(client.request(method, path)) == (401, "ticket_expired")

    def test_a_rehearsal(self, point: Point, method: str, path: str) -> None:
        with point.client(ticket(purpose="rehearsal")) as client:
            assert client.request(method, path).is_success

    def test_round_trips_alone(self, point: Point, method: str, path: str) -> None:
        with point.client(ticket(purpose="round_trips")) as client:
            answer = client.request(method, path)
            if path == "ping":
                assert answer.status_code == 204
            else:
                assert refused(answer) == (403, "ticket_for_something_else")

    def test_another_scheme(self, point: Point, method: str, path: str) -> None:
        headers = {"authorization": bearing(ticket())["authorization"].replace("Bearer", "Basic")}
        answer = httpx.request(method, f"{point.url}/measure/v1/{path}", headers=headers, trust_env=False)
        assert refused(answer) == (401, "ticket_missing")
