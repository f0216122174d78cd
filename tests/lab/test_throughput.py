"""The throughput probe on lines whose own counters tell what they carried while it measured. Nothing here is timed
against a clock of its own: what is asked is whether the estimate is right, whether it knows how right it is, and
whether its bounds were kept. That the lines are as fast as they should be is `test_line.py`'s.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from math import comb
from threading import Barrier
from typing import NamedTuple

import pytest

from agent.protocol.wire import ProbeResult, ThroughputLimits
from tests.lab.box import SchoolBox
from tests.lab.capture import typical
from tests.lab.carried import Way
from tests.lab.measurement import start_measurement_point
from tests.lab.pressure import measures
from tests.lab.services import MEASUREMENT
from tests.lab.throughput import PYTHON_PATH, Found, Ready, found, iperf3_share, measured, number, ready
from tests.lab.wiring import INTERNET_ADDRESS

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

    @property
    def cost_mbit_s(self) -> float:
        """What measuring it costs the machine, as a rate."""
        return (self.down_mbit_s + self.up_mbit_s) * (RELAY_COSTS if self.delay_ms else 1)


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
AT_ONCE_MBIT_S = 300
"""So much the boxes that are measured in side by side carry together: it costs two processors little, and thin lines
take long each.
"""
RELAY_COSTS = 3
"""A line with a delay costs the machine so many times as much as one without."""
BOXES = 6
"""So many are set up at the same time, at least, before the first is measured in: beginning takes longest."""
_found: dict[Line, Found] = {}
_wanted: list[Line] = []


@pytest.fixture(autouse=True, scope="module")
def lines_of_this_run(request: pytest.FixtureRequest) -> None:
    """Those that somebody will ask for may be measured before."""
    callspecs = (getattr(item, "callspec", None) for item in request.session.items)
    _wanted[:] = [callspec.params["line"] for callspec in callspecs if callspec and "line" in callspec.params]


def found_on(line: Line) -> Found:
    """What one run finds there; each line is measured once, whichever tests ask, unless the machine was starved."""
    if line not in _found:
        _measure(_rounds([line, *(other for other in _wanted if other not in _found and other != line)]))
    return _found[line]


def _rounds(lines: list[Line]) -> list[list[Line]]:
    """The first of them, in the order in which they are measured: those of one round side by side."""
    rounds: list[list[Line]] = []
    while lines and sum(map(len, rounds)) < BOXES:
        now, left = [lines[0]], AT_ONCE_MBIT_S - lines[0].cost_mbit_s
        for line in lines[1:]:
            if line.cost_mbit_s <= left:
                now.append(line)
                left -= line.cost_mbit_s
        rounds.append(now)
        lines = [line for line in lines if line not in now]
    return rounds


def _measure(rounds: list[list[Line]]) -> None:
    """All boxes stand, and all agents wait, before the first of them measures."""
    lines = [line for now in rounds for line in now]
    boxes = [SchoolBox(*line[:2], line.delay_ms, line.loss, queue_ms=line.queue_ms) for line in lines]
    with ThreadPoolExecutor(len(lines)) as side_by_side:
        try:
            agents = dict(zip(lines, side_by_side.map(_ready_in, boxes), strict=True))
            for now in rounds:
                found_now = partial(Ready.found, all_ready=Barrier(len(now)))
                _found.update(zip(now, side_by_side.map(found_now, [agents[line] for line in now]), strict=True))
        finally:
            list(side_by_side.map(SchoolBox.close, boxes))


def _ready_in(box: SchoolBox) -> Ready:
    """Makes the box, and an agent that waits in it."""
    box.__enter__()
    return ready(box, start_measurement_point(box), LIMITS)


@pytest.mark.parametrize("line", LINES, ids=str)
@measures
def test_the_estimate_is_right(line: Line) -> None:
    """Within 5 % of what the line carried, both ways, also where they differ; bounds kept; the stop reason is that of
    what happened.
    """
    with found_on(line).pressure.blamed(), forgotten_if_wrong(line):
        result, carried_mbit_s, idle, _ = found_on(line)
        idle_rtt_ms = typical(idle.answered_ms(INTERNET_ADDRESS))
        assert result.error is None
        assert number(result, "idle_rtt_ms") == pytest.approx(idle_rtt_ms, abs=10)
        for way in WAYS:
            assert number(result, f"{way}_mbit_s") == pytest.approx(carried_mbit_s[way], rel=0.05), result.facts
            assert number(result, f"{way}_bytes") <= LIMITS.max_bytes
            assert number(result, f"{way}_duration_s") <= LIMITS.max_seconds + 0.5
            assert result.facts[f"{way}_stop_reason"] in {"steady", "unsure", "time"}
            ended_by_time = result.facts[f"{way}_stop_reason"] == "time"
            assert (number(result, f"{way}_duration_s") >= LIMITS.max_seconds) == ended_by_time
            if result.facts[f"{way}_stop_reason"] == "steady":
                sure_mbit_s = LIMITS.precision * number(result, f"{way}_mbit_s")
                assert number(result, f"{way}_half_width_mbit_s") <= sure_mbit_s + 0.001


@contextmanager
def forgotten_if_wrong(*lines: Line) -> Iterator[None]:
    """What was found there is measured anew by the next who asks, if the block fails."""
    try:
        yield
    except AssertionError:
        for line in lines:
            _found.pop(line, None)
        raise


@pytest.mark.timeout(400)
@measures
def test_the_interval_holds_what_it_says() -> None:
    """95 of 100 intervals hold what was carried. Of all that were found here, one run each, so many do that fewer would
    be seen less than once in a thousand times if it were so.
    """
    with forgotten_if_wrong(*LINES):
        runs = [(line, way, found_on(line)) for line in LINES for way in WAYS if found_on(line).result.error is None]
        assert len(runs) >= len(LINES), "most runs give a number"
        off = [(line, way, run) for line, way, run in runs if not holds(run.result, way, run.carried_mbit_s[way])]
        with ExitStack() as blamed:
            for _, _, run in off:
                blamed.enter_context(run.pressure.blamed())
            assert len(runs) - len(off) >= least_inside(len(runs), 0.95), off


def holds(result: ProbeResult, way: Way, truth_mbit_s: float) -> bool:
    """Whether the truth lies within the interval that the run states; above it, where it says "at least"."""
    below_mbit_s = truth_mbit_s - number(result, f"{way}_mbit_s")
    least = result.facts[f"{way}_held_back"] is True and below_mbit_s > 0
    return least or abs(below_mbit_s) <= number(result, f"{way}_half_width_mbit_s")


def least_inside(count: int, share: float) -> int:
    """The least number of `count` that is reached in all but one of a thousand cases if each is inside so often."""
    below = 0.0
    for inside in range(count + 1):
        below += comb(count, inside) * share**inside * (1 - share) ** (count - inside)
        if below > 0.001:
            return inside
    return count


@measures
def test_what_does_not_fill_the_line_is_no_number() -> None:
    """A single connection of a kind that takes lost packets for a full line gets a thirtieth of this one."""
    with SchoolBox(100, 100, 60, 0.005) as box:
        result = measured(box, start_measurement_point(box), ThroughputLimits(connections=1, max_seconds=3))
    assert result.status == "failed"
    assert result.error is not None
    assert result.error.code in {"down_not_filled", "down_unstable"}
    assert result.facts == {}


@measures
def test_it_agrees_with_iperf3() -> None:
    """At the receiver, in a longer flood of the same line: each as a share of what the line carried meanwhile."""
    with SchoolBox(50, 20) as box:
        result = found(box, start_measurement_point(box))
        by_iperf3 = {way: iperf3_share(box, way, 3) for way in WAYS}
    within: dict[Way, float] = {"down": 0.03, "up": 0.05}
    for way in WAYS:
        share = number(result.result, f"{way}_mbit_s") / result.carried_mbit_s[way]
        assert share == pytest.approx(by_iperf3[way], rel=within[way])


@measures
def test_a_long_queue_is_felt() -> None:
    """A buffer of 200 ms adds about as much; round trips per minute fall with it."""
    with SchoolBox(20, 20, queue_ms=200) as box:
        long = measured(box, start_measurement_point(box))
    with SchoolBox(20, 20, queue_ms=20) as box:
        short = measured(box, start_measurement_point(box))
    assert number(long, "down_added_delay_p95_ms") > 80
    assert number(short, "down_added_delay_p95_ms") < 60
    assert number(long, "down_responsiveness_rpm") < number(short, "down_responsiveness_rpm")


@contextmanager
def busy_processors() -> Iterator[None]:
    """A loop that never ends for each processor."""
    command = [sys.executable, "-c", "while True: pass"]
    loops = [subprocess.Popen(command) for _ in os.sched_getaffinity(0)]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


@pytest.mark.parametrize("line", [Line(60, 20, 0, 0.0), Line(500, 100, 0, 0.0)], ids=str)
def test_beside_busy_processors_it_says_at_least(line: Line) -> None:
    """Or nothing: a code, and no number. What it says at least is not more than the line carried."""
    with SchoolBox(*line[:2], queue_ms=line.queue_ms) as box:
        waiting = ready(box, start_measurement_point(box), LIMITS)
        with busy_processors():
            result, carried_mbit_s, _, _ = waiting.found()
    for way in WAYS if result.error is None else ():
        assert result.facts[f"{way}_held_back"] is True
        assert holds(result, way, carried_mbit_s[way]), (way, result.facts, carried_mbit_s)


@measures
def test_the_bound_of_bytes_ends_a_run() -> None:
    """Kept to the byte, by all connections together; what it found is still right."""
    limits = ThroughputLimits(max_bytes=3_000_000)
    with SchoolBox(50, 50) as box:
        result, carried_mbit_s, _, _ = found(box, start_measurement_point(box), limits)
    assert result.error is None
    for way in WAYS:
        assert result.facts[f"{way}_stop_reason"] == "bytes"
        assert result.facts[f"{way}_bytes"] == 3_000_000
        assert number(result, f"{way}_mbit_s") == pytest.approx(carried_mbit_s[way], rel=0.1)


@measures
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
        straight = ready(box, point, ca_file=ca_file).found()
        through = ready(box, point, ca_file=ca_file, proxy=f"http://{box.internet.address}:3128").found()
    for result, carried_mbit_s, _, _ in (straight, through):
        assert result.error is None
        for way in WAYS:
            assert number(result, f"{way}_mbit_s") == pytest.approx(carried_mbit_s[way], rel=0.06)


@measures
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


@measures
def test_one_connection_is_enough_for_a_number() -> None:
    """Fewer connections, the same line."""
    with SchoolBox(20, 20) as box:
        result, carried_mbit_s, _, _ = found(box, start_measurement_point(box), ThroughputLimits(connections=1))
    assert number(result, "down_mbit_s") == pytest.approx(carried_mbit_s["down"], rel=0.05)
    assert result.facts["connections_count"] == 1
