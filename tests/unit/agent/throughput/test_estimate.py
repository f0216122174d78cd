"""From a timeline to a rate and how sure it is."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.throughput.estimate import BATCHES_MIN, UNSTABLE_RATIO, Estimate, estimate, half_width_of, warm_up
from agent.throughput.timeline import Timeline

STEP_S = 0.01


def timeline_of(rates_mbit_s: list[float], step_s: float = STEP_S) -> Timeline:
    """A line that carried these rates, for one step each."""
    timeline, total = Timeline(5.0), 0.0
    for n, rate in enumerate(rates_mbit_s, 1):
        total += rate * step_s * 1_000_000 / 8
        timeline.add(5.0 + n * step_s, round(total))
    return timeline


def found_in(rates_mbit_s: list[float], least_batch_s: float = 0.02) -> Estimate:
    """The estimate, which there must be."""
    found = estimate(timeline_of(rates_mbit_s), least_batch_s)
    assert found is not None
    return found


def test_a_steady_line() -> None:
    """Its rate, and no narrower than one percent."""
    found = found_in([100.0] * 60)
    assert found.mbit_s == pytest.approx(100, abs=0.01)
    assert found.half_width_mbit_s == pytest.approx(1.0, abs=0.01)
    assert found.settled


def test_slow_start_is_left_out() -> None:
    """A rate that doubles until it is there."""
    found = found_in([1, 2, 4, 8, 16, 32, 64, *[100.0] * 60])
    assert found.mbit_s == pytest.approx(100, abs=0.5)
    assert found.steady_from_s == pytest.approx(5.07, abs=0.03)


def test_a_burst_at_the_start_is_left_out() -> None:
    """A bucket of tokens that was full: fast first, then the rate."""
    found = found_in([400.0] * 10 + [20.0] * 50)
    assert found.mbit_s == pytest.approx(20, abs=0.2)
    assert found.settled


def test_a_rate_that_still_rises_has_not_settled() -> None:
    """And its interval is wide enough to say so."""
    found = found_in([float(n) for n in range(1, 81)])
    assert not found.settled
    assert not found.within(0.05)


def test_a_line_that_breaks_is_no_steady_line() -> None:
    """Full speed, then nothing for the last quarter: no interval that looks healthy."""
    found = found_in([100.0] * 60 + [0.0] * 20)
    assert not found.within(UNSTABLE_RATIO)


def test_nothing_arrives() -> None:
    """No rate is not a rate that is known well."""
    assert not found_in([0.0] * 60).within(UNSTABLE_RATIO)


@pytest.mark.parametrize("count", [1, 2, BATCHES_MIN - 1])
def test_too_little_is_no_estimate(count: int) -> None:
    """Counts that lie as coarse as the run is long tell nothing of its spread."""
    coarse = timeline_of([100.0] * count, 0.05)
    coarse.resolution_s = 0.05
    assert estimate(coarse, 0.0) is None
    assert estimate(timeline_of([100.0] * 60), 0.2) is None
    assert estimate(Timeline(0.0), 0.0) is None


def test_the_wait_after_the_last_arrival_counts() -> None:
    """Down to the moment when the run was ended: silence is part of the rate."""
    timeline = timeline_of([100.0] * 60)
    until_now = estimate(timeline, 0.02, timeline.end_s + 0.3)
    assert until_now is not None
    assert until_now.half_width_mbit_s > 10


@pytest.mark.parametrize(
    ("noise", "least"),
    [("independent", 0.87), ("resembling", 0.80), ("making up", 0.95)],
)
def test_the_interval_holds_what_it_says(noise: str, least: float) -> None:
    """How often the true rate lies inside, over 300 seeded runs: near 95 %, a little less after a choice of the
    steady part, never by luck of one run.
    """
    inside = 0
    for seed in range(300):
        drawn = random.Random(seed)
        carried, held, rates = 0.0, 0.0, []
        for _ in range(100):
            if noise == "independent":
                rates.append(max(0.0, drawn.gauss(100, 20)))
            elif noise == "resembling":
                carried = 0.6 * carried + drawn.gauss(0, 10)
                rates.append(100 + carried)
            else:
                before, held = held, abs(drawn.gauss(0, 40))
                rates.append(max(0.0, 100 + before - held))
        found = found_in(rates)
        inside += abs(found.mbit_s - 100) <= found.half_width_mbit_s
    assert inside / 300 >= least


def test_neighbours_that_resemble_each_other_widen_the_interval() -> None:
    """Ten batches that drift up and down together know less than ten that jump."""
    together = [90.0, 90, 90, 110, 110, 110, 90, 90, 90, 110, 110, 110]
    jumping = [90.0, 110, 90, 110, 90, 110, 90, 110, 90, 110, 90, 110]
    assert half_width_of(together) > 1.5 * half_width_of(jumping)
    assert half_width_of([100.0] * 10) == 0


def test_halves_that_differ_widen_the_interval() -> None:
    """A step in the middle is seen however regular both sides are."""
    assert half_width_of([80.0, 80, 80, 80, 120, 120, 120, 120]) >= 20


@given(st.lists(st.floats(0, 10_000), min_size=1, max_size=100))
def test_at_most_half_is_left_out(rates: list[float]) -> None:
    """Whatever comes."""
    assert 0 <= warm_up(rates) <= len(rates) // 2


@given(st.lists(st.floats(0, 10_000), min_size=20, max_size=200))
def test_an_estimate_lies_between_what_was_seen(rates: list[float]) -> None:
    """And its interval is never negative."""
    found = estimate(timeline_of(rates), 0.01)
    if found is not None:
        assert -0.01 <= found.mbit_s <= max(rates) + 0.01
        assert found.half_width_mbit_s >= 0.0
        assert 5.0 <= found.steady_from_s <= timeline_of(rates).end_s


@given(st.lists(st.floats(1, 1_000), min_size=20, max_size=100), st.floats(0.1, 10))
def test_twice_the_rate_is_twice_the_estimate(rates: list[float], factor: float) -> None:
    """The unit does not matter."""
    one, other = found_in(rates), found_in([rate * factor for rate in rates])
    assert other.mbit_s == pytest.approx(one.mbit_s * factor, rel=0.02)
