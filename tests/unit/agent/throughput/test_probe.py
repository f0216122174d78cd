"""Throughput against a real HTTP server: well-behaved, encrypted, behind a proxy, and hostile."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from agent.probe import ProbeFailureError, Reading, Task
from agent.probes.throughput import PROBE, read
from agent.system import System
from agent.throughput import download, exchange, upload
from agent.wire import Lease, Slice, ThroughputLimits, UploadCount
from tests.processes import free_port
from tests.proxy import proxy
from tests.stub_collector import CHUNK, TOKEN, Handler, Misbehaviour, certificate, close, hang, respond, stub_collector

BYTES_PER_S = 2_000_000
"""What a paced line carries: slow enough that a busy machine keeps up."""

QUEUE_S = 0.05
"""So long the queue of a full line is."""

LIMITS = ThroughputLimits(connections=2, max_seconds=3, max_bytes=400_000_000, precision=0.1)
REDIRECT = respond(307, b"", Location="/measure/v1/down")


def task(url: str, limits: ThroughputLimits = LIMITS) -> Task:
    """A task against that measurement point."""
    return Task(deadline_s=60, measurement_url=url, token=TOKEN, throughput=limits)


def asked_bytes(handler: Handler) -> int:
    """What a download asks for."""
    return int(parse_qs(urlsplit(handler.path).query)["bytes"][0])


class Line:
    """What all connections share: so many bytes per second, together."""

    def __init__(self, bytes_per_s: int = BYTES_PER_S) -> None:
        self._bytes_per_s = bytes_per_s
        self._passed = 0
        self._lock = threading.Lock()
        self._began_s: float | None = None
        self.loaded = 0
        """Connections that carry data just now."""

    @contextmanager
    def load(self) -> Iterator[None]:
        """One more connection carries data meanwhile."""
        with self._lock:
            self.loaded += 1
        try:
            yield
        finally:
            with self._lock:
                self.loaded -= 1

    def ping(self, handler: Handler) -> None:
        """A small request, which waits in the queue of a line that is full."""
        time.sleep(QUEUE_S if self.loaded else 0)
        handler.send_response(204)
        handler.end_headers()

    def due(self, most: int) -> int:
        """How many bytes may pass now."""
        with self._lock:
            now_s = time.monotonic()
            self._began_s = self._began_s or now_s
            size = min(most, max(0, int((now_s - self._began_s) * self._bytes_per_s) - self._passed))
            self._passed += size
            return size

    def wait_for(self, size: int) -> None:
        """Until so many bytes may pass."""
        while size := size - self.due(size):
            time.sleep(0.002)


def paced(line: Line | None = None, seconds: float = 10.0, most: int = 10**12) -> Misbehaviour:
    """Sends as fast as the line, whatever the connections, then nothing more; `most` bytes in one answer."""
    shared = line or Line()

    def misbehave(handler: Handler) -> None:
        left = min(most, asked_bytes(handler))
        handler.send_response(200)
        handler.send_header("Content-Length", str(left))
        handler.end_headers()
        until_s = time.monotonic() + seconds
        with shared.load():
            while time.monotonic() < until_s and left:
                size = shared.due(min(left, len(CHUNK)))
                handler.wfile.write(CHUNK[:size])
                left -= size
                time.sleep(0.005)
            time.sleep(8 if seconds < 5 else 0)

    return misbehave


def paced_up(line: Line | None = None) -> Misbehaviour:
    """Counts no faster than the line, whatever the connections, in slices of 20 ms."""
    shared = line or Line()

    def misbehave(handler: Handler) -> None:
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32_768)  # so that the sender feels the rate
        began_s, total, pending = time.monotonic(), 0, 0
        slices: list[Slice] = []
        with shared.load():
            while size := int(handler.rfile.readline(), 16):
                handler.rfile.read(size + 2)
                total, pending = total + size, pending + size
                shared.wait_for(size)
                if (until_s := time.monotonic() - began_s) - (slices[-1].until_s if slices else 0) >= 0.02:
                    slices.append(Slice(until_s, pending))
                    pending = 0
        handler.rfile.readline()
        if pending:
            slices.append(Slice(time.monotonic() - began_s, pending))
        handler.answer(200, UploadCount(total, began_s, slices))

    return misbehave


def full_line(bytes_per_s: int = BYTES_PER_S) -> dict[str, Misbehaviour]:
    """A measurement point behind a line of that rate each way, with a queue in front of it."""
    down, up = Line(bytes_per_s), Line(bytes_per_s)

    def ping(handler: Handler) -> None:
        (down if down.loaded else up).ping(handler)

    return {"/down": paced(down), "/up": paced_up(up), "/ping": ping}


def measured(url: str, system: System | None = None, limits: ThroughputLimits = LIMITS) -> Reading:
    """A reading that keeps what the probe declares."""
    reading = read(system or System(), task(url, limits))
    assert set(reading.facts) == {spec.name for spec in PROBE.facts}
    assert {name for name, value in reading.facts.items() if value is None} == set(reading.missing)
    assert all(spec.accepts(reading.facts[spec.name]) for spec in PROBE.facts)
    return reading


def number(reading: Reading, name: str) -> float:
    """A fact that has to be a number."""
    value = reading.facts[name]
    assert isinstance(value, int | float)
    return value


def test_a_known_rate_is_measured_as_it_is() -> None:
    """2 Mbyte/s are 16 Mbit/s, give or take what a busy machine shakes."""
    with stub_collector() as stub:
        stub.misbehave |= full_line()
        reading = measured(stub.measurement_url)
        asked = {(path, headers["authorization"]) for path, headers in stub.requests}
    assert asked == {(path, f"Bearer {TOKEN}") for path in ("/ping", "/down", "/up")}
    for way in ("down", "up"):
        assert number(reading, f"{way}_mbit_s") == pytest.approx(16.0, rel=0.15)
        assert 0 < number(reading, f"{way}_half_width_mbit_s") < 4
        assert reading.facts[f"{way}_stop_reason"] in {"steady", "time"}
        assert 0.6 <= number(reading, f"{way}_duration_s") < 3.5
        assert number(reading, f"{way}_bytes") < 2 * BYTES_PER_S * 3.5
        assert number(reading, f"{way}_responsiveness_rpm") > 0
    assert reading.facts["connections_count"] in {1, 2}


def test_the_bound_of_bytes_is_kept_by_all_connections_together() -> None:
    """Exactly, in both directions."""
    limits = ThroughputLimits(connections=4, max_seconds=4, max_bytes=3_000_000, precision=0.0001)
    with stub_collector() as stub:
        stub.misbehave |= full_line()
        reading = measured(stub.measurement_url, limits=limits)
    assert (reading.facts["down_bytes"], reading.facts["up_bytes"]) == (3_000_000, 3_000_000)
    assert (reading.facts["down_stop_reason"], reading.facts["up_stop_reason"]) == ("bytes", "bytes")


def test_the_bound_of_time_is_kept() -> None:
    """A precision that is never met."""
    limits = ThroughputLimits(connections=2, max_seconds=1.8, max_bytes=400_000_000, precision=0.0001)
    with stub_collector() as stub:
        stub.misbehave |= full_line()
        reading = measured(stub.measurement_url, limits=limits)
    for way in ("down", "up"):
        assert reading.facts[f"{way}_stop_reason"] == "time"
        assert 1.8 <= number(reading, f"{way}_duration_s") < 2.3


def test_a_measurement_point_that_gives_less_is_asked_again() -> None:
    """A cap on its side does not make the run too short."""

    with stub_collector() as stub:
        line = Line()
        stub.misbehave |= full_line() | {"/ping": line.ping, "/down": paced(line, most=len(CHUNK) * 4)}
        stub.misbehave["/up"] = paced_up(line)
        reading = measured(stub.measurement_url)
        asked = sum(path == "/down" for path, _ in stub.requests)
    assert asked > 4
    assert number(reading, "down_bytes") > len(CHUNK) * 8


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_through_a_proxy(scheme: str, tmp_path: Path) -> None:
    """By whole URLs for HTTP, through a tunnel for HTTPS; nothing goes past it."""
    files = certificate(tmp_path) if scheme == "https" else None
    with stub_collector(certificate=files) as stub, proxy() as way:
        stub.misbehave |= full_line()
        reading = measured(stub.measurement_url, System(str(files[0]) if files else None, way.url))
    assert number(reading, "down_mbit_s") == pytest.approx(16.0, rel=0.2)
    assert number(reading, "up_mbit_s") == pytest.approx(16.0, rel=0.2)
    port = stub.url.rpartition(":")[2]
    target = f"CONNECT localhost:{port}" if scheme == "https" else f"http://localhost:{port}/measure/v1/"
    assert len(way.asked) >= 5
    assert all(target in line for line in way.asked)


def test_over_tls(tmp_path: Path) -> None:
    """Counted decrypted: what a browser gets."""
    files = certificate(tmp_path)
    with stub_collector(certificate=files) as stub:
        stub.misbehave |= full_line()
        reading = measured(stub.measurement_url, System(str(files[0])))
        assert number(reading, "down_mbit_s") == pytest.approx(16.0, rel=0.2)
        with pytest.raises(ProbeFailureError, match="measurement_point_away"):
            read(System(), task(stub.measurement_url))


def test_the_ticket_of_a_lease_opens_it() -> None:
    """And the policy's own ticket, which is for round trips, does not."""
    lease = Lease("lease-1", "ticket-of-the-lease", datetime.now(UTC) + timedelta(minutes=1), 60.0)
    with stub_collector() as stub:
        stub.tokens = {lease.ticket}
        stub.misbehave["/down"] = respond(429)
        leased = Task(measurement_url=stub.measurement_url, token=TOKEN, ticket="for-round-trips", lease=lease)
        with pytest.raises(ProbeFailureError, match="measurement_refused"):
            read(System(), leased)
        asked = {headers["authorization"] for _, headers in stub.requests}
    assert asked == {f"Bearer {lease.ticket}"}


