"""Measuring in Chromium against points that behave, misbehave or are away, and on devices that can't be trusted.

What goes wrong is a result with a code and without facts, whatever it was: never a number that looks healthy.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import msgspec
import psutil
import pytest
from playwright.sync_api import Browser, Error, Page, sync_playwright

from agent.probes.latency import PROBE as LATENCY
from agent.probes.throughput import PROBE as THROUGHPUT
from agent.wire import ProbeResult, Slice, UploadCount
from tests.measuring_pages import bare_page, called, page_app, serve_from
from tests.processes import free_port
from tests.serving import served
from tests.shown_pages import CHROMIUM, QUIET
from tests.stub_collector import (
    CHUNK,
    TOKEN,
    Handler,
    Misbehaviour,
    StubCollector,
    close,
    hang,
    respond,
    stub_collector,
)

pytestmark = pytest.mark.needs(CHROMIUM)

BYTES_PER_S = 4_000_000
"""What a line of these tests carries: slow enough that a busy machine keeps up."""

PIECE = 16_384
MBIT_S = BYTES_PER_S * 8 / 1e6
LIMITS = {"connections": 2, "max_seconds": 4, "max_bytes": 400_000_000, "precision": 0.1, "latency_samples": 6}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium. Gone with its module: Playwright occupies the thread's event loop."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield started
        started.close()


@pytest.fixture
def stub() -> Iterator[StubCollector]:
    """A measurement point at a known rate, which serves the page as well."""
    with stub_collector() as started:
        line = Line()
        started.misbehave |= {"/down": line.down, "/up": line.up}
        serve_from(started)
        yield started


@pytest.fixture
def page(browser: Browser, stub: StubCollector) -> Iterator[Page]:
    """The bare page of that stub."""
    with bare_page(browser, stub.url) as opened:
        yield opened


class Line:
    """What all connections of a stub share: so many bytes a second, in the order in which they come."""

    def __init__(self, bytes_per_s: float = BYTES_PER_S) -> None:
        self._bytes_per_s = bytes_per_s
        self._lock = threading.Lock()
        self._free_s = 0.0

    def carry(self, size: int) -> None:
        """Waits until so many bytes have crossed it."""
        with self._lock:
            self._free_s = max(self._free_s, time.monotonic() - 0.02) + size / self._bytes_per_s
            ready_s = self._free_s
        time.sleep(max(0.0, ready_s - time.monotonic()))

    def down(self, handler: Handler) -> None:
        """Sends what was asked for."""
        asked = int(handler.path.rpartition("=")[2])
        handler.send_response(200)
        handler.send_header("Content-Length", str(asked))
        handler.end_headers()
        until_s = time.monotonic() + 20
        for sent in range(0, asked, PIECE):
            self.carry(PIECE)
            handler.wfile.write(CHUNK[: min(PIECE, asked - sent)])
            if time.monotonic() > until_s:
                break

    def up(self, handler: Handler) -> None:
        """Counts what comes."""
        handler.answer(200, self.counted(handler))

    def counted(self, handler: Handler) -> UploadCount:
        """Reads a body and counts it as it crosses the line."""
        size, began_s = int(handler.headers["Content-Length"]), time.monotonic()
        total, slices = 0, list[Slice]()
        while total < size:
            piece = len(handler.rfile.read(min(PIECE, size - total)))
            self.carry(piece)
            total += piece
            slices.append(Slice(time.monotonic() - began_s, piece))
        return UploadCount(total, began_s, slices)


def measured(page: Page, url: str, **limits: float) -> dict[str, ProbeResult]:
    """Both results, as the collector would read them."""
    asked = {"measurementUrl": url, "ticket": TOKEN, "throughputTicket": TOKEN, "limits": LIMITS | limits}
    return msgspec.convert(called(page, "measure.js", "measure", asked), dict[str, ProbeResult])


def throughput_of(page: Page, url: str, **limits: float) -> ProbeResult:
    """Of throughput alone."""
    asked = {"measurementUrl": url, "ticket": TOKEN, "limits": LIMITS | limits}
    return msgspec.convert(called(page, "measure.js", "measureThroughput", asked), ProbeResult)


def number(result: ProbeResult, name: str) -> float:
    """A fact that has to be a number."""
    value = result.facts[name]
    assert isinstance(value, int | float), (name, result.missing)
    return value


def assert_failed(result: ProbeResult, *codes: str) -> None:
    """A code and a sentence, and no facts of what was not found out."""
    assert result.error is not None, result.facts
    assert (result.status, result.error.code in codes) == ("failed", True), result.error
    assert result.error.message
    told = {name for name, value in result.facts.items() if value is not None}
    assert not {name for name in told if name.endswith(("_mbit_s", "_ms"))}


def test_all_facts_of_both_probes(page: Page, stub: StubCollector) -> None:
    """The agent's names and versions, values within their bounds, a reason for each that is missing, true rates."""
    found = measured(page, stub.measurement_url)
    for probe, result in ((LATENCY, found["latency"]), (THROUGHPUT, found["throughput"])):
        assert result.error is None
        assert (result.probe, result.version, result.status) == (probe.name, probe.version, "ok")
        assert set(result.facts) == {spec.name for spec in probe.facts}
        assert {name for name, value in result.facts.items() if value is None} == set(result.missing)
        assert all(spec.accepts(result.facts[spec.name]) for spec in probe.facts)
    for way in ("down", "up"):
        assert number(found["throughput"], f"{way}_mbit_s") == pytest.approx(MBIT_S, rel=0.3)
    latency = found["latency"]
    assert (latency.facts["method"], latency.facts["samples_count"]) == ("http", 6)
    assert {latency.missing[name] for name in latency.facts if name.startswith(("gateway_", "service_"))} == {
        "not_in_browser"
    }
    shown = {headers["authorization"] for path, headers in stub.requests if path in ("/ping", "/down", "/up")}
    assert shown == {f"Bearer {TOKEN}"}


