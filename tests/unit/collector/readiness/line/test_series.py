"""What a line's counters and our own tests of it come to, by hand: a load of five minutes each, tests in between."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from collector.readiness.domain.network_gear import UplinkLoad
from collector.readiness.line.series import (
    BETWEEN_WAYS,
    LONGEST_TEST,
    OWN_BYTES,
    SLACK,
    Direction,
    FullTest,
    Series,
    full_test,
)
from collector.readiness.line.series import tests_of as every_test_of
from tests.unit.collector.readiness.cases import observation

TEN = datetime(2026, 11, 2, 10, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
FACTS = {
    "down_duration_s": 4.0,
    "up_duration_s": 6.0,
    "down_bytes": 50_000_000,
    "up_bytes": 10_000_000,
}
MBIT = 125_000
"""Bytes."""


def series(down: Sequence[float], *, direction: Direction = "down", minutes: float = 5.0) -> Series:
    """A mean for each stretch of so many minutes from ten on; up it is always 7 Mbit/s."""
    return Series(
        [
            UplinkLoad("router", TEN + (number + 1) * minutes * MINUTE, minutes * 60, rate, 7.0)
            for number, rate in enumerate(down)
        ],
        direction,
    )


def a_test(minute: float, megabit: float | None, seconds: float | None = 10.0) -> FullTest:
    """From that minute after ten on, for ten seconds, with what clocks may be off on both sides."""
    begins_at = TEN + minute * MINUTE
    bytes_moved = None if megabit is None else megabit * MBIT
    return FullTest(begins_at - SLACK, begins_at + timedelta(seconds=10) + SLACK, bytes_moved, seconds)


class TestFullTest:
    def test_each_way_has_its_own_bytes_and_seconds(self) -> None:
        run = observation(1, "throughput", FACTS, at=TEN)
        down, up = full_test(run, TEN, "down"), full_test(run, TEN, "up")
        assert (down.bytes, down.seconds) == (50_000_000, 4.0)
        assert (up.bytes, up.seconds) == (10_000_000, 6.0)

    def test_it_lasts_for_both_ways_and_what_lies_between(self) -> None:
        """With as much as clocks may be off on both sides."""
        found = full_test(observation(1, "throughput", FACTS, at=TEN), TEN, "down")
        assert found.begins_at == TEN - SLACK
        assert found.until == TEN + timedelta(seconds=10) + BETWEEN_WAYS + SLACK

    @pytest.mark.parametrize("missing", ["down_duration_s", "up_duration_s"])
    def test_as_long_as_any_where_it_does_not_tell(self, missing: str) -> None:
        facts = {name: value for name, value in FACTS.items() if name != missing}
        assert full_test(observation(1, "throughput", facts, at=TEN), TEN, "up").until == TEN + LONGEST_TEST + SLACK

    def test_one_that_failed_moved_nobody_knows_what(self) -> None:
        found = full_test(observation(1, "throughput", FACTS, at=TEN, status="failed"), TEN, "down")
        assert (found.bytes, found.seconds, found.until) == (None, None, TEN + LONGEST_TEST + SLACK)

    def test_all_that_is_known_of_by_time(self) -> None:
        """Both times of an observation, once each; a machine that can not measure tested nothing."""
        runs = [
            observation(1, "throughput", FACTS, at=TEN + 60 * MINUTE, first_at=TEN),
            observation(2, "throughput", FACTS, at=TEN + 30 * MINUTE),
            observation(3, "throughput", at=TEN, status="unsupported"),
        ]
        begun = [test.begins_at + SLACK - TEN for test in every_test_of(runs, "down")]
        assert begun == [0 * MINUTE, 30 * MINUTE, 60 * MINUTE]


class TestStretches:
    def test_wholly_in_it(self) -> None:
        """What begins before, or ends after, is not."""
        loads = series([1, 2, 3, 4])
        between = loads.between(TEN + 5 * MINUTE, TEN + 15 * MINUTE)
        assert [load.down_mbit_s for load in between] == [2, 3]
        assert list(loads.between(TEN + 6 * MINUTE, TEN + 14 * MINUTE)) == []

    def test_reaching_into_it(self) -> None:
        loads = series([1, 2, 3, 4])
        assert [load.down_mbit_s for load in loads.touching(TEN + 6 * MINUTE, TEN + 11 * MINUTE)] == [2, 3]
        assert [load.down_mbit_s for load in loads.touching(TEN + 5 * MINUTE, TEN + 10 * MINUTE)] == [2]

    def test_each_way(self) -> None:
        down, up = series([1, 2]), series([1, 2], direction="up")
        assert [down.rate(load) for load in down.loads] == [1, 2]
        assert [up.rate(load) for load in up.loads] == [7, 7]

    def test_undisturbed(self) -> None:
        """Without what has a test in it, and without means over more than five minutes and a half."""
        loads, hour = series([1, 2, 3, 4]), TEN + 60 * MINUTE
        assert [load.down_mbit_s for load in loads.undisturbed(TEN, hour, [a_test(7, 100)])] == [1, 3, 4]
        assert [load.down_mbit_s for load in loads.undisturbed(TEN, hour, [a_test(5, 100)])] == [3, 4]
        assert [load.down_mbit_s for load in loads.undisturbed(TEN, hour, [a_test(90, 100)])] == [1, 2, 3, 4]
        assert series([1, 2], minutes=6).undisturbed(TEN, hour, []) == []


class TestBesideATest:
    """A stretch of 300 s at 20 Mbit/s beside a test of 1 000 Mbit: 6 000 Mbit, of which the test is a sixth or, with
    its headers, up to 1 100.
    """

    def test_what_the_counter_saw(self) -> None:
        """As much as the test moved, but for a tenth; what it did not count all of is not known."""
        loads = series([1, 20, 1])
        assert loads.saw(a_test(7, 1_000)) is True
        assert loads.saw(a_test(7, 6_000 / 0.9)) is True
        assert loads.saw(a_test(7, 6_700)) is False
        assert loads.saw(a_test(7, None)) is None
        assert loads.saw(a_test(14.9, 1_000)) is None

    def test_a_gap_is_not_counted(self) -> None:
        whole = series([20, 20, 20])
        gap = Series([whole.loads[0], whole.loads[2]], "down")
        assert whole.saw(a_test(5, 1_000)) is True
        assert gap.saw(a_test(5, 1_000)) is None

    def test_what_others_took(self) -> None:
        """(6 000 - 1 100) / 300 at least, (6 000 - 1 000) / 300 at most; never less than nothing."""
        found = series([1, 20, 1]).taken_beside(a_test(7, 1_000))
        assert found == pytest.approx((4_900 / 300, 5_000 / 300))
        assert series([1, 20, 1]).taken_beside(a_test(7, 7_000)) == (0.0, 0.0)
        assert series([1, 20, 1]).taken_beside(a_test(7, None)) is None
        assert series([1, 20, 1]).taken_beside(a_test(14.9, 1_000)) is None

    def test_what_others_moved_meanwhile_at_least(self) -> None:
        """The counter's 6 000 less the test's 1 100, less 290 s at the greater of what they moved before and after:
        there is 550 left for ten seconds, more than either, so the lesser of the two is what they certainly moved.
        """
        assert series([10, 20, 15]).beside(a_test(7, 1_000)) == 10
        assert series([15, 20, 10]).beside(a_test(7, 1_000)) == 10

    def test_less_is_left_where_they_gave_way(self) -> None:
        """5 660 - 1.1 x 1 000 - 15.5 x 290 = 65: over ten seconds 6.5."""
        assert series([15.5, 5_660 / 300, 15.5]).beside(a_test(7, 1_000)) == pytest.approx(6.5)
        assert OWN_BYTES == 1.1

    def test_nothing_is_certain(self) -> None:
        """Where nothing was left, where a test does not tell, and without loads before and after it."""
        assert series([19, 20, 19]).beside(a_test(7, 1_000)) == 0
        assert series([10, 20, 15]).beside(a_test(7, None)) == 0
        assert series([10, 20, 15]).beside(a_test(7, 1_000, None)) == 0
        assert series([10, 20, 15]).beside(a_test(2, 1_000)) == 0
        assert series([10, 20, 15]).beside(a_test(12, 1_000)) == 0

    def test_what_lies_too_far_away_says_nothing(self) -> None:
        """The load before it ended more than ten minutes before the test."""
        near = series([10, 20, 15])
        first = near.loads[0]
        far = UplinkLoad(first.device, first.at - 6 * MINUTE, first.seconds, first.down_mbit_s, first.up_mbit_s)
        assert Series([far, *near.loads[1:]], "down").beside(a_test(9, 1_000)) == 10
        farther = UplinkLoad(first.device, first.at - 7 * MINUTE, first.seconds, first.down_mbit_s, first.up_mbit_s)
        assert Series([farther, *near.loads[1:]], "down").beside(a_test(9, 1_000)) == 0

    def test_what_others_moved_beside_what_is_known(self) -> None:
        """The least of the stretches, less the own with its headers."""
        loads = series([30, 20, 40])
        assert loads.least_beside(TEN, TEN + 15 * MINUTE, 10.0) == pytest.approx(20 - 11)
        assert loads.least_beside(TEN, TEN + 15 * MINUTE, 19.0) == 0
        assert loads.least_beside(TEN + MINUTE, TEN + 4 * MINUTE, 10.0) is None
