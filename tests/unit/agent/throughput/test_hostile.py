"""Throughput against measurement points that misbehave: a code of its own for each way, and never a number."""

from __future__ import annotations

import time

import pytest

from agent.measuring.contract import ProbeFailureError
from agent.probes.throughput import read
from agent.protocol.wire import Slice, UploadCount
from agent.system.machine import System
from agent.throughput import download, upload
from tests.support.full_line import BYTES_PER_S, full_line, paced, task
from tests.support.stub_collector import CHUNK, Handler, Misbehaviour, close, hang, raw, respond, stub_collector

REDIRECT = respond(307, b"", Location="/measure/v1/down")


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


def _keeps_back(handler: Handler) -> None:
    """As a proxy that takes the whole download before it passes anything on."""
    time.sleep(0.8)
    handler.answer(200, CHUNK * 8)


def _trickles(handler: Handler) -> None:
    """As a proxy that passes on a little, so that nobody gives up, until it has looked at everything."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    for _ in range(80):
        handler.wfile.write(b"x" * 50)
        time.sleep(0.05)


HOSTILE = [
    ("/down", close, "down_failed|down_ended_early"),
    ("/down", _ends_early, "down_ended_early"),
    ("/down", respond(503), "measurement_refused"),
    ("/down", respond(401), "token_refused"),
    ("/down", REDIRECT, "measurement_redirected"),
    ("/down", respond(200), "down_no_data"),
    ("/down", raw(b"no HTTP at all\r\n\r\n"), "down_garbled_answer"),
    ("/down", raw(b"HTTP/1.1 2000 OK\r\n\r\n"), "down_garbled_answer"),
    ("/down", raw(b"HTTP/1.1 200 OK\r\n\r\n" + CHUNK), "down_no_length"),
    ("/down", raw(b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n" + CHUNK), "down_no_length"),
    ("/down", raw(b"HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n" + CHUNK), "down_wrong_length"),
    ("/down", raw(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n" + CHUNK), "down_wrong_length"),
    ("/down", raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNK), "down_no_length"),
    ("/down", raw(b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 100_000), "down_huge_head"),
    ("/down", _endless_head, "down_huge_head"),
    ("/down", _keeps_back, "down_buffered"),
    ("/down", _trickles, "down_too_little|down_not_filled"),
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
    ("/ping", REDIRECT, "measurement_redirected"),
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