def test_no_more_connections_than_a_browser_opens(page: Page, stub: StubCollector) -> None:
    """Five of sixteen: a sixth is for the round trips. Two are enough to show that five fill the line."""
    found = throughput_of(page, stub.measurement_url, connections=16)
    assert found.facts["connections_count"] == 5
    assert number(found, "down_mbit_s") == pytest.approx(MBIT_S, rel=0.3)
    assert number(found, "down_responsiveness_rpm") > 0


def test_the_bounds_are_kept(page: Page, stub: StubCollector) -> None:
    """Of bytes to the byte, of time to the moment when a piece may end."""
    with_a_queue(stub)
    of_bytes = throughput_of(page, stub.measurement_url, max_bytes=5_000_000, precision=0.0001)
    of_time = throughput_of(page, stub.measurement_url, max_seconds=1, precision=0.0001)
    for way in ("down", "up"):
        assert (of_bytes.error, of_time.error) == (None, None)
        assert (of_bytes.facts[f"{way}_bytes"], of_bytes.facts[f"{way}_stop_reason"]) == (5_000_000, "bytes")
        assert of_time.facts[f"{way}_stop_reason"] == "time"
        assert 1 <= number(of_time, f"{way}_duration_s") < 2


def test_a_line_that_is_not_filled_is_no_number(page: Page, stub: StubCollector) -> None:
    """Each connection gets so much, and twice as many get twice as much: nobody knows what the line carries."""

    def each_alone(handler: Handler) -> None:
        (Line(1_000_000).down if "/down" in handler.path else Line(1_000_000).up)(handler)

    stub.misbehave |= {"/down": each_alone}
    assert_failed(throughput_of(page, stub.measurement_url, connections=4), "down_not_filled")
    stub.misbehave |= {"/down": Line().down, "/up": each_alone}
    assert_failed(throughput_of(page, stub.measurement_url, connections=4), "up_not_filled")


def test_one_connection_can_not_show_that_it_fills_the_line(page: Page, stub: StubCollector) -> None:
    """Where no queue is felt either."""
    assert_failed(throughput_of(page, stub.measurement_url, connections=1, max_seconds=1), "down_not_filled")


def with_a_queue(stub: StubCollector) -> None:
    """Small requests wait behind the load, and a moment longer: a queue has to drain."""
    line, loads, drained_s = Line(), set[Handler](), [0.0]

    def queued(load: Misbehaviour) -> Misbehaviour:
        def misbehave(handler: Handler) -> None:
            loads.add(handler)
            try:
                load(handler)
            finally:
                loads.discard(handler)
                drained_s[0] = time.monotonic() + 0.2

        return misbehave

    def ping(handler: Handler) -> None:
        time.sleep(0.06 if loads or time.monotonic() < drained_s[0] else 0)
        respond(204)(handler)

    stub.misbehave |= {"/down": queued(line.down), "/up": queued(line.up), "/ping": ping}


