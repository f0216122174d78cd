"""The throughput probe on lines whose true goodput is known. Nothing here is timed against a clock of its own: what is
asked is whether the estimate is right, whether it knows how right it is, and whether its bounds were kept.
"""

from __future__ import annotations

import sys

import pytest

from agent.wire import ProbeResult, ThroughputLimits
from tests.lab.box import SchoolBox, goodput_mbit_s
from tests.lab.measurement import start_measurement_point
from tests.lab.services import MEASUREMENT
from tests.lab.throughput import PYTHON_PATH, iperf3_mbit_s, measured, number

LINES = [
    (2, 2, 0),
    (5, 2, 20),
    (20, 5, 20),
    (20, 20, 60),
    (100, 20, 20),
    (100, 100, 60),
    (100, 100, 0),
    (500, 100, 0),
    (500, 500, 0),
]
"""Mbit/s down, Mbit/s up, ms of delay."""

WITH_LOSS = [(5, 2, 20), (20, 5, 20), (100, 20, 20)]


def assert_right(result: ProbeResult, way: str, rate_mbit_s: float, limits: ThroughputLimits) -> None:
    """Within 5 % of the truth; bounds kept; the stop reason is that of what happened."""
    assert number(result, f"{way}_mbit_s") == pytest.approx(goodput_mbit_s(rate_mbit_s), rel=0.05), result.facts
    assert number(result, f"{way}_bytes") <= limits.max_bytes
    assert number(result, f"{way}_duration_s") <= limits.max_seconds + 0.5
    reason = result.facts[f"{way}_stop_reason"]
    if reason == "steady":
        assert number(result, f"{way}_duration_s") < limits.max_seconds
    else:
        assert reason == "time"
        assert number(result, f"{way}_duration_s") >= limits.max_seconds


def misses(result: ProbeResult, way: str, rate_mbit_s: float) -> bool:
    """Whether the truth lies outside the interval that the run states."""
    off = abs(number(result, f"{way}_mbit_s") - goodput_mbit_s(rate_mbit_s))
    return off > number(result, f"{way}_half_width_mbit_s")


def assert_line_is_known(box: SchoolBox, down: float, up: float, limits: ThroughputLimits) -> ProbeResult:
    """One run is right in both directions. A 95 % interval may miss once in twenty: then two more runs must not."""
    point = start_measurement_point(box)
    first = measured(box, point, limits)
    assert first.error is None
    missed = [way for way in (("down", down), ("up", up)) if misses(first, *way)]
    for result in [first, *(measured(box, point, limits) for _ in range(2 if missed else 0))]:
        assert result.error is None
        assert_right(result, "down", down, limits)
        assert_right(result, "up", up, limits)
        assert result is first or not any(misses(result, *way) for way in missed), result.facts
    return first


@pytest.mark.parametrize(("down", "up", "delay_ms"), LINES)
def test_the_estimate_is_right_and_knows_how_right(down: float, up: float, delay_ms: float) -> None:
    """Both directions, also where they differ."""
    limits = ThroughputLimits(max_seconds=8)
    with SchoolBox(down, up, delay_ms) as box:
        result = assert_line_is_known(box, down, up, limits)
    assert number(result, "idle_rtt_ms") == pytest.approx(delay_ms, abs=10)


@pytest.mark.parametrize(("down", "up", "delay_ms"), WITH_LOSS)
def test_with_loss(down: float, up: float, delay_ms: float) -> None:
    """Half a percent each way. BBR at both ends, which fills such a line; with cubic the line could not be filled by
    anyone, see docs/throughput.md.
    """
    limits = ThroughputLimits(max_seconds=10)
    with SchoolBox(down, up, delay_ms, 0.005, congestion="bbr") as box:
        assert_line_is_known(box, down, up, limits)


def test_it_agrees_with_iperf3() -> None:
    """At the receiver, after a longer flood of the same line."""
    with SchoolBox(50, 20) as box:
        result = measured(box, start_measurement_point(box))
        down, up = iperf3_mbit_s(box, "down", 4), iperf3_mbit_s(box, "up", 4)
    assert number(result, "down_mbit_s") == pytest.approx(down, rel=0.03)
    assert number(result, "up_mbit_s") == pytest.approx(up, rel=0.05)


def test_a_long_queue_is_felt() -> None:
    """A buffer of 200 ms adds about as much; round trips per minute fall with it."""
    with SchoolBox(20, 20, queue_ms=200) as box:
        long = measured(box, start_measurement_point(box))
    with SchoolBox(20, 20, queue_ms=20) as box:
        short = measured(box, start_measurement_point(box))
    assert number(long, "down_added_delay_p95_ms") > 80
    assert number(short, "down_added_delay_p95_ms") < 60
    assert number(long, "down_responsiveness_rpm") < number(short, "down_responsiveness_rpm")


def test_the_bound_of_bytes_ends_a_run() -> None:
    """Kept to the byte, by all connections together; what it found is still right."""
    limits = ThroughputLimits(max_bytes=2_000_000)
    with SchoolBox(50, 50) as box:
        result = measured(box, start_measurement_point(box), limits)
    for way in ("down", "up"):
        assert result.facts[f"{way}_stop_reason"] == "bytes"
        assert result.facts[f"{way}_bytes"] == 2_000_000
        assert number(result, f"{way}_mbit_s") == pytest.approx(goodput_mbit_s(50), rel=0.1)


def test_over_tls_and_through_a_proxy() -> None:
    """The proxy stands in the internet, so both ways go over the line."""
    with SchoolBox(50, 20) as box:
        services = box.start_services()
        point = start_measurement_point(box, tls=True)
        box.internet.etc.mkdir(parents=True, exist_ok=True)
        (box.internet.etc / "hosts").write_text(f"{box.internet.address} {MEASUREMENT}\n")
        serve = "import sys, time\nfrom tests.proxy import proxy\nwith proxy('0.0.0.0', 3128):\n    time.sleep(300)"
        box.popen(box.internet, [sys.executable, "-c", serve], env=PYTHON_PATH)
        box.wait_for_listener(box.internet, 3128)
        ca_file = str(services.authority.certificate)
        straight = measured(box, point, ca_file=ca_file)
        through = measured(box, point, ca_file=ca_file, proxy=f"http://{box.internet.address}:3128")
    for result in (straight, through):
        assert result.error is None
        assert number(result, "down_mbit_s") == pytest.approx(goodput_mbit_s(50), rel=0.06)
        assert number(result, "up_mbit_s") == pytest.approx(goodput_mbit_s(20), rel=0.06)


def test_a_line_that_breaks_meanwhile_is_no_number() -> None:
    """Failed with a code, and no rate."""
    with SchoolBox(20, 20) as box:
        point = start_measurement_point(box)
        cut = "sleep 1; nft add table ip cut; nft add chain ip cut c '{ type filter hook forward priority 0; }'; "
        box.popen(box.router, ["sh", "-c", cut + "nft add rule ip cut c drop"])
        result = measured(box, point, ThroughputLimits(max_seconds=3, precision=0.0001))
    assert result.status == "failed"
    assert result.error is not None
    assert result.error.code in {"down_stalled", "down_unstable"}
    assert result.facts == {}


def test_one_connection_is_enough_for_a_number() -> None:
    """Fewer connections, the same line."""
    with SchoolBox(20, 20) as box:
        result = measured(box, start_measurement_point(box), ThroughputLimits(connections=1))
    assert number(result, "down_mbit_s") == pytest.approx(goodput_mbit_s(20), rel=0.05)
    assert result.facts["connections_count"] == 1
