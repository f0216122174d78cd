"""Weeks of a school's life, simulated: devices that ask at random times share the line evenly and never collide."""

from __future__ import annotations

import heapq
import itertools
import random
from bisect import bisect_left
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from collector.readiness.domain.model import Sitting
from collector.readiness.domain.school_days import SCHOOL_TIME
from collector.readiness.leases.rules import Hours, LeaseRules, TimeSpan, quiet_spans, sitting_spans
from collector.readiness.leases.scheduler import (
    FIRST_TESTS,
    TRIES_PER_HOUR,
    Granted,
    LineTest,
    LineUse,
    counted_since,
    decide_lease,
)
from tests.support.properties import examples

SCHOOL = "99000001"
LENGTH = timedelta(seconds=28)
EVERY_S, JITTER_S = 3_600, 1_800
"""The plan of the sample configuration."""

MONDAY = datetime(2027, 3, 1, tzinfo=SCHOOL_TIME).astimezone(UTC)
WEEKS = 5
"""Four that count, after one in which it settles; the clocks change in the last one."""

END = MONDAY + timedelta(weeks=WEEKS)


WITHOUT_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)
"""Weeks can't be made smaller in a useful way, and trying takes minutes."""


class Run(NamedTuple):
    """A lease as it was used: a device that dies keeps it until its deadline, and measures nothing."""

    span: TimeSpan
    first: bool
    measured: bool


def simulated(
    rules: LeaseRules, sittings: list[Sitting], devices: int, chance: random.Random, failing: float = 0.1
) -> list[Run]:
    """All runs of the weeks. Devices are on day and night, ask by their plan, and come back when told to. `failing` is
    the share of the runs in which the device dies.
    """
    runs: list[Run] = []
    starts: list[datetime] = []
    tests: list[LineTest] = []
    asks = [(MONDAY + timedelta(seconds=chance.uniform(0, EVERY_S)), number) for number in range(devices)]
    heapq.heapify(asks)
    while asks[0][0] < END:
        now, device = heapq.heappop(asks)
        counted = bisect_left(starts, counted_since(now))
        granted = tests[counted:]
        use = LineUse(SCHOOL, granted, runs[-1].span.end if runs else None)
        answer = decide_lease(use, sittings, rules, length=LENGTH, now=now, chance=chance.random())
        if isinstance(answer, Granted):
            dies = chance.random() < failing
            used = LENGTH if dies else timedelta(seconds=chance.uniform(1, LENGTH.total_seconds()))
            starts.append(now)
            tests.append(LineTest(now, not dies))
            runs.append(Run(TimeSpan(now, now + used), len(granted) < FIRST_TESTS, not dies))
            wait_s = EVERY_S + chance.uniform(-JITTER_S, JITTER_S)
        else:
            wait_s = answer.retry_after_s
        heapq.heappush(asks, (now + timedelta(seconds=wait_s), device))
    return runs


def hour_of(moment: datetime) -> tuple[date, int]:
    """Day and hour on a Swedish clock."""
    local = moment.astimezone(SCHOOL_TIME)
    return local.date(), local.hour


def school_hours(rules: LeaseRules) -> list[tuple[date, int]]:
    """Every hour of every school day of the weeks."""
    days = [MONDAY.astimezone(SCHOOL_TIME).date() + timedelta(days=number) for number in range(7 * WEEKS)]
    hours = range(rules.school_day.begins_at.hour, rules.school_day.until.hour)
    return [(day, hour) for day in days if day.weekday() < 5 for hour in hours]


def hours_of(sittings: list[Sitting]) -> set[tuple[date, int]]:
    """Those that sittings touch, on every weekday if they are on one, else on that day of every week's end."""
    found = set[tuple[date, int]]()
    for sitting in sittings:
        assert sitting.starts_at is not None
        touched = {hour_of(sitting.starts_at + timedelta(minutes=minute)) for minute in range(sitting.minutes)}
        weekday = min(touched)[0].weekday()
        days = [MONDAY.astimezone(SCHOOL_TIME).date() + timedelta(days=number) for number in range(7 * WEEKS)]
        alike = [day for day in days if day.weekday() == weekday or max(weekday, day.weekday()) < 5]
        found |= {(day, hour) for day in alike for _, hour in touched}
    return found


