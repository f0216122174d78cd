"""What a school's line carried over time, and what of it was our own tests.

A counter counts everything: while a full test runs, the test too. So stretches with a test in them say nothing of the
background, and around a test only what is left after its own bytes were taken away.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Literal

from collector.readiness.domain.fact_values import number_of
from collector.readiness.domain.model import Observation, UplinkLoad
from collector.readiness.evidence.rehearsals import HeldRehearsal

Direction = Literal["down", "up"]

LONGEST_TEST = timedelta(seconds=120)
BETWEEN_WAYS = timedelta(seconds=10)
"""What a test takes beside filling the line: round trips first, and opening connections twice."""
SLACK = timedelta(seconds=20)
"""How far a device's clock and the counters that gear brings up to date now and then may be off."""
COARSEST_S = 330.0
"""A mean over more than about five minutes hides the busy ones, so it says nothing of a 95th percentile."""
NEAR = timedelta(minutes=10)
"""As far from a test as the load beside it may be read."""
OWN_BYTES = 1.1
"""What a test's bytes are on the wire, at most: headers, encryption and what was sent again. Too much rather than too
little: what is left counts as others' traffic, and makes the line look faster.
"""
SEEN_SHARE = 0.9
JOINT_S = 1.0
"""Times of loads are kept in whole seconds."""
BIT_PER_MBIT = 1_000_000


@dataclass(frozen=True)
class FullTest:
    """A full test in one direction: the first moment at which it may have begun, the last at which it may have been
    going on, what it moved and for how long; None where that is not told.
    """

    begins_at: datetime
    until: datetime
    bytes: float | None
    seconds: float | None


def tests_of(runs: Sequence[Observation], direction: Direction) -> list[FullTest]:
    """Every test that is known of, whether it went well or not, by its time."""
    found = (
        full_test(run, at, direction)
        for run in runs
        if run.status != "unsupported"
        for at in {run.first_at, run.last_at}
    )
    return sorted(found, key=lambda test: test.begins_at)


def full_test(run: Observation, at: datetime, direction: Direction) -> FullTest:
    """The test that an observation tells of, at one of its times."""
    facts = run.facts if run.status == "ok" else {}
    down_s, up_s = (number_of(facts.get(f"{way}_duration_s")) for way in ("down", "up"))
    lasts = LONGEST_TEST if down_s is None or up_s is None else timedelta(seconds=down_s + up_s) + BETWEEN_WAYS
    seconds = down_s if direction == "down" else up_s
    return FullTest(at - SLACK, at + lasts + SLACK, number_of(facts.get(f"{direction}_bytes")), seconds)


def rehearsal_of(held: HeldRehearsal) -> FullTest:
    """A rehearsal as one long test."""
    return FullTest(held.record.begins_at - SLACK, held.record.ends_at + SLACK, None, None)


@dataclass(frozen=True)
class Series:
    """The loads of a school's line, oldest first, in one direction."""

    loads: Sequence[UplinkLoad]
    direction: Direction

    def rate(self, load: UplinkLoad) -> float:
        """Mbit/s."""
        return load.down_mbit_s if self.direction == "down" else load.up_mbit_s

    def between(self, begins_at: datetime, until: datetime) -> Sequence[UplinkLoad]:
        """Loads that lie wholly in the stretch."""
        low = bisect_left(self.loads, begins_at, key=begin)
        return self.loads[low : bisect_right(self.loads, until, key=_end)]

    def touching(self, begins_at: datetime, until: datetime) -> Sequence[UplinkLoad]:
        """Loads that lie in the stretch or reach into it."""
        low = bisect_right(self.loads, begins_at, key=_end)
        return self.loads[low : bisect_left(self.loads, until, key=begin)]

    def undisturbed(self, begins_at: datetime, until: datetime, tests: Sequence[FullTest]) -> list[UplinkLoad]:
        """Loads of the stretch that are fine enough and have no test in them."""
        near = [test for test in tests if test.until > begins_at and test.begins_at < until]
        return [
            load
            for load in self.between(begins_at, until)
            if load.seconds <= COARSEST_S
            and not any(test.begins_at < load.at and begin(load) < test.until for test in near)
        ]

    def saw(self, test: FullTest) -> bool | None:
        """Whether the counter grew by what the test moved, as that of the school's own line must; None if not known."""
        around = self.touching(test.begins_at, test.until)
        if test.bytes is None or not _covers(around, test):
            return None
        return self._bytes(around) >= SEEN_SHARE * test.bytes

    def beside(self, test: FullTest) -> float:
        """What others moved while the test ran, in Mbit/s, at least; 0 where that cannot be told.

        Others give way to a test, so what they moved before and after it is only the most that it may have been. It
        is what the counter grew by around the test, less the test's own bytes, less theirs in the rest of that time.
        """
        around = self.touching(test.begins_at, test.until)
        before = self._next_to(test.begins_at - NEAR, around[0] if around else None, -1)
        after = self._next_to(test.until + NEAR, around[-1] if around else None, 1)
        if test.bytes is None or not test.seconds or before is None or after is None or not _covers(around, test):
            return 0.0
        rest_s = sum(load.seconds for load in around) - test.seconds
        others_mbit = (self._bytes(around) - OWN_BYTES * test.bytes) * 8 / BIT_PER_MBIT - max(before, after) * rest_s
        return max(0.0, min(before, after, others_mbit / test.seconds))

    def taken_beside(self, test: FullTest) -> tuple[float, float] | None:
        """What others moved in the stretches that the test ran in, in Mbit/s, at least and at most: what the counter
        grew by less the test's own bytes; None where it did not count all of that time.
        """
        within = self.touching(test.begins_at, test.until)
        if test.bytes is None or not _covers(within, test):
            return None
        seconds, moved = sum(load.seconds for load in within), self._bytes(within)
        ends = (moved - OWN_BYTES * test.bytes, moved - test.bytes)
        least, most = (max(0.0, others * 8 / BIT_PER_MBIT / seconds) for others in ends)
        return least, most

    def least_beside(self, begins_at: datetime, ends_at: datetime, own: float) -> float | None:
        """What others moved between the two, in Mbit/s, at least, beside what moved `own` at most; None if nobody
        counted.
        """
        loads = self.between(begins_at, ends_at)
        return max(0.0, min(self.rate(load) for load in loads) - OWN_BYTES * own) if loads else None

    def _bytes(self, loads: Sequence[UplinkLoad]) -> float:
        return sum(self.rate(load) * load.seconds for load in loads) * BIT_PER_MBIT / 8

    def _next_to(self, limit: datetime, edge: UplinkLoad | None, step: int) -> float | None:
        """The load next to those around a test, if it is near enough."""
        if edge is None:
            return None
        position = bisect_left(self.loads, edge.at, key=_end) + step
        if not 0 <= position < len(self.loads):
            return None
        found = self.loads[position]
        is_near = found.at >= limit if step < 0 else begin(found) <= limit
        return self.rate(found) if is_near else None


def begin(load: UplinkLoad) -> datetime:
    """When the stretch that a load is the mean of began."""
    return load.at - timedelta(seconds=load.seconds)


def _end(load: UplinkLoad) -> datetime:
    return load.at


def _covers(around: Sequence[UplinkLoad], test: FullTest) -> bool:
    """Whether loads without a gap between them hold all of the test."""
    if not around or begin(around[0]) > test.begins_at or around[-1].at < test.until:
        return False
    return all(abs((begin(later) - earlier.at).total_seconds()) <= JOINT_S for earlier, later in pairwise(around))
