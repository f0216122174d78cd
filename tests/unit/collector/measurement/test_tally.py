"""What the point counts of a run: never less than what went over a steady stretch, and told once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.measurement.tally import KEPT_S, LONGEST_S, QUIET_S, STRETCH_S, RateMeter, RunCount, Tally
from collector.measurement.tickets import Ticket

START = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)
TICKET = Ticket("d1", "99000001", "throughput", START + timedelta(minutes=1), "l1", session="s1")


def steady(meter: RateMeter, mbit_s: float, seconds: float, *, from_s: float = 100.0, every_s: float = 0.01) -> float:
    """Pieces at an even rate; gives when the last one came."""
    moments = round(seconds / every_s)
    for number in range(1, moments + 1):
        meter.note(round(mbit_s * 1e6 / 8 * every_s), from_s + number * every_s)
    return from_s + seconds


@pytest.mark.parametrize("mbit_s", [0.5, 93.4, 900.0, 9_000.0])
def test_an_even_rate_is_what_it_is(mbit_s: float) -> None:
    """To a few hundredths: the ends of a stretch are cut at moments of its own."""
    meter = RateMeter()
    steady(meter, mbit_s, 2.0)
    assert meter.mbit_s == pytest.approx(mbit_s, rel=0.06)


@given(
    st.floats(1.0, 2_000.0),
    st.floats(0.3, 2.0),
    st.lists(st.floats(0.001, 0.05), min_size=3, max_size=12),
    st.lists(st.tuples(st.integers(0, 400_000), st.floats(0.001, 0.4)), max_size=12),
)
def test_never_less_than_a_steady_stretch(
    mbit_s: float, seconds: float, pauses: list[float], before: list[tuple[int, float]]
) -> None:
    """Whatever came before it, and in whatever pieces it comes: what an honest run may say of it is not beyond."""
    meter, now_s = RateMeter(), 10.0
    for size, pause_s in before:
        now_s += pause_s
        meter.note(size, now_s)
    ends_s, number = now_s + seconds, 0
    while now_s < ends_s:
        now_s += pauses[number % len(pauses)]
        meter.note(round(mbit_s * 1e6 / 8 * pauses[number % len(pauses)]), now_s)
        number += 1
    assert (meter.mbit_s or 0.0) >= 0.95 * mbit_s / 1.001


def test_a_little_in_a_moment_is_no_high_rate() -> None:
    """A megabyte in two milliseconds does not bear a claim of gigabits: it is told over a stretch."""
    meter = RateMeter()
    meter.note(500_000, 5.000)
    meter.note(500_000, 5.002)
    assert meter.mbit_s == pytest.approx(8 / STRETCH_S)
    assert RateMeter().mbit_s is None


def test_what_is_handed_over_at_once_is_told_over_the_time_it_took() -> None:
    """On a slow line the system takes a megabyte at once, and nothing for seconds: its end is a moment too."""
    meter = RateMeter()
    meter.note(1_000_000, 5.0)
    meter.note(0, 9.0)
    assert meter.mbit_s == pytest.approx(2.0)


class Runs:
    """A tally and its clocks."""

    def __init__(self) -> None:
        self.now = START
        self.tally = Tally(lambda: self.now)

    def finished(self, now_s: float) -> list[RunCount]:
        return self.tally.finish(now_s)


def test_a_run_is_told_once_when_it_is_over() -> None:
    """Both directions of it, by the requests that were side by side; with lease and session."""
    runs = Runs()
    first, second = runs.tally.enter(TICKET, 10.0), runs.tally.enter(TICKET, 10.0)
    assert first is second
    first.note("down", 3_000_000, 10.5)
    second.note("down", 1_000_000, 11.0)
    first.leave("down", 11.0)
    assert runs.finished(11.0 + 2 * QUIET_S) == []
    second.leave("down", 14.0)
    up = runs.tally.enter(TICKET, 14.2)
    up.note("up", 500_000, 14.3)
    up.leave("up", 15.0)
    assert runs.finished(15.0 + QUIET_S / 2) == []
    [run] = runs.finished(15.0 + QUIET_S)
    assert (run.device_id, run.school, run.lease_id, run.session, run.at) == ("d1", "99000001", "l1", "s1", START)
    assert (run.down_bytes, run.up_bytes, run.seconds) == (4_000_000, 500_000, 4.5)
    assert run.down_mbit_s is not None
    assert run.up_mbit_s is not None
    assert runs.finished(100.0) == []


def test_a_direction_that_was_not_tried_has_no_rate() -> None:
    """And a ticket that moved nothing is no run."""
    runs = Runs()
    down = runs.tally.enter(TICKET, 10.0)
    down.note("down", 1_000, 10.0)
    down.leave("down", 10.0)
    [run] = runs.finished(20.0)
    assert (run.up_bytes, run.up_mbit_s) == (0, None)
    runs.tally.enter(TICKET, 30.0).leave("up", 30.0)
    assert runs.finished(40.0) == []


def test_what_never_ends_is_told_in_parts() -> None:
    """Each with its own time; what is under way goes on being counted."""
    runs = Runs()
    run = runs.tally.enter(TICKET, 0.0)
    run.note("down", 1_000, 1.0)
    [first] = runs.finished(1.0 + LONGEST_S)
    runs.now = START + timedelta(seconds=LONGEST_S)
    run.note("down", 2_000, 2.0 + LONGEST_S)
    run.leave("down", 3.0 + LONGEST_S)
    [second] = runs.finished(10.0 + LONGEST_S)
    assert (first.down_bytes, second.down_bytes) == (1_000, 2_000)


def test_runs_can_be_asked_for_for_a_while() -> None:
    """Then they are forgotten."""
    runs = Runs()
    run = runs.tally.enter(TICKET, 0.0)
    run.note("up", 9, 0.0)
    run.leave("up", 0.0)
    told = runs.finished(5.0)
    assert runs.tally.lately(5.0 + KEPT_S) == told
    assert runs.tally.lately(5.1 + KEPT_S) == []
