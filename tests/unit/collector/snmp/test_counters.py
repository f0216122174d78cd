"""Rates from byte counters: right, or not given."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.snmp.counters import TICKS_ROUND, CounterReading, Gap, NoRateReason, Rate, Width, rates

START = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LONGEST = timedelta(minutes=15)
FIRST = CounterReading(START, uptime_ticks=500_000, octets=1_000_000, speed_mbit_s=1_000)
SECOND = CounterReading(START + MINUTE, uptime_ticks=506_000, octets=76_000_000, speed_mbit_s=1_000)


def between(first: CounterReading, second: CounterReading) -> Rate | Gap:
    """What is known of the stretch between two readings."""
    (only,) = rates([first, second], LONGEST)
    return only


def gap(reason: NoRateReason, until: timedelta = MINUTE) -> Gap:
    return Gap(START, START + until, reason)


def test_bytes_in_a_minute_as_bits_in_a_second() -> None:
    """75 MB a minute are 10 Mbit/s."""
    assert between(FIRST, SECOND) == Rate(START, START + MINUTE, 10_000_000.0)


@pytest.mark.parametrize("width", [32, 64])
def test_a_counter_that_runs_round(width: Width) -> None:
    """750 before the end and 6 750 after it are 7 500 bytes in a minute."""
    before = replace(FIRST, octets=2**width - 750, width=width, speed_mbit_s=100)
    after = replace(SECOND, octets=6_750, width=width, speed_mbit_s=100)
    assert between(before, after) == Rate(START, START + MINUTE, 1_000.0)


def test_uptime_that_runs_round_is_no_restart() -> None:
    """After 497 days."""
    before = replace(FIRST, uptime_ticks=TICKS_ROUND - 1_000)
    assert between(before, replace(SECOND, uptime_ticks=5_000)) == Rate(START, START + MINUTE, 10_000_000.0)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"uptime_ticks": 3_000}, "restarted"),
        ({"uptime_ticks": 500_000}, "restarted"),
        ({"uptime_ticks": 506_000 + 700}, "restarted"),
        ({"discontinuity_ticks": 505_000}, "set_back"),
        ({"width": 32}, "other_counter"),
        ({"octets": 999_999}, "impossible"),
        ({"octets": 1_000_000 + 9_375_000_001}, "impossible"),
        ({"at": START}, "clock"),
        ({"at": START - MINUTE}, "clock"),
    ],
)
def test_where_no_rate_can_be_known(changed: dict[str, int], reason: NoRateReason) -> None:
    found = between(FIRST, replace(SECOND, **changed))  # type: ignore[arg-type]  # the names are the fields'
    assert isinstance(found, Gap)
    assert found.reason == reason


def test_uptime_may_be_a_little_off() -> None:
    """A reply that took five seconds is no restart."""
    assert isinstance(between(FIRST, replace(SECOND, uptime_ticks=506_000 + 600)), Rate)


def test_nobody_read_it_for_a_while() -> None:
    late = timedelta(minutes=16)
    after = replace(SECOND, at=START + late, uptime_ticks=500_000 + 96_000)
    assert between(FIRST, after) == gap("not_read", late)


@pytest.mark.parametrize(
    ("speed_mbit_s", "known"), [(100, True), (450, True), (1_000, False), (None, False), (0, False)]
)
def test_a_narrow_counter_on_a_fast_line(speed_mbit_s: int | None, *, known: bool) -> None:
    """At 1 Gbit/s 32 bits run round in 34 s: of a minute nothing can be said. Nor where the speed is not told."""
    first = replace(FIRST, width=32, speed_mbit_s=speed_mbit_s)
    found = between(first, replace(SECOND, width=32, speed_mbit_s=speed_mbit_s))
    assert found == (Rate(START, START + MINUTE, 10_000_000.0) if known else gap("too_slow"))


def test_one_reading_says_nothing() -> None:
    assert list(rates([FIRST], LONGEST)) == []
    assert list(rates([], LONGEST)) == []


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[CounterReading], list[float | None]]:
    """What a device on a 100 Mbit/s line would have told, and the truth between each two readings: bit/s, or None
    where it restarted. Counters begin anywhere; polls come every 20 to 150 s.
    """
    width: Width = draw(st.sampled_from((32, 64)))
    at, ticks = START, draw(st.integers(0, TICKS_ROUND - 1))
    octets = draw(st.integers(0, 2**width - 1))
    readings = [CounterReading(at, ticks, octets, width, None, 100)]
    truth: list[float | None] = []
    for _ in range(draw(st.integers(1, 12))):
        seconds = draw(st.integers(20, 150))
        moved = draw(st.integers(0, seconds * 100_000_000 // 8))
        at += timedelta(seconds=seconds)
        if draw(st.integers(0, 5)) == 0:
            ticks = draw(st.integers(0, (seconds - 10) * 100))
            octets = moved * ticks // (seconds * 100)
            truth.append(None)
        else:
            ticks = (ticks + seconds * 100) % TICKS_ROUND
            octets = (octets + moved) % 2**width
            truth.append(moved * 8 / seconds)
        readings.append(CounterReading(at, ticks, octets, width, None, 100))
    return readings, truth


@given(histories())
def test_a_rate_is_the_truth_or_is_not_given(history: tuple[list[CounterReading], list[float | None]]) -> None:
    readings, truth = history
    found = list(rates(readings, LONGEST))
    assert len(found) == len(truth)
    for one, true_bit_s, first, second in zip(found, truth, readings, readings[1:], strict=False):
        assert (one.begins_at, one.until) == (first.at, second.at)
        if isinstance(one, Rate):
            assert one.bit_s == true_bit_s
        elif true_bit_s is not None:
            raise AssertionError(f"{one.reason} where {true_bit_s} bit/s were to be known")
