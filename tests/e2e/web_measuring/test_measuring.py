"""Measuring in Chromium against a point that behaves: all facts, true rates, bounds kept, and when there is no rate."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from agent.probes.latency import PROBE as LATENCY
from agent.probes.throughput import PROBE as THROUGHPUT
from tests.support.measuring_pages import called
from tests.support.measuring_runs import (
    LIMITS,
    MBIT_S,
    Line,
    assert_failed,
    known_throughput,
    measured,
    number,
    throughput_of,
)
from tests.support.priority import before_other_work
from tests.support.shown_pages import HEADLESS
from tests.support.stub_collector import TOKEN, Handler, Misbehaviour, StubCollector, respond

pytestmark = [pytest.mark.needs(HEADLESS), pytest.mark.serial]


@pytest.fixture(autouse=True, scope="module")
def not_slower_for_other_work() -> Iterator[None]:
    """The browser and the stub: a rate is true only where neither waits for its turn."""
    with before_other_work():
        yield


def test_all_facts_of_both_probes(page: Page, stub: StubCollector) -> None:
    """The agent's names and versions, values within their bounds, a reason for each that is missing, true rates."""
    latency = measured(page, stub.measurement_url)["latency"]
    throughput = known_throughput(page, stub.measurement_url)
    for probe, result in ((LATENCY, latency), (THROUGHPUT, throughput)):
        assert result.error is None
        assert (result.probe, result.version, result.status) == (probe.name, probe.version, "ok")
        assert set(result.facts) == {spec.name for spec in probe.facts}
        assert {name for name, value in result.facts.items() if value is None} == set(result.missing)
        assert all(spec.accepts(result.facts[spec.name]) for spec in probe.facts)
    for way in ("down", "up"):
        assert number(throughput, f"{way}_mbit_s") == pytest.approx(MBIT_S, rel=0.3)
    assert (latency.facts["method"], latency.facts["samples_count"]) == ("http", 6)
    assert {latency.missing[name] for name in latency.facts if name.startswith(("gateway_", "service_"))} == {
        "not_in_browser"
    }
    shown = {headers["authorization"] for path, headers in stub.requests if path in ("/ping", "/down", "/up")}
    assert shown == {f"Bearer {TOKEN}"}


def test_no_more_connections_than_a_browser_opens(page: Page, stub: StubCollector) -> None:
    """Five of sixteen: a sixth is for the round trips. Two are enough to show that five fill the line."""
    found = known_throughput(page, stub.measurement_url, connections=16)
    assert found.facts["connections_count"] == 5
    assert number(found, "down_mbit_s") == pytest.approx(MBIT_S, rel=0.3)
    assert number(found, "down_responsiveness_rpm") > 0


def test_the_bounds_are_kept(page: Page, stub: StubCollector) -> None:
    """Of bytes to the byte, of time to the moment when a piece may end."""
    with_a_queue(stub)
    of_bytes = known_throughput(page, stub.measurement_url, max_bytes=5_000_000, precision=0.0001)
    of_time = known_throughput(page, stub.measurement_url, max_seconds=1, precision=0.0001)
    for way in ("down", "up"):
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
        time.sleep(0.03 if loads or time.monotonic() < drained_s[0] else 0)
        respond(204)(handler)

    stub.misbehave |= {"/down": queued(line.down), "/up": queued(line.up), "/ping": ping}


def test_a_queue_shows_that_the_line_is_full(page: Page, stub: StubCollector) -> None:
    """Even of one connection."""
    with_a_queue(stub)
    found = known_throughput(page, stub.measurement_url, connections=1)
    for way in ("down", "up"):
        assert number(found, f"{way}_mbit_s") == pytest.approx(MBIT_S, rel=0.3)
        assert number(found, f"{way}_added_delay_p95_ms") > 20
        assert number(found, f"{way}_responsiveness_rpm") < 2_000


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
