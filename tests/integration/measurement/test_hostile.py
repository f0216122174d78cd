"""What clients do that no decent client does: the real process refuses each in time, and serves the others on."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import psutil
import pytest

from collector.configuration.model import Measurement
from collector.measurement.connection import UNAUTHENTICATED_MOST
from collector.measurement.request import HEAD_BYTES
from tests.support.measurement_points import BASE, Point, of_its_own, ticket

Own = Callable[..., Point]
PATIENCE_S = 20.0
HEAD_S = 1.5
"""So long it waits for a head here; a tenth of what real clients have."""


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Point]:
    """Short of patience, and the same process for all that is done to it."""
    bounds = Measurement(request_seconds=2, connections=64)
    with of_its_own(tmp_path_factory.mktemp("point"), bounds, head_s=HEAD_S) as point:
        yield point


@pytest.fixture
def point(attacked: Point) -> Iterator[Point]:
    """After every test it must still serve."""
    yield attacked
    with attacked.client(ticket("decent")) as client:
        assert len(client.get("/down", params={"bytes": 1_000_000}).content) == 1_000_000
        assert client.post("/up", content=b"x" * 1_000_000).json()["bytes"] == 1_000_000


def head(method: str, path: str, *lines: str, shown: str | None = None) -> bytes:
    """The head of a request with a good ticket, or with `shown`."""
    fields = ["Host: x", f"Authorization: Bearer {ticket() if shown is None else shown}", *lines]
    return "\r\n".join([f"{method} {BASE}{path} HTTP/1.1", *fields, "", ""]).encode()


def all_of(connection: socket.socket) -> bytes:
    """What the server sends until it ends the connection; fails if it never does."""
    connection.settimeout(PATIENCE_S)
    got = bytearray()
    try:
        while piece := connection.recv(65_536):
            got += piece
    except ConnectionResetError:
        pass
    return bytes(got)


def said(answer: bytes) -> tuple[str, bytes]:
    """Status and code of the only answer."""
    status, _, rest = answer.partition(b"\r\n")
    assert answer.count(b"HTTP/1.1 ") == 1
    return status.decode().split(" ")[1], rest.partition(b'"code":"')[2].partition(b'"')[0]


def test_a_head_that_never_ends_comes_slowly(point: Point) -> None:
    """A byte now and then does not keep a connection open."""
    with point.connect() as connection:
        started_s = time.monotonic()
        connection.sendall(f"GET {BASE}/ping HTTP/1.1\r\nX: ".encode())
        connection.settimeout(0.2)
        answer = b""
        while not answer and time.monotonic() < started_s + PATIENCE_S:
            connection.sendall(b"x")
            try:
                answer = connection.recv(65_536)
            except TimeoutError:
                continue
        assert said(answer) == ("408", b"too_slow")


def test_nothing_is_said_at_all(point: Point) -> None:
    """Nor is anything answered; the connection ends."""
    with point.connect() as connection:
        assert all_of(connection) == b""


def test_many_strangers_keep_nobody_out(point: Point) -> None:
    """More silent connections than there is room for: the oldest go, and a holder of a ticket comes in."""
    with ExitStack() as open_connections:
        for _ in range(64 + UNAUTHENTICATED_MOST + 100):
            open_connections.enter_context(point.connect())
        with point.client() as client:
            assert client.get("/ping").status_code == 204
        assert point.process is not None
        assert psutil.Process(point.process.pid).num_fds() < 64 + UNAUTHENTICATED_MOST + 50


@pytest.mark.parametrize(
    "lines", [["X: " + "x" * 100_000], [f"X-{number}: {'x' * 100}" for number in range(1_000)]], ids=["long", "many"]
)
def test_huge_headers(point: Point, lines: list[str]) -> None:
    """Refused, however they come."""
    with point.connect() as connection:
        connection.sendall(head("GET", "/ping", *lines))
        assert said(all_of(connection)) == ("431", b"too_large")


def test_a_head_without_end(point: Point) -> None:
    """Takes no memory: what is beyond the bound is not kept."""
    with point.connect() as connection:
        connection.sendall(f"GET {BASE}/ping?".encode() + b"x" * (2 * HEAD_BYTES))
        assert said(all_of(connection)) == ("431", b"too_large")


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc",
        b"GET / HTTP/9.9\r\n\r\n",
        b"NONSENSE / HTTP/1.1\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST /measure/v1/up HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"POST /measure/v1/up HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
        b"POST /measure/v1/up HTTP/1.1\r\nContent-Length: " + b"9" * 40 + b"\r\n\r\n",
    ],
)
def test_garbage(point: Point, garbage: bytes) -> None:
    """Is told so, and the connection ends."""
    with point.connect() as connection:
        connection.sendall(garbage)
        status, code = said(all_of(connection))
        assert (status, code) in {("400", b"malformed"), ("401", b"ticket_missing"), ("404", b"not_found")}


def test_garbage_after_a_request(point: Point) -> None:
    """The request is answered; the garbage is refused."""
    with point.connect() as connection:
        connection.sendall(head("GET", "/ping") + b"\x00\x00garbage\r\n\r\n")
        answer = all_of(connection)
        assert answer.startswith(b"HTTP/1.1 204 ")
        assert b"HTTP/1.1 400 " in answer


def test_a_request_into_a_download(point: Point) -> None:
    """One thing at a time: the connection ends."""
    with point.connect() as connection:
        connection.sendall(head("GET", "/down?bytes=1000000000") + head("GET", "/down?bytes=1000000000"))
        assert len(all_of(connection)) < 1_000_000_000


def test_an_upload_without_end(point: Point) -> None:
    """Ends at its deadline, with the reason."""
    with point.connect() as connection:
        connection.sendall(head("POST", "/up", "Transfer-Encoding: chunked"))
        connection.settimeout(0.1)
        started_s, answer = time.monotonic(), b""
        while not answer and time.monotonic() < started_s + PATIENCE_S:
            connection.sendall(b"1\r\nx\r\n")
            try:
                answer = connection.recv(65_536)
            except TimeoutError:
                continue
        assert said(answer) == ("408", b"too_slow")


def test_an_upload_that_promises_more_than_comes(point: Point) -> None:
    """The wrong length, and then silence: refused; nothing was counted as if it were whole."""
    with point.connect() as connection:
        connection.sendall(head("POST", "/up", "Content-Length: 1000") + b"x" * 999)
        assert said(all_of(connection)) == ("408", b"too_slow")


def test_an_upload_that_brings_more_than_promised(point: Point) -> None:
    """The promised bytes are counted; the rest is no request."""
    with point.connect() as connection:
        connection.sendall(head("POST", "/up", "Content-Length: 5") + b"x" * 50)
        answer = all_of(connection)
        assert b'{"bytes":5,' in answer
        assert b"HTTP/1.1 400 " in answer


def test_no_harm_is_done_to_a_connection_that_keeps_to_the_rules(point: Point) -> None:
    """Many requests over one connection, large ones too: none is taken for a head without end."""
    with point.connect() as connection, connection.makefile("rb") as answers:
        for size in (1_000_000, 300_000, 1, 1_000_000):
            connection.sendall(head("POST", "/up", f"Content-Length: {size}") + b"x" * size)
            assert answers.readline() == b"HTTP/1.1 200 OK\r\n"
            lines = [answers.readline() for _ in range(4)]
            assert lines[-1] == b"\r\n"
            assert f'{{"bytes":{size},'.encode() in answers.read(int(lines[1].split(b": ")[1]))
            connection.sendall(head("GET", "/ping"))
            assert answers.readline() == b"HTTP/1.1 204 No Content\r\n"
            assert [answers.readline() for _ in range(2)][-1] == b"\r\n"
        connection.settimeout(0.3)
        with pytest.raises(TimeoutError):
            answers.read(1)


def test_a_body_where_none_belongs(point: Point) -> None:
    """Is refused."""
    with point.connect() as connection:
        connection.sendall(head("GET", "/ping", "Content-Length: 5") + b"xxxxx")
        assert said(all_of(connection)) == ("400", b"malformed")


def test_an_upload_without_a_ticket_learns_why(point: Point) -> None:
    """Although it is in the middle of sending."""
    with point.connect() as connection:
        connection.sendall(head("POST", "/up", "Content-Length: 100000000", shown="none"))
        try:
            for _ in range(100):
                connection.sendall(b"x" * 10_000)
        except (BrokenPipeError, ConnectionResetError):
            pass
        assert said(all_of(connection)) == ("401", b"ticket_refused")


def test_an_upload_that_outlives_its_ticket(point: Point) -> None:
    """Is told so, before its own deadline."""
    with point.connect() as connection:
        connection.sendall(head("POST", "/up", "Content-Length: 1000", shown=ticket(seconds=1)) + b"x")
        assert said(all_of(connection)) == ("401", b"ticket_expired")


def test_a_receiver_that_stops_reading(point: Point) -> None:
    """Is let go of at the deadline, and costs no memory until then."""
    assert point.process is not None
    before_bytes = psutil.Process(point.process.pid).memory_info().rss
    with ExitStack() as open_connections:
        connections = [open_connections.enter_context(point.connect()) for _ in range(20)]
        for number, connection in enumerate(connections):
            connection.sendall(head("GET", "/down?bytes=1000000000", shown=ticket(f"d-{number}")))
        time.sleep(0.5)
        assert psutil.Process(point.process.pid).memory_info().rss < before_bytes + 20 * 1024 * 1024
        time.sleep(2.5)
        assert all(len(all_of(connection)) < 1_000_000_000 for connection in connections)


def test_connections_that_are_reset(point: Point) -> None:
    """In the middle of both directions; their places are free again."""
    for _ in range(10):
        for request in (head("GET", "/down?bytes=1000000000"), head("POST", "/up", "Content-Length: 1000000") + b"x"):
            for _ in range(4):
                with point.connect() as connection:
                    connection.sendall(request)
                    connection.recv(1) if request.startswith(b"GET") else None
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def test_a_holder_who_opens_too_many(own: Own) -> None:
    """Idle connections count too; another device has its places."""
    point = own(Measurement(connections_per_device=3))
    with ExitStack() as open_connections:
        for number in range(5):
            connection = open_connections.enter_context(point.connect())
            connection.sendall(head("GET", "/ping"))
            expected = b"HTTP/1.1 204 " if number < 3 else b"HTTP/1.1 429 "
            assert connection.recv(13) == expected
        with point.client(ticket("d-2")) as client:
            assert client.get("/ping").status_code == 204