# --- hostile measurement points


def raw(answer: bytes, then_s: float = 0.0) -> Misbehaviour:
    """Sends these bytes as they are."""

    def misbehave(handler: Handler) -> None:
        handler.wfile.write(answer)
        time.sleep(then_s)
        handler.close_connection = True

    return misbehave


def _ends_early(handler: Handler) -> None:
    raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n" + CHUNK)(handler)


def _endless_head(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for n in range(100_000):
        handler.wfile.write(b"X-More-%d: and more\r\n" % n)


def _drips(handler: Handler) -> None:
    for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n":
        handler.wfile.write(bytes((byte,)))
        time.sleep(0.2)


def _garbage(handler: Handler) -> None:
    handler.count_upload()
    handler.answer(200, b"\xff not json")


def _boast(handler: Handler) -> None:
    found = handler.count_upload()
    more = Slice(found.slices[-1].until_s + 1, 10**9)
    handler.answer(200, UploadCount(found.bytes + 10**9, found.started_s, [*found.slices, more]))


def _counts_late(handler: Handler) -> None:
    """As behind a proxy that takes the whole upload, at its own pace, and then passes it on at full speed."""
    total, began_s = 0, time.monotonic()
    while size := int(handler.rfile.readline(), 16):
        handler.rfile.read(size + 2)
        total += size
        time.sleep(max(0.0, began_s + total / BYTES_PER_S - time.monotonic()))
    handler.rfile.readline()
    sizes = [total // 10] * 9 + [total - total // 10 * 9]
    handler.answer(200, UploadCount(total, 0.0, [Slice(0.01 * n, size) for n, size in enumerate(sizes, 1)]))


HOSTILE = [
    ("/down", close, "down_failed|down_ended_early"),
    ("/down", _ends_early, "down_ended_early"),
    ("/down", respond(503), "measurement_refused"),
    ("/down", respond(401), "token_refused"),
    ("/down", REDIRECT, "measurement_refused"),
    ("/down", respond(200), "down_no_data"),
    ("/down", raw(b"no HTTP at all\r\n\r\n"), "down_garbled_answer"),
    ("/down", raw(b"HTTP/1.1 2000 OK\r\n\r\n"), "down_garbled_answer"),
    ("/down", raw(b"HTTP/1.1 200 OK\r\n\r\n" + CHUNK), "down_no_length"),
    ("/down", raw(b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n" + CHUNK), "down_no_length"),
    ("/down", raw(b"HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n" + CHUNK), "down_wrong_length"),
    ("/down", raw(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n" + CHUNK), "down_wrong_length"),
    ("/down", raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNK), "down_no_length"),
    ("/down", raw(b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 100_000), "down_garbled_answer"),
    ("/down", _endless_head, "down_garbled_answer"),
    ("/down", hang(4), "down_no_answer"),
    ("/down", _drips, "down_no_answer"),
    ("/down", paced(seconds=0.4), "down_stalled|down_unstable"),
    ("/down", raw(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + b"x" * 100, 6), "down_stalled"),
    ("/up", close, "up_failed"),
    ("/up", _garbage, "up_garbled_count"),
    ("/up", _boast, "up_impossible_count"),
    ("/up", _counts_late, "up_buffered"),
    ("/up", respond(413), "measurement_refused|up_failed"),
    ("/up", raw(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"), "up_impossible_count|up_failed"),
    ("/up", hang(8), "up_stalled"),
    ("/ping", respond(401), "token_refused"),
    ("/ping", REDIRECT, "measurement_refused"),
    ("/ping", close, "measurement_point_away"),
]


@pytest.mark.parametrize(
    ("path", "misbehaviour", "code"),
    HOSTILE,
    ids=[f"{n}-{path[1:]}-{code}" for n, (path, _, code) in enumerate(HOSTILE)],
)
def test_a_hostile_measurement_point_gives_a_code_and_no_number(
    path: str, misbehaviour: Misbehaviour, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever it does, and in bounded time."""
    monkeypatch.setattr(download, "ANSWER_TIMEOUT_S", 1.0)
    monkeypatch.setattr(upload, "ANSWER_TIMEOUT_S", 1.0)
    with stub_collector() as stub:
        if path == "/up":
            stub.misbehave |= full_line()
        stub.misbehave[path] = misbehaviour
        began_s = time.monotonic()
        with pytest.raises(ProbeFailureError) as failed:
            read(System(), task(stub.measurement_url))
    assert failed.value.code in code.split("|")
    assert time.monotonic() - began_s < 20


def test_nobody_there() -> None:
    """A failed result."""
    with pytest.raises(ProbeFailureError, match="measurement_point_away"):
        read(System(), task(f"http://127.0.0.1:{free_port()}/measure/v1"))


class _JumpingClock(System):
    """A time of day that jumps about, and a monotonic clock that does as `steps` say after some looks."""

    def __init__(self, steps: Iterator[float]) -> None:
        super().__init__()
        self._steps = steps
        self._days = count(-10)

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(days=next(self._days))

    def monotonic_s(self) -> float:
        return time.monotonic() + next(self._steps)


@pytest.mark.parametrize("jump_s", [3_600.0, -3_600.0])
def test_a_clock_that_jumps_gives_no_number(jump_s: float) -> None:
    """As after sleep: neither a slow line nor a fast one."""
    jumps = (0.0 if n < 200 else jump_s for n in count())
    with stub_collector() as stub:
        stub.misbehave |= full_line()
        with pytest.raises(ProbeFailureError, match="clock_jumped"):
            read(_JumpingClock(jumps), task(stub.measurement_url))
    assert abs(jump_s) > exchange.STALLED_S


def test_the_time_of_day_may_jump_as_it_likes() -> None:
    """Only the monotonic clock is looked at."""
    with stub_collector() as stub:
        stub.misbehave |= full_line()
        reading = measured(stub.measurement_url, _JumpingClock(0.0 for _ in count()))
    assert number(reading, "down_mbit_s") == pytest.approx(16.0, rel=0.2)


def test_without_a_policy() -> None:
    """There is nothing to measure against."""
    with pytest.raises(ProbeFailureError, match="no_measurement_point"):
        read(System(), Task())
