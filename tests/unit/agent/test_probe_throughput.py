"""Throughput against a real HTTP server, well-behaved and hostile."""

from __future__ import annotations

import time

import msgspec
import pytest

from agent.probe import ProbeFailureError, Task
from agent.probes import throughput
from agent.probes.throughput import counted_lane, read
from agent.system import System
from agent.wire import Slice, ThroughputLimits, UploadCount
from tests.processes import free_port
from tests.stub_collector import CHUNK, TOKEN, Handler, Misbehaviour, close, respond, stub_collector

LIMITS = ThroughputLimits(connections=2, max_seconds=0.6, max_bytes=400_000_000)


def task(url: str, limits: ThroughputLimits = LIMITS) -> Task:
    """A task against that measurement point."""
    return Task(deadline_s=60, measurement_url=url, token=TOKEN, throughput=limits)


def paced(bytes_per_s: int) -> Misbehaviour:
    """Sends at a known rate."""

    def misbehave(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000000000")
        handler.end_headers()
        began_s, sent = time.monotonic(), 0
        while time.monotonic() - began_s < 5:
            due = int((time.monotonic() - began_s) * bytes_per_s) - sent
            handler.wfile.write(CHUNK[: min(max(due, 1), len(CHUNK))])
            sent += min(max(due, 1), len(CHUNK))
            time.sleep(0.005)

    return misbehave


def test_both_directions_are_counted_at_the_receiver() -> None:
    """What was carried stays within the allowance, and a rate comes out."""
    with stub_collector() as stub:
        reading = read(System(), task(stub.measurement_url))
        asked = {(path, headers["authorization"]) for path, headers in stub.requests}
    assert asked == {("/down", f"Bearer {TOKEN}"), ("/up", f"Bearer {TOKEN}")}
    down, up = reading.facts["down_mbit_s"], reading.facts["up_mbit_s"]
    assert isinstance(down, float)
    assert isinstance(up, float)
    assert min(down, up) > 1
    assert 0 < int(reading.facts["down_bytes"] or 0) <= LIMITS.max_bytes
    assert 0 < int(reading.facts["up_bytes"] or 0) <= LIMITS.max_bytes
    assert reading.facts["connections_count"] == 2


def test_a_known_rate_is_measured_as_it_is() -> None:
    """Two connections at 250 kbyte/s each are 4 Mbit/s, give or take what a busy machine shakes."""
    with stub_collector() as stub:
        stub.misbehave["/down"] = paced(250_000)
        limits = ThroughputLimits(connections=2, max_seconds=2, max_bytes=1_000_000_000)
        assert read(System(), task(stub.measurement_url, limits)).facts["down_mbit_s"] == pytest.approx(4.0, rel=0.25)


def test_a_measurement_point_that_gives_less_is_asked_again() -> None:
    """A cap on its side does not make the run too short."""
    with stub_collector() as stub:
        stub.misbehave["/down"] = lambda handler: handler.answer(200, CHUNK)
        reading = read(System(), task(stub.measurement_url))
        asked = sum(path == "/down" for path, _ in stub.requests)
    assert asked > 2
    assert int(reading.facts["down_bytes"] or 0) > len(CHUNK) * 2


def _ends_early(handler: Handler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "100000000")
    handler.end_headers()
    handler.wfile.write(CHUNK)
    handler.close_connection = True


def _garbage(handler: Handler) -> None:
    handler.count_upload()
    handler.answer(200, b"\xff not json")


def _boast(handler: Handler) -> None:
    count = handler.count_upload()
    more = Slice(count.slices[-1].until_s + 1, 10**9)
    handler.answer(200, UploadCount(count.bytes + 10**9, count.started_s, [*count.slices, more]))


@pytest.mark.parametrize(
    ("path", "misbehaviour", "code"),
    [
        ("/down", close, "down_failed"),
        ("/down", _ends_early, "down_ended_early"),
        ("/down", respond(503), "measurement_refused"),
        ("/down", respond(401), "token_refused"),
        ("/down", respond(200), "down_no_data"),
        ("/down", lambda handler: handler.wfile.write(b"no HTTP at all\r\n\r\n"), "down_failed"),
        ("/up", close, "up_failed"),
        ("/up", _garbage, "up_garbled_count"),
        ("/up", _boast, "up_impossible_count"),
    ],
)
def test_a_hostile_measurement_point_gives_a_code_and_no_number(
    path: str, misbehaviour: Misbehaviour, code: str
) -> None:
    """Whatever it does."""
    with stub_collector() as stub:
        stub.misbehave[path] = misbehaviour
        with pytest.raises(ProbeFailureError) as failed:
            read(System(), task(stub.measurement_url))
    assert failed.value.code == code


def test_a_count_that_never_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The agent does not wait for ever."""
    monkeypatch.setattr(throughput, "ANSWER_TIMEOUT_S", 0.5)

    def silent(handler: Handler) -> None:
        handler.count_upload()
        time.sleep(5)

    with stub_collector() as stub:
        stub.misbehave["/up"] = silent
        with pytest.raises(ProbeFailureError, match=r"up_(failed|stalled)"):
            read(System(), task(stub.measurement_url))


def test_a_trickle_is_too_short_and_no_number() -> None:
    """A hundred bytes are no measurement of a line."""

    def trickle(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000000")
        handler.end_headers()
        handler.wfile.write(b"x" * 100)
        time.sleep(2)

    with stub_collector() as stub:
        stub.misbehave["/down"] = trickle
        with pytest.raises(ProbeFailureError, match="down_too_short"):
            read(System(), task(stub.measurement_url))


def test_nobody_there() -> None:
    """A failed result."""
    with pytest.raises(ProbeFailureError, match="down_failed"):
        read(System(), task(f"http://127.0.0.1:{free_port()}/measure/v1"))


def test_a_count_becomes_a_lane_on_the_receivers_clock() -> None:
    """Slices are laid behind each other from the first byte on."""
    count = UploadCount(300, 1_000.0, [Slice(0.1, 100), Slice(0.2, 200)])
    lane = counted_lane(msgspec.json.encode(count), 300)
    assert lane.start_s == 1_000.0
    assert lane.end_s == pytest.approx(1_000.2)
    assert [total for _, total in lane.marks] == [100, 300]


@pytest.mark.parametrize(
    "count",
    [
        UploadCount(300, 0.0, []),
        UploadCount(300, 0.0, [Slice(0.1, 200)]),
        UploadCount(300, 0.0, [Slice(0.2, 100), Slice(0.1, 200)]),
        UploadCount(300, 0.0, [Slice(-0.2, 300)]),
        UploadCount(300, 0.0, [Slice(0.1, 400), Slice(0.2, -100)]),
        UploadCount(301, 0.0, [Slice(0.1, 301)]),
    ],
    ids=["none", "sum", "order", "before", "negative", "more than sent"],
)
def test_impossible_counts(count: UploadCount) -> None:
    """A count that can't be true is refused."""
    with pytest.raises(ProbeFailureError, match="up_impossible_count"):
        counted_lane(msgspec.json.encode(count), 300)
