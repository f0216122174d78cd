"""From marks to a rate."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.rate import Lane, TooShortError, bytes_until, rate_mbit_s


def steady(start_s: float, end_s: float, bytes_per_s: int, step_s: float = 0.1) -> Lane:
    """A lane that carries the same all the time."""
    steps = round((end_s - start_s) / step_s)
    return Lane(start_s, end_s, [(start_s + n * step_s, round(n * step_s * bytes_per_s)) for n in range(1, steps + 1)])


def test_steady_lanes_add_up() -> None:
    """Two lanes of 1 and 3 Mbyte/s are 32 Mbit/s."""
    assert rate_mbit_s([steady(10, 14, 1_000_000), steady(10, 14, 3_000_000)]) == pytest.approx(32.0)


def test_only_the_time_in_which_all_are_active_counts() -> None:
    """A lane that began late and one that ended early bound the window; what the others carry outside is left out."""
    long, late, early = steady(0, 10, 1_000_000), steady(4, 10, 1_000_000), steady(0, 8, 1_000_000)
    assert rate_mbit_s([long, late, early]) == pytest.approx(24.0)


def test_the_slow_start_is_left_out() -> None:
    """Nothing in the first second of four, then 1 Mbyte/s: the rate is that of the rest."""
    lane = Lane(0.0, 4.0, [(1.0, 0), (4.0, 3_000_000)])
    assert rate_mbit_s([lane]) == pytest.approx(8.0)


def test_a_lane_that_stalls_lowers_the_rate() -> None:
    """It was ready to carry data and did not: that is the line, not an error."""
    stalled = Lane(0.0, 4.0, [(2.5, 2_500_000)])
    assert rate_mbit_s([stalled]) == pytest.approx(1.5 * 8 / 3)


@pytest.mark.parametrize(
    "lanes",
    [
        [steady(0, 1, 1_000_000), steady(2, 3, 1_000_000)],
        [Lane(0.0, 0.03, [(0.03, 1_000_000)])],
        [Lane(0.0, 4.0, [(4.0, 9_000)])],
    ],
    ids=["apart", "short", "little"],
)
def test_too_short_is_no_number(lanes: list[Lane]) -> None:
    """Never a guess."""
    with pytest.raises(TooShortError):
        rate_mbit_s(lanes)


def test_bytes_between_marks_follow_a_straight_line() -> None:
    """From the start, between marks, after the last."""
    lane = Lane(1.0, 9.0, [(2.0, 100), (4.0, 300)])
    assert [bytes_until(lane, moment) for moment in (0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 8.0)] == [
        0,
        0,
        50,
        100,
        200,
        300,
        300,
    ]


@given(
    st.lists(st.tuples(st.floats(0.001, 1), st.integers(0, 10**6)), min_size=1, max_size=30),
    st.floats(0, 30),
    st.floats(0, 30),
)
def test_bytes_never_fall(steps: list[tuple[float, int]], one_s: float, other_s: float) -> None:
    """Later is never less, and never more than arrived in all."""
    marks, moment_s, total = [], 0.0, 0
    for step_s, count in steps:
        moment_s, total = moment_s + step_s, total + count
        marks.append((moment_s, total))
    lane = Lane(0.0, moment_s, marks)
    earlier, later = sorted((one_s, other_s))
    assert 0 <= bytes_until(lane, earlier) <= bytes_until(lane, later) + 1e-6
    assert bytes_until(lane, later) <= total