@settings(max_examples=examples(8), phases=WITHOUT_SHRINKING)
@given(
    devices=st.integers(4, 30),
    seed=st.integers(0, 2**32),
    begins=st.integers(7, 9),
    until=st.integers(14, 17),
    failing=st.sampled_from([0.0, 0.1]),
)
def test_no_hour_of_the_week_is_missed(devices: int, seed: int, begins: int, until: int, failing: float) -> None:
    """Over four weeks each got its samples, and none many more than another, though some tests fail."""
    rules = LeaseRules(school_day=Hours(time(begins), time(until)))
    runs = [run for run in simulated(rules, [], devices, random.Random(seed), failing) if not run.first]
    counted = Counter(hour_of(run.span.start) for run in runs if run.measured)
    of_week: Counter[tuple[int, int]] = Counter()
    for day, hour in school_hours(rules)[5 * (until - begins) :]:
        of_week[day.weekday(), hour] += counted[day, hour]
    assert len(of_week) == 5 * (until - begins)
    assert min(of_week.values()) >= (2 if failing else 3)
    assert max(of_week.values()) - min(of_week.values()) <= (3 if failing else 2)
    assert max(counted.values()) <= rules.tests_per_hour
    assert max(Counter(hour_of(run.span.start) for run in runs).values()) <= max(rules.tests_per_hour, TRIES_PER_HOUR)


@pytest.mark.parametrize("seed", [1, 2])
def test_what_failed_is_made_good_within_the_hour(seed: int) -> None:
    """Three tests in ten fail, and still more than nine hours in ten get a sample; with one try it would be seven."""
    rules = LeaseRules()
    runs = [run for run in simulated(rules, [], 20, random.Random(seed), 0.3) if not run.first]
    hours = school_hours(rules)[40:]
    sampled = {hour_of(run.span.start) for run in runs if run.measured}
    assert sum(hour in sampled for hour in hours) > 0.9 * len(hours)
    tries = Counter(hour_of(run.span.start) for run in runs)
    assert max(tries.values()) == TRIES_PER_HOUR


@settings(max_examples=examples(8), phases=WITHOUT_SHRINKING)
@given(
    devices=st.integers(1, 30),
    seed=st.integers(0, 2**32),
    starts=st.lists(st.integers(0, 7 * WEEKS * 96 - 1), max_size=8),
    minutes=st.integers(20, 300),
    quiet=st.lists(st.tuples(st.integers(0, 23), st.integers(1, 6)), max_size=2),
)
def test_nobody_is_ever_disturbed(
    devices: int, seed: int, starts: list[int], minutes: int, quiet: list[tuple[int, int]]
) -> None:
    """Never two at once, never near a sitting, and but for the first few never in a quiet hour, and only in the school
    day or a sitting's own hours.
    """
    rules = LeaseRules(
        quiet_hours=[Hours(time(hour), time((hour + length) % 24)) for hour, length in quiet], tests_per_hour=3
    )
    sittings = [
        Sitting(
            f"s{number}", SCHOOL, "Engelska", "6", 20, ["A1"], MONDAY + timedelta(minutes=15 * start), None, minutes
        )
        for number, start in enumerate(starts)
    ]
    runs = simulated(rules, sittings, devices, random.Random(seed))
    assert runs
    assert all(one.span.end <= after.span.start for one, after in itertools.pairwise(runs))
    taken = sitting_spans(sittings, rules)
    assert not [run for run in runs for span in taken if run.span.overlaps(span)]
    assert [run.first for run in runs].count(True) <= FIRST_TESTS
    hushed = quiet_spans(rules, MONDAY.astimezone(SCHOOL_TIME).date(), 7 * WEEKS)
    later = [run.span for run in runs if not run.first]
    assert not [run for run in later for span in hushed if run.overlaps(span)]
    assert {hour_of(run.start) for run in later} <= {*school_hours(rules), *hours_of(sittings)}
    per_hour = Counter(hour_of(run.start) for run in later)
    assert max(per_hour.values(), default=0) <= rules.tests_per_hour


@pytest.mark.parametrize("seed", [1, 2])
def test_a_school_that_was_closed_on_mondays_catches_up(seed: int) -> None:
    """After two Mondays without tests, the next ones get two an hour, until all days have as many."""
    rules, chance = LeaseRules(), random.Random(seed)
    closed = [
        Sitting(f"s{week}", SCHOOL, "Nationellt prov", "6", 20, ["A1"], day + timedelta(hours=7), None, 600)
        for week in (0, 1)
        for day in [MONDAY + timedelta(weeks=week)]
    ]
    runs = simulated(rules, closed, 12, chance)
    by_day = Counter(hour_of(run.span.start)[0] for run in runs if not run.first)
    mondays = [by_day[MONDAY.date() + timedelta(days=1, weeks=week)] for week in range(WEEKS)]
    assert mondays[:2] == [0, 0]
    assert max(mondays[2:]) >= 14