def test_a_queue_shows_that_the_line_is_full(page: Page, stub: StubCollector) -> None:
    """Even of one connection."""
    with_a_queue(stub)
    found = throughput_of(page, stub.measurement_url, connections=1)
    assert found.error is None
    for way in ("down", "up"):
        assert number(found, f"{way}_mbit_s") == pytest.approx(MBIT_S, rel=0.3)
        assert number(found, f"{way}_added_delay_p95_ms") > 30
        assert number(found, f"{way}_responsiveness_rpm") < 1_000


def test_progress_is_told(page: Page, stub: StubCollector) -> None:
    """In the order in which it happens."""
    asked = {"measurementUrl": stub.measurement_url, "ticket": TOKEN, "throughputTicket": TOKEN, "limits": LIMITS}
    phases = page.evaluate(
        """async (asked) => {
          const {measure} = await import("/modules/measure.js"), phases = [];
          await measure({...asked, onProgress: ({phase, share}) => phases.push([phase, share])});
          return phases;
        }""",
        asked,
    )
    assert [phase for phase, _ in phases] == [*["latency"] * 6, "idle", "down", "up"]
    assert [share for phase, share in phases if phase == "latency"][-1] == 1


def test_without_a_lease_the_line_is_left_alone(page: Page, stub: StubCollector) -> None:
    """Round trips only."""
    asked = {"measurementUrl": stub.measurement_url, "ticket": TOKEN, "limits": LIMITS}
    found = called(page, "measure.js", "measure", asked)
    assert found["latency"]["status"] == "ok"
    assert found["throughput"] is None
    assert not {path for path, _ in stub.requests} & {"/down", "/up"}


# --- measurement points that can't be measured against


def raw(answer: bytes, then_s: float = 0.0) -> Misbehaviour:
    """Sends these bytes as they are."""

    def misbehave(handler: Handler) -> None:
        handler.wfile.write(answer)
        time.sleep(then_s)
        handler.close_connection = True

    return misbehave


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


HOSTILE: list[tuple[str, Misbehaviour, tuple[str, ...]]] = [
    ("/down", close, ("down_failed",)),
    ("/down", raw(head("Content-Length: 100000000")), ("down_failed", "down_ended_early")),
    ("/down", respond(503), ("measurement_refused",)),
    ("/down", respond(401), ("token_refused",)),
    ("/down", respond(307, b"", Location="/measure/v1/ping"), ("measurement_refused",)),
    ("/down", respond(200), ("down_no_data",)),
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
    ("/up", hang(20), ("up_stalled",)),
    ("/ping", respond(401), ("token_refused",)),
    ("/ping", respond(307, b"", Location="/measure/v1/down?bytes=1"), ("measurement_refused",)),
    ("/ping", close, ("measurement_point_away",)),
]


@pytest.mark.parametrize(
    ("path", "misbehaviour", "codes"), HOSTILE, ids=[f"{n}-{p}-{c[0]}" for n, (p, _, c) in enumerate(HOSTILE)]
)
def test_a_hostile_measurement_point(
    page: Page, stub: StubCollector, path: str, misbehaviour: Misbehaviour, codes: tuple[str, ...]
) -> None:
    """Whatever it does, a code and no number, in bounded time."""
    stub.misbehave[path] = misbehaviour
    assert_failed(throughput_of(page, stub.measurement_url), *codes)


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
    asked = {"measurementUrl": stub.measurement_url, "ticket": TOKEN, "limits": {"latency_samples": 12}}
    found = msgspec.convert(called(page, "measure.js", "measureLatency", asked), ProbeResult)
    assert found.error is None
    assert number(found, "loss_ratio") == round(1 / 12, 4)
    assert 0 < number(found, "rtt_median_ms") < 1_000
    stub.misbehave["/ping"] = close
    lost = msgspec.convert(called(page, "measure.js", "measureLatency", asked), ProbeResult)
    assert_failed(lost, "measurement_point_away")
    assert (lost.facts["loss_ratio"], lost.facts["rtt_median_ms"]) == (1, None)


# --- devices that can't be trusted

MEANWHILE = """async ([asked, meanwhile]) => {
  const {measureThroughput} = await import("/modules/measure.js");
  const during = ({phase}) => phase === "down" && setTimeout(() => eval(meanwhile), 300);
  return await measureThroughput({...asked, onProgress: during});
}"""
HIDE = """Object.defineProperty(document, "visibilityState", {value: "hidden", configurable: true});
document.dispatchEvent(new Event("visibilitychange"));"""
SHOW = """Object.defineProperty(document, "visibilityState", {value: "visible", configurable: true});
document.dispatchEvent(new Event("visibilitychange"));"""


