"""What had arrived until when."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.throughput.timeline import Lane, Timeline, merged


def steady(start_s: float, end_s: float, bytes_per_s: int, step_s: float = 0.1) -> Lane:
    """A lane that carries the same all the time."""
    steps = round((end_s - start_s) / step_s)
    return Lane(start_s, [(start_s + n * step_s, round(n * step_s * bytes_per_s)) for n in range(1, steps + 1)])


def test_bytes_between_marks_follow_a_straight_line() -> None:
    """From the start, between marks, after the last."""
    timeline = Timeline(1.0)
    timeline.add(2.0, 100)
    timeline.add(4.0, 300)
    assert [timeline.bytes_at(moment) for moment in (0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 8.0)] == [
        0,
        0,
        50,
        100,
        200,
        300,
        300,
    ]
    assert timeline.rates_mbit_s(2.0, 6.0, 2) == pytest.approx([0.0008, 0.0])


def test_arrivals_that_follow_at_once_share_a_mark() -> None:
    """So that a fast line does not fill the memory; nothing is lost by it."""
    timeline = Timeline(0.0)
    for n in range(1, 101):
        timeline.add(n * 0.0001, n)
    assert len(timeline.times_s) == 10
    assert timeline.total == 100
    assert timeline.end_s == pytest.approx(0.01)


def test_lanes_add_up_over_the_time_in_which_all_are_active() -> None:
    """One that began late and one that ended early bound it; what the others carry outside is left out."""
    whole = merged([steady(0, 10, 1_000_000), steady(4, 10, 1_000_000), steady(0, 8, 1_000_000)])
    assert (whole.start_s, whole.end_s) == (4, 8)
    assert whole.total == 12_000_000
    assert whole.rates_mbit_s(4, 8, 4) == pytest.approx([24.0] * 4)
    assert whole.resolution_s == pytest.approx(0.1)


def test_lanes_that_never_met_leave_nothing() -> None:
    """The end is then not after the beginning."""
    apart = merged([steady(0, 1, 1_000_000), steady(2, 3, 1_000_000)])
    assert apart.end_s <= apart.start_s
    assert apart.total == 0


@given(
    st.lists(st.tuples(st.floats(0.001, 1), st.integers(0, 10**6)), min_size=1, max_size=30),
    st.floats(0, 30),
    st.floats(0, 30),
)
def test_bytes_never_fall(steps: list[tuple[float, int]], one_s: float, other_s: float) -> None:
    """Later is never less, and never more than arrived in all."""
    timeline, moment_s, total = Timeline(0.0), 0.0, 0
    for step_s, count in steps:
        moment_s, total = moment_s + step_s, total + count
        timeline.add(moment_s, total)
    earlier, later = sorted((one_s, other_s))
    assert 0 <= timeline.bytes_at(earlier) <= timeline.bytes_at(later) + 1e-6
    assert timeline.bytes_at(later) <= total == timeline.total


@given(st.lists(st.lists(st.integers(0, 10**6), min_size=2, max_size=20), min_size=1, max_size=5))
def test_merging_makes_no_bytes(counts: list[list[int]]) -> None:
    """All lanes from the same start: at most what they carried, exactly that when they end together."""
    lanes = []
    for pieces in counts:
        marks, total = [], 0
        for n, count in enumerate(pieces, 1):
            total += count
            marks.append((n * 0.05, total))
        lanes.append(Lane(0.0, marks))
    whole, carried = merged(lanes), sum(lane.marks[-1][1] for lane in lanes)
    assert whole.total <= carried
    if len({len(pieces) for pieces in counts}) == 1:
        assert whole.total == carried
