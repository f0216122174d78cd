"""A real browser on a real shaped line: Chromium in a client's namespace measures what the line is known to carry."""

from __future__ import annotations

import os

import pytest

from agent.protocol.wire import ProbeResult
from tests.lab.box import SchoolBox, goodput_mbit_s
from tests.lab.throughput import number
from tests.lab.web_measuring import Measured, Site
from tests.support.shown_pages import CHROMIUM

pytestmark = [pytest.mark.needs(CHROMIUM), pytest.mark.timeout(300)]

LINES = [(5, 5), (50, 50), (200, 200), (100, 10)]
TURNS_WHEN_BUSY = 3
CUT_WHEN_BUSY = """
until [ "$(cat /sys/class/net/wan/statistics/rx_bytes)" -gt 4000000 ]; do sleep 0.05; done
nft add table ip cut
nft add chain ip cut c '{ type filter hook forward priority 0; }'
nft add rule ip cut c drop
"""
"""The line breaks once so many bytes have come down: the page itself is much smaller."""


def assert_line_is_known(result: ProbeResult, down: float, up: float, within: float = 0.1) -> None:
    """Both rates near the truth, with an interval that is no wider than it may be."""
    assert result.error is None
    for way, rate in (("down", down), ("up", up)):
        assert number(result, f"{way}_mbit_s") == pytest.approx(goodput_mbit_s(rate), rel=within)
        assert number(result, f"{way}_half_width_mbit_s") < 0.15 * goodput_mbit_s(rate)


def measured(box: SchoolBox, limits: dict[str, float] | None, down: float, up: float) -> Measured:
    """What the page finds. Where the machine has other work than the browser, whose share of it is then the bottleneck,
    it may look again: a page that has to wait for its turn can not keep an upload going.
    """
    site = Site(box)
    found = site.measured(limits)
    for _ in range(TURNS_WHEN_BUSY - 1):
        if os.getloadavg()[0] < (os.cpu_count() or 1) or is_right(found.throughput, down, up):
            break
        found = site.measured(limits)
    return found


def is_right(result: ProbeResult, down: float, up: float) -> bool:
    """Whether `assert_line_is_known` would hold."""
    try:
        assert_line_is_known(result, down, up)
    except AssertionError:
        return False
    return True


@pytest.mark.parametrize(("down", "up"), LINES)
def test_within_ten_percent(down: float, up: float) -> None:
    """Down and up, thin and fast, and a line that is not the same both ways."""
    with SchoolBox(down, up) as box:
        found = measured(box, None, down, up)
    assert_line_is_known(found.throughput, down, up)
    assert number(found.throughput, "connections_count") == 5


def test_a_long_way() -> None:
    """Forty milliseconds there and back are seen, idle and under load, and do not spoil the rate."""
    with SchoolBox(20, 20, 40) as box:
        found = measured(box, {"max_seconds": 8}, 20, 20)
    assert_line_is_known(found.throughput, 20, 20)
    assert number(found.latency, "rtt_median_ms") == pytest.approx(40, abs=10)
    assert number(found.throughput, "idle_rtt_ms") == pytest.approx(40, abs=10)


def test_a_long_queue_is_felt() -> None:
    """A deep buffer adds delay under load, in both directions, and more than a short one."""
    found: dict[float, Measured] = {}
    for queue_ms in (250, 15):
        with SchoolBox(20, 20, queue_ms=queue_ms) as box:
            found[queue_ms] = Site(box).measured({"precision": 0.001, "max_seconds": 3})
    for way in ("down", "up"):
        assert number(found[250].throughput, f"{way}_added_delay_p95_ms") > 100
        # A busy machine adds delay of its own now and then: the slowest do not tell the two apart, the others do.
        deep, short = (number(found[queue].throughput, f"{way}_responsiveness_rpm") for queue in (250, 15))
        assert deep < short / 2


def test_the_bound_of_bytes_holds() -> None:
    """Counted to the byte; what it found until then is still right."""
    with SchoolBox(50, 50) as box:
        found = measured(box, {"max_bytes": 8_000_000, "precision": 0.005}, 50, 50).throughput
    for way in ("down", "up"):
        assert found.facts[f"{way}_stop_reason"] == "bytes"
        assert found.facts[f"{way}_bytes"] == 8_000_000
    assert_line_is_known(found, 50, 50)


def test_a_line_that_breaks_meanwhile_is_no_number() -> None:
    """Failed with a code, and no rate."""
    with SchoolBox(20, 20) as box:
        site = Site(box)
        box.popen(box.router, ["sh", "-c", CUT_WHEN_BUSY])
        found = site.measured({"max_seconds": 6, "precision": 0.0001}).throughput
    assert found.status == "failed"
    assert found.error is not None
    assert found.error.code in {"down_stalled", "down_unstable", "down_failed"}
    assert found.facts == {}
