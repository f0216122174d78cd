"""When a run has seen enough."""

from __future__ import annotations

import random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.protocol.wire import ThroughputLimits
from agent.throughput.stop import LEAST_S, StopReason, StopRule
from agent.throughput.timeline import Timeline

LIMITS = ThroughputLimits(connections=4, max_seconds=4, max_bytes=50_000_000, precision=0.03)


def carried(rates_mbit_s: list[float]) -> Timeline:
    """One slice of 10 ms for each rate."""
    timeline, total = Timeline(0.0), 0.0
    for n, rate in enumerate(rates_mbit_s, 1):
        total += rate * 1_250
        timeline.add(n * 0.01, round(total))
    return timeline


def reason(rates_mbit_s: list[float], rtt_s: float = 0.01, limits: ThroughputLimits = LIMITS) -> StopReason | None:
    """What the rule says at the end of these slices."""
    timeline = carried(rates_mbit_s)
    return StopRule(limits, rtt_s).reason(timeline, timeline.total, 0.0, timeline.end_s)


def test_a_steady_line_is_known_soon() -> None:
    """Not before the least time, and right after."""
    assert reason([100.0] * (int(LEAST_S * 100) - 1)) is None
    assert reason([100.0] * (int(LEAST_S * 100) + 1)) == "steady"


def test_a_thin_line_takes_longer() -> None:
    """So that what a shaper lets through at first flatters it by little."""
    assert reason([2.0] * 399) is None
    assert reason([2.0] * 400, limits=msgspec.structs.replace(LIMITS, max_seconds=10)) == "steady"
    assert reason([2.0] * 400) == "time"


def test_a_long_way_takes_more_round_trips() -> None:
    """TCP needs some to find its rate."""
    assert reason([100.0] * 80, rtt_s=0.15) is None
    assert reason([100.0] * 130, rtt_s=0.15) == "steady"


def test_an_unsteady_line_goes_on_until_the_time_is_over() -> None:
    """Every tenth of a second another rate, between 2 and 18 Mbit/s."""
    drawn = random.Random(11)
    unsteady = [rate for _ in range(41) for rate in [drawn.uniform(2, 18)] * 10]
    assert reason(unsteady[:200]) is None
    assert reason(unsteady[:399]) is None
    assert reason(unsteady[:401]) == "time"


def test_a_rate_that_still_rises_goes_on() -> None:
    """However smoothly it rises."""
    assert reason([float(n) for n in range(100)]) is None


def test_bytes_come_first() -> None:
    """The bound of bytes is met also before all connections carry data."""
    assert StopRule(LIMITS, 0.01).reason(None, 50_000_000, 0.0, 0.1) == "bytes"
    assert StopRule(LIMITS, 0.01).reason(None, 49_999_999, 0.0, 0.1) is None
    assert StopRule(LIMITS, 0.01).reason(None, 1, 0.0, 4.0) == "time"


@pytest.mark.parametrize(("precision", "expected"), [(0.3, "steady"), (0.011, None)])
def test_the_policy_says_how_sure_is_sure_enough(precision: float, expected: str | None) -> None:
    """The same run, judged by two precisions."""
    limits = ThroughputLimits(max_seconds=4, max_bytes=10**9, precision=precision)
    drawn = random.Random(5)
    assert reason([drawn.uniform(60, 140) for _ in range(100)], limits=limits) == expected


@given(st.lists(st.floats(0, 1_000), max_size=120), st.floats(0, 10), st.integers(0, 10**9))
def test_bounds_are_bounds(rates: list[float], elapsed_s: float, bytes_: int) -> None:
    """Whatever was seen: beyond a bound the run never goes on."""
    timeline = carried(rates)
    found = StopRule(LIMITS, 0.02).reason(timeline, bytes_, 0.0, elapsed_s)
    if bytes_ >= LIMITS.max_bytes:
        assert found == "bytes"
    elif elapsed_s >= LIMITS.max_seconds:
        assert found == "time"
    else:
        assert found in {None, "steady"}
