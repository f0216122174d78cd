"""Measuring in Chromium against points that misbehave or are away: a code without facts, no number that looks right."""

from __future__ import annotations

import time

import msgspec
import pytest
from playwright.sync_api import Browser, Page

from agent.protocol.wire import ProbeResult, Slice, UploadCount
from tests.support.measuring_pages import bare_page, called, hasten, page_app
from tests.support.measuring_runs import (
    TURNS,
    Line,
    assert_failed,
    jumped,
    measured,
    number,
    throughput_of,
)
from tests.support.processes import free_port
from tests.support.serving import served
from tests.support.shown_pages import HEADLESS
from tests.support.stub_collector import CHUNK, TOKEN, Handler, Misbehaviour, StubCollector, close, hang, raw, respond

pytestmark = pytest.mark.needs(HEADLESS)


def head(*lines: str) -> bytes:
    """Of an answer that goes on with data."""
    return "\r\n".join(["HTTP/1.1 200 OK", *lines, "", ""]).encode() + CHUNK


def boasts(handler: Handler) -> None:
    """Says that more came than was sent."""
    found = Line().counted(handler)
    more = Slice(found.slices[-1].until_s + 0.01, 10**9)
    handler.answer(200, UploadCount(found.bytes + 10**9, found.started_s, [*found.slices, more]))


def counts_backwards(handler: Handler) -> None:
    """Each upload seems to have come before the one before it: as if two receivers took turns."""
    found = Line().counted(handler)
    handler.answer(200, UploadCount(found.bytes, 1e6 - found.started_s, found.slices))


def counts_late(handler: Handler) -> None:
    """As behind a proxy that takes each upload at the line's pace, and then passes it on at once."""
    found = Line().counted(handler)
    handler.answer(200, UploadCount(found.bytes, time.monotonic(), [Slice(0.001, found.bytes)]))


def keeps_back(handler: Handler) -> None:
    """As a proxy that takes all of it first."""
    time.sleep(1.5)
    raw(head("Content-Length: 100000000"), 3)(handler)


def trickles(handler: Handler) -> None:
    """As a proxy that looks for viruses and lets a little through, so that nobody gives up."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n")
    for _ in range(60):
        handler.wfile.write(b"x" * 100)
        time.sleep(0.1)


ANSWERS_WITHIN = {"download.js": {"ANSWER_TIMEOUT_S": 3}, "upload.js": {"ANSWER_TIMEOUT_S": 3}}
"""In seconds; others wait for ten."""

HOSTILE: list[tuple[str, Misbehaviour, tuple[str, ...]]] = [
    ("/down", close, ("down_failed",)),
    ("/down", raw(head("Content-Length: 100000000")), ("down_failed", "down_ended_early")),
    ("/down", respond(503), ("measurement_refused",)),
    ("/down", respond(401), ("token_refused",)),
    ("/down", respond(307, b"", Location="/measure/v1/ping"), ("measurement_redirected",)),
    ("/down", respond(200), ("down_no_data",)),
    ("/down", hang(5), ("down_no_answer",)),
    ("/down", keeps_back, ("down_buffered",)),
    ("/down", trickles, ("down_too_little", "down_unstable", "down_not_filled")),
    ("/down", raw(b"no HTTP at all\r\n\r\n"), ("down_no_length", "down_failed")),
    ("/down", raw(head()), ("down_no_length",)),
    ("/down", raw(head("Transfer-Encoding: chunked")), ("down_no_length", "down_failed")),
    ("/down", raw(head("Content-Length: 999999999999")), ("down_wrong_length",)),
    ("/down", raw(head("Content-Length: 100000000"), 8), ("down_stalled",)),
    ("/up", close, ("up_failed",)),
    ("/up", respond(413), ("measurement_refused", "up_failed")),
    ("/up", respond(200, b"\xff not json"), ("up_garbled_count",)),
    ("/up", respond(200, b"{}"), ("up_garbled_count",)),
    ("/up", boasts, ("up_impossible_count",)),
    ("/up", counts_backwards, ("up_impossible_count",)),
    ("/up", counts_late, ("up_buffered",)),
    ("/up", hang(12), ("up_stalled",)),
    ("/ping", respond(401), ("token_refused",)),
    ("/ping", respond(307, b"", Location="/measure/v1/down?bytes=1"), ("measurement_redirected",)),
    ("/ping", close, ("measurement_point_away",)),
]


@pytest.mark.parametrize(
    ("path", "misbehaviour", "codes"), HOSTILE, ids=[f"{n}-{p}-{c[0]}" for n, (p, _, c) in enumerate(HOSTILE)]
)
def test_a_hostile_measurement_point(
    page: Page, stub: StubCollector, path: str, misbehaviour: Misbehaviour, codes: tuple[str, ...]
) -> None:
    """Whatever it does, a code and no number, in bounded time. A machine that has other work makes a download jump, and
    then there is no upload: so it may look again.
    """
    hasten(stub, ANSWERS_WITHIN)
    stub.misbehave[path] = misbehaviour
    for _ in range(TURNS):
        found = throughput_of(page, stub.measurement_url, max_seconds=3, precision=0.2)
        if path != "/up" or not jumped(found, "down"):
            break
    assert_failed(found, *codes)


def test_nobody_there(page: Page) -> None:
    """Both failed."""
    for result in measured(page, f"http://127.0.0.1:{free_port()}/measure/v1", latency_samples=1).values():
        assert_failed(result, "measurement_point_away")


def test_another_server_that_does_not_let_the_page_in(browser: Browser, stub: StubCollector) -> None:
    """Its answers are kept from the page, so it is as if it were away."""
    with served(page_app()) as address, bare_page(browser, address) as page:
        for result in measured(page, stub.measurement_url, latency_samples=1).values():
            assert_failed(result, "measurement_point_away")


def test_some_round_trips_are_lost(page: Page, stub: StubCollector) -> None:
    """A share of loss where enough were answered, and no times where too few were."""
    kept = iter([True, True, True, False, *[True] * 100])

    def sometimes(handler: Handler) -> None:
        (respond(204) if next(kept) else hang(3))(handler)

    stub.misbehave["/ping"] = sometimes
    hasten(stub, {"latency.js": {"PAUSE_S": 0.02, "ROUND_TRIP_MAX_S": 1}})
    asked = {"measurementUrl": stub.measurement_url, "ticket": TOKEN, "limits": {"latency_samples": 12}}
    found = msgspec.convert(called(page, "measure.js", "measureLatency", asked), ProbeResult)
    assert found.error is None
    assert number(found, "loss_ratio") == round(1 / 12, 4)
    assert 0 < number(found, "rtt_median_ms") < 1_000
    stub.misbehave["/ping"] = close
    lost = msgspec.convert(called(page, "measure.js", "measureLatency", asked), ProbeResult)
    assert_failed(lost, "measurement_point_away")
    assert (lost.facts["loss_ratio"], lost.facts["rtt_median_ms"]) == (1, None)
