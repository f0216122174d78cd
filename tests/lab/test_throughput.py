"""The throughput probe on lines whose true goodput is known. Nothing here is timed against a clock of its own: what is
asked is whether the estimate is right, whether it knows how right it is, and whether its bounds were kept.
"""

from __future__ import annotations

import sys
from functools import cache
from math import comb
from typing import Literal, NamedTuple

import pytest

from agent.protocol.wire import ProbeResult, ThroughputLimits
from tests.lab.box import SchoolBox, goodput_mbit_s
from tests.lab.measurement import start_measurement_point
from tests.lab.services import MEASUREMENT
from tests.lab.throughput import PYTHON_PATH, iperf3_mbit_s, measured, number

Way = Literal["down", "up"]
WAYS: tuple[Way, ...] = ("down", "up")


class Line(NamedTuple):
    """Mbit/s on the wire, ms added to a round trip, the share of packets that is lost each way, and how long the line's
    queue may get.
    """

    down_mbit_s: float
    up_mbit_s: float
    delay_ms: float
    loss: float
    queue_ms: float = 50

    def __str__(self) -> str:
        return "{:g}/{:g}-{:g}ms-{:g}".format(*self[:4])

    def truth_mbit_s(self, way: Way) -> float:
        """What TCP can carry. Downwards packets are lost before they are shaped, so that the line stays full; upwards
        after that.
        """
        if way == "down":
            return goodput_mbit_s(self.down_mbit_s)
        return goodput_mbit_s(self.up_mbit_s) * (1 - self.loss)


RATES = [(5, 2), (2, 5), (100, 20), (20, 100)]
"""Mbit/s down and up: each rate both ways."""

LINES = [Line(*rates, delay_ms, loss) for rates in RATES for delay_ms in (0.0, 20.0, 60.0) for loss in (0.0, 0.005)] + [
    Line(1, 1, 0, 0.0, queue_ms=400),  # 50 ms would be four packets, which starve connections for seconds
    Line(100, 100, 60, 0.005),
    Line(500, 100, 0, 0.0),
    Line(100, 500, 0, 0.0),
    Line(500, 500, 0, 0.005),
    Line(1000, 1000, 0, 0.0),
]
LIMITS = ThroughputLimits(max_seconds=10)


@cache
def found_on(line: Line) -> ProbeResult:
    """What one run finds there; each line is measured once, whichever tests ask."""
    with SchoolBox(line.down_mbit_s, line.up_mbit_s, line.delay_ms, line.loss, queue_ms=line.queue_ms) as box:
        return measured(box, start_measurement_point(box), LIMITS)


@pytest.mark.parametrize("line", LINES, ids=str)
def test_the_estimate_is_right(line: Line) -> None:
    """Within 5 %, both ways, also where they differ; bounds kept; the stop reason is that of what happened."""
    result = found_on(line)
    assert result.error is None
    assert number(result, "idle_rtt_ms") == pytest.approx(line.delay_ms, abs=10)
    for way in WAYS:
        assert number(result, f"{way}_mbit_s") == pytest.approx(line.truth_mbit_s(way), rel=0.05), result.facts
        assert number(result, f"{way}_bytes") <= LIMITS.max_bytes
        assert number(result, f"{way}_duration_s") <= LIMITS.max_seconds + 0.5
        assert result.facts[f"{way}_stop_reason"] in {"steady", "unsure", "time"}
        ended_by_time = result.facts[f"{way}_stop_reason"] == "time"
        assert (number(result, f"{way}_duration_s") >= LIMITS.max_seconds) == ended_by_time
        if result.facts[f"{way}_stop_reason"] == "steady":
            sure_mbit_s = LIMITS.precision * number(result, f"{way}_mbit_s")
            assert number(result, f"{way}_half_width_mbit_s") <= sure_mbit_s + 0.001


def test_the_interval_holds_what_it_says() -> None:
    """95 of 100 intervals hold the truth. Of all that were found here, one run each, so many do that fewer would be
    seen less than once in a thousand times if it were so.
    """
    runs = [(line, way, found_on(line)) for line in LINES for way in WAYS if found_on(line).error is None]
    assert len(runs) >= len(LINES), "most runs give a number"
    off = [(line, way, result.facts) for line, way, result in runs if not holds(result, way, line.truth_mbit_s(way))]
    assert len(runs) - len(off) >= least_inside(len(runs), 0.95), off


def holds(result: ProbeResult, way: Way, truth_mbit_s: float) -> bool:
    """Whether the truth lies within the interval that the run states."""
    off_mbit_s = abs(number(result, f"{way}_mbit_s") - truth_mbit_s)
    return off_mbit_s <= number(result, f"{way}_half_width_mbit_s")


def least_inside(count: int, share: float) -> int:
    """The least number of `count` that is reached in all but one of a thousand cases if each is inside so often."""
    below = 0.0
    for inside in range(count + 1):
        below += comb(count, inside) * share**inside * (1 - share) ** (count - inside)
        if below > 0.001:
            return inside
    return count


def test_what_does_not_fill_the_line_is_no_number() -> None:
    """A single connection of a kind that takes lost packets for a full line gets a thirtieth of this one."""
    with SchoolBox(100, 100, 60, 0.005) as box:
        result = measured(box, start_measurement_point(box), ThroughputLimits(connections=1, max_seconds=6))
    assert result.status == "failed"
    assert result.error is not None
    assert result.error.code in {"down_not_filled", "down_unstable"}
    assert result.facts == {}


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
    limits = ThroughputLimits(max_bytes=3_000_000)
    with SchoolBox(50, 50) as box:
        result = measured(box, start_measurement_point(box), limits)
    assert result.error is None
    for way in WAYS:
        assert result.facts[f"{way}_stop_reason"] == "bytes"
        assert result.facts[f"{way}_bytes"] == 3_000_000
        assert number(result, f"{way}_mbit_s") == pytest.approx(goodput_mbit_s(50), rel=0.1)


def test_over_tls_and_through_a_proxy() -> None:
    """The proxy stands in the internet, so both ways go over the line."""
    with SchoolBox(50, 20) as box:
        services = box.start_services()
        point = start_measurement_point(box, tls=True)
        box.internet.etc.mkdir(parents=True, exist_ok=True)
        (box.internet.etc / "hosts").write_text(f"{box.internet.address} {MEASUREMENT}\n")
        serve = (
            "import sys, time\nfrom tests.support.proxy import proxy\nwith proxy('0.0.0.0', 3128):\n    time.sleep(300)"
        )
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
