"""Measuring in Chromium on devices that sleep, hide the page, have odd clocks, or can do less."""

from __future__ import annotations

import time
from typing import Any

import msgspec
import psutil
import pytest
from playwright.sync_api import Browser, Error, Page

from agent.protocol.wire import ProbeResult
from tests.support.measuring_pages import bare_page, called
from tests.support.measuring_runs import (
    LIMITS,
    MBIT_S,
    assert_failed,
    known_throughput,
    number,
)
from tests.support.shown_pages import HEADLESS
from tests.support.stub_collector import TOKEN, StubCollector

pytestmark = pytest.mark.needs(HEADLESS)


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
    asked = {"measurementUrl": stub.measurement_url, "ticket": TOKEN, "limits": LIMITS}
    assert_failed(msgspec.convert(called(page, "measure.js", "measureLatency", asked), ProbeResult), "clock_too_coarse")
    throughput = known_throughput(page, stub.measurement_url)
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
        asked = {"measurementUrl": stub.measurement_url, "ticket": TOKEN, "limits": LIMITS}
        latency = msgspec.convert(called(page, "measure.js", "measureLatency", asked), ProbeResult)
        throughput = known_throughput(page, stub.measurement_url)
    assert latency.error is None
    assert number(throughput, "down_mbit_s") == pytest.approx(MBIT_S, rel=0.3)
