"""A real browser on a real shaped line: Chromium in a client's namespace measures what the line carries."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from agent.protocol.wire import ProbeResult
from tests.lab.box import SchoolBox
from tests.lab.capture import typical
from tests.lab.carried import Way
from tests.lab.pressure import measures
from tests.lab.throughput import number
from tests.lab.web_measuring import Found, Site
from tests.lab.wiring import INTERNET_ADDRESS
from tests.support.shown_pages import CHROMIUM

pytestmark = [pytest.mark.needs(CHROMIUM), pytest.mark.timeout(300)]

WAYS: tuple[Way, ...] = ("down", "up")
LINES = [(5, 5), (50, 50), (200, 200), (100, 10)]
CUT_WHEN_BUSY = """
until [ "$(cat /sys/class/net/wan/statistics/rx_bytes)" -gt 4000000 ]; do sleep 0.05; done
nft add table ip cut
nft add chain ip cut c '{ type filter hook forward priority 0; }'
nft add rule ip cut c drop
"""
"""The line breaks once so many bytes have come down: the page itself is much smaller."""


def assert_line_is_known(found: Found, within: float = 0.1) -> None:
    """Both rates near what the line carried, with an interval that is no wider than it may be."""
    assert found.throughput.error is None
    for way in WAYS:
        carried = found.carried_mbit_s[way]
        assert number(found.throughput, f"{way}_mbit_s") == pytest.approx(carried, rel=within)
        assert number(found.throughput, f"{way}_half_width_mbit_s") < 0.15 * carried


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """A browser, and what it measures against. Each test makes the line what it wants."""
    with SchoolBox(50, 50) as box:
        yield Site(box)


@pytest.mark.parametrize(("down", "up"), LINES)
@measures
def test_within_ten_percent(site: Site, down: float, up: float) -> None:
    """Down and up, thin and fast, and a line that is not the same both ways."""
    site.box.reshape(down, up)
    found = site.found()
    assert_line_is_known(found)
    assert number(found.throughput, "connections_count") == 5


@measures
def test_a_long_way() -> None:
    """Forty milliseconds there and back are seen, idle and under load, and do not spoil the rate."""
    with SchoolBox(20, 20, 40) as box:
        found = Site(box).found({"max_seconds": 8, "latency_samples": 10})
    assert_line_is_known(found)
    idle_ms = typical(found.idle.answered_ms(INTERNET_ADDRESS))
    assert number(found.latency, "rtt_median_ms") == pytest.approx(idle_ms, abs=10)
    assert number(found.throughput, "idle_rtt_ms") == pytest.approx(idle_ms, abs=10)


@measures
def test_a_long_queue_is_felt() -> None:
    """A deep buffer adds delay under load, in both directions, and more than a short one."""
    with ThreadPoolExecutor(2) as side_by_side:
        long, short = side_by_side.map(_found_with_a_queue, (250, 15))
    for way in WAYS:
        assert number(long, f"{way}_added_delay_p95_ms") > 100
        # A busy machine adds delay of its own now and then: the slowest do not tell the two apart, the others do.
        assert number(long, f"{way}_responsiveness_rpm") < number(short, f"{way}_responsiveness_rpm") / 2


def _found_with_a_queue(queue_ms: float) -> ProbeResult:
    with SchoolBox(20, 20, queue_ms=queue_ms) as box:
        return Site(box).found({"precision": 0.001, "max_seconds": 3}).throughput


@measures
def test_the_bound_of_bytes_holds(site: Site) -> None:
    """Counted to the byte; what it found until then is still right."""
    site.box.reshape(50, 50)
    found = site.found({"max_bytes": 8_000_000, "precision": 0.005})
    for way in WAYS:
        assert found.throughput.facts[f"{way}_stop_reason"] == "bytes"
        assert found.throughput.facts[f"{way}_bytes"] == 8_000_000
    assert_line_is_known(found)


@measures
def test_a_line_that_breaks_meanwhile_is_no_number() -> None:
    """Failed with a code, and no rate."""
    with SchoolBox(20, 20) as box:
        site = Site(box)
        box.popen(box.router, ["sh", "-c", CUT_WHEN_BUSY])
        found = site.found({"max_seconds": 3, "precision": 0.0001}).throughput
    assert found.status == "failed"
    assert found.error is not None
    assert found.error.code in {"down_stalled", "down_unstable", "down_failed"}
    assert found.facts == {}