@pytest.mark.parametrize(
    ("meanwhile", "code"),
    [
        (HIDE, "page_hidden"),
        (HIDE + SHOW, "page_hidden"),
        ("const untilMs = Date.now() + 2500; while (Date.now() < untilMs);", "clock_jumped"),
        ("const real = Date.now; Date.now = () => real() + 60000;", "clock_jumped"),
        ("const real = Date.now; Date.now = () => real() - 60000;", "clock_jumped"),
        ("const real = performance.now; performance.now = () => real.call(performance) + 60000;", "clock_jumped"),
        ("const real = performance.now; performance.now = () => real.call(performance) - 60000;", "clock_jumped"),
    ],
    ids=["hidden", "hidden for a moment", "stood still", "wall on", "wall back", "clock on", "clock back"],
)
def test_a_device_that_can_not_be_trusted(page: Page, stub: StubCollector, meanwhile: str, code: str) -> None:
    """What it measured meanwhile says nothing, so nothing is said."""
    asked = {"measurementUrl": stub.measurement_url, "ticket": TOKEN, "limits": LIMITS | {"precision": 0.0001}}
    assert_failed(msgspec.convert(page.evaluate(MEANWHILE, [asked, meanwhile]), ProbeResult), code)


def renderers() -> list[psutil.Process]:
    """The processes of this test's browser that run pages."""
    children = psutil.Process().children(recursive=True)
    return [child for child in children if "--type=renderer" in child.cmdline()]


def test_a_device_that_sleeps(page: Page, stub: StubCollector) -> None:
    """All that runs pages stands still for three seconds, as when a lid is closed."""
    asked = {
        "measurementUrl": stub.measurement_url,
        "ticket": TOKEN,
        "limits": LIMITS | {"max_seconds": 6, "precision": 1e-4},
    }
    started = "async (asked) => { window.found = (await import('/modules/measure.js')).measureThroughput(asked); }"
    page.evaluate(f"(asked) => {{ ({started})(asked); }}", asked)
    page.wait_for_timeout(800)
    asleep = renderers()
    assert asleep
    try:
        for process in asleep:
            process.suspend()
        time.sleep(3)
    finally:
        for process in asleep:
            process.resume()
    assert_failed(msgspec.convert(page.evaluate("window.found"), ProbeResult), "clock_jumped")


@pytest.mark.parametrize("grain_ms", [20, 100])
def test_a_clock_that_is_kept_coarse(page: Page, stub: StubCollector, grain_ms: float) -> None:
    """As against fingerprinting: no round trips, and a rate that is still right."""
    page.evaluate(
        """(grainMs) => {
          const real = performance.now.bind(performance);
          performance.now = () => Math.floor(real() / grainMs) * grainMs;
        }""",
        grain_ms,
    )
    found = measured(page, stub.measurement_url, max_seconds=4)
    assert_failed(found["latency"], "clock_too_coarse")
    throughput = found["throughput"]
    assert throughput.error is None
    assert number(throughput, "down_mbit_s") == pytest.approx(MBIT_S, rel=0.3)
    coarse = {name for name, reason in throughput.missing.items() if reason == "clock_too_coarse"}
    assert {"idle_rtt_ms", "down_added_delay_p95_ms", "up_responsiveness_rpm"} <= coarse


def test_whoever_asked_may_end_it(page: Page, stub: StubCollector) -> None:
    """At once, without a result."""
    asked: dict[str, Any] = {
        "measurementUrl": stub.measurement_url,
        "ticket": TOKEN,
        "throughputTicket": TOKEN,
        "limits": LIMITS,
    }
    body = """async ([asked, during]) => {
      const {measure} = await import("/modules/measure.js"), ending = new AbortController();
      const onProgress = ({phase}) => phase === during && setTimeout(() => ending.abort(), 100);
      await measure({...asked, signal: ending.signal, onProgress});
    }"""
    for during in ("latency", "down", "up"):
        with pytest.raises(Error, match="AbortError"):
            page.evaluate(body, [asked, during])


def test_a_browser_with_less(browser: Browser, stub: StubCollector) -> None:
    """Without the times of requests and without readers that bring their own buffer, it measures all the same."""
    with bare_page(browser, stub.url) as page:
        page.evaluate(
            """() => {
              delete globalThis.PerformanceObserver;
              const real = ReadableStream.prototype.getReader;
              ReadableStream.prototype.getReader = function (how) {
                if (how) throw new TypeError("not here");
                return real.call(this);
              };
            }"""
        )
        found = measured(page, stub.measurement_url)
    assert found["latency"].error is None
    assert number(found["throughput"], "down_mbit_s") == pytest.approx(MBIT_S, rel=0.3)
