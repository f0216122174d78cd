"""Decides whether a device may fill its school's line now, and when else to ask again. Pure: time and chance are given.

Each hour of the school day gets one test, at a moment of that hour drawn by lot anew for each school and day. So
the work is shared by however many devices ask, and no hour is missed. An hour of the week that was tested more seldom
in the last four weeks than the best tested one may have more within the hour, up to `tests_per_hour`.

Only a test that gave a number counts. One that gave none is tried again within its hour, by whoever asks, after a pause
that doubles and differs from school to school, `TRIES_PER_HOUR` times in all.

The clock hours of a sitting to come that lies outside the school day get theirs too, on days of its kind: a line is
judged by the sitting's own hour as well, and nobody would measure it else.

A school that was hardly tested in that time gets its first few at once, whatever the hour: a line that nobody knows is
worse than a test in the evening, and a first try may fail. Only a sitting, and a test under way, come before it.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, lru_cache
from hashlib import blake2b
from typing import Literal, NamedTuple

import msgspec

from collector.readiness.domain.model import Sitting
from collector.readiness.domain.school_days import SCHOOL_TIME
from collector.readiness.leases.rules import (
    SATURDAY,
    Hours,
    LeaseRules,
    TimeSpan,
    local_moment,
    quiet_spans,
    sitting_spans,
)

COUNTED_DAYS = 28
"""Four weeks: each hour of the week came exactly four times, so counts can be compared."""

FIRST_TESTS = 3
"""So many a school may have lately and still get one at any hour."""

TRIES_PER_HOUR = 3
RETRY_FIRST_S = 300
RETRY_SPREAD = 0.5
"""A test that failed is tried again after five minutes, then ten; up to this share later, by lot."""

Refusal = Literal[
    "line_busy",
    "enough_for_now",
    "tried_lately",
    "outside_school_day",
    "quiet_hours",
    "sitting_in_progress",
    "not_at_school",
]

LOT_SHARE = 2 / 3
"""The lot falls in this first part of an hour; the rest is for the devices that were told to come then."""

_HOUR = timedelta(hours=1)
SITTING_AHEAD = timedelta(days=COUNTED_DAYS)
"""From so long before a sitting on, its own hours get tests too."""
AWAY_RETRY_S = 1_800
BUSY_RETRY_S = 5
BUSY_SPREAD_S = 10
RETRY_LONGEST_S = 12 * 3_600
_LOOK_AHEAD_DAYS = 8


class LineTest(NamedTuple):
    """A lease that was given, and whether the device that had it has sent a number since."""

    granted_at: datetime
    measured: bool


class LineUse(msgspec.Struct, frozen=True):
    """What is known of a school's line: the leases for this probe, oldest first, and until when one still holds."""

    school: str
    tests: Sequence[LineTest]
    busy_until: datetime | None = None


class Granted(NamedTuple):
    """The line is the device's until then."""

    expires_at: datetime


class Refused(NamedTuple):
    """Not now; asking again after so many seconds may help."""

    code: Refusal
    retry_after_s: int


def counted_since(now: datetime) -> datetime:
    """From when on leases count: the Swedish midnight that begins the four weeks which end today."""
    first = now.astimezone(SCHOOL_TIME).date() - timedelta(days=COUNTED_DAYS - 1)
    return datetime.combine(first, datetime.min.time(), tzinfo=SCHOOL_TIME).astimezone(UTC)


def decide_lease(
    use: LineUse, sittings: Sequence[Sitting], rules: LeaseRules, *, length: timedelta, now: datetime, chance: float
) -> Granted | Refused:
    """Whether a lease of `length` may begin `now`. `sittings` are the school's; `chance`, from 0 to below 1, spreads
    the devices that are told to ask again.
    """
    if use.busy_until is not None and use.busy_until > now:
        return line_busy(chance)
    plan = _Plan(use, sittings, rules, length, now)
    hindrance = plan.hindrance()
    return plan.refused(hindrance, chance) if hindrance else Granted(now + length)


def line_busy(chance: float) -> Refused:
    """What a device hears while another one holds the line: that takes seconds."""
    return Refused("line_busy", BUSY_RETRY_S + round(chance * BUSY_SPREAD_S))


def not_at_school(chance: float) -> Refused:
    """What a device hears from another network than its school's: it would measure another line."""
    return Refused("not_at_school", round(AWAY_RETRY_S * (1 + chance) / 2))


class _Plan:
    """The hours ahead of one school, and what each has had."""

    def __init__(
        self, use: LineUse, sittings: Sequence[Sitting], rules: LeaseRules, length: timedelta, now: datetime
    ) -> None:
        self._use = use
        self._rules = rules
        self._length = length
        self._now = now
        self._today = now.astimezone(SCHOOL_TIME).date()
        self._all = sittings
        self._sittings = sitting_spans(sittings, rules)
        self._quiet = quiet_spans(rules, self._today, _LOOK_AHEAD_DAYS)

    def hindrance(self) -> Refusal | None:
        """Why a test may not begin now, if anything speaks against it."""
        test = TimeSpan(self._now, self._now + self._length)
        if any(span.overlaps(test) for span in self._sittings):
            return "sitting_in_progress"
        if len(self._use.tests) < FIRST_TESTS:
            return None
        if any(span.overlaps(test) for span in self._quiet):
            return "quiet_hours"
        today = self._hours_on(self._today)
        hour = next((hour for hour in today if hour.start <= self._now < hour.end), None)
        if hour is None:
            return "outside_school_day"
        due_at = self._due_at(hour)
        if due_at <= self._now:
            return None
        return "tried_lately" if self._is_tried_again(hour) and due_at < hour.end else "enough_for_now"

    def refused(self, code: Refusal, chance: float) -> Refused:
        """A refusal that leads somewhere into the next stretch of time in which a test is due."""
        longest_s = RETRY_LONGEST_S * (1 + chance) / 2
        free = next(self._free(), None)
        if free is None:
            return Refused(code, math.ceil(longest_s))
        wait_s = (free.start - self._now).total_seconds() + chance * (free.end - free.start).total_seconds()
        return Refused(code, max(1, math.ceil(min(wait_s, longest_s))))

    def _due_at(self, hour: TimeSpan) -> datetime:
        """When the next test of this hour is due; the hour's end if it has had enough."""
        had = self._had(hour)
        if not had:
            return hour.start + (hour.end - hour.start) * LOT_SHARE * self._lot(hour.start)
        last_at, measured = had[-1].granted_at, sum(test.measured for test in had)
        if self._is_tried_again(hour):
            wait_s = RETRY_FIRST_S * 2 ** (len(had) - 1) * (1 + RETRY_SPREAD * self._lot(last_at))
            return min(last_at + timedelta(seconds=wait_s), hour.end)
        if measured and len(had) < self._rules.tests_per_hour and self._lags(hour):
            return last_at + timedelta(hours=1) / self._rules.tests_per_hour / 2
        return hour.end

    def _is_tried_again(self, hour: TimeSpan) -> bool:
        """Whether the hour's tests have all failed, and it may have one more for that."""
        had = self._had(hour)
        return 0 < len(had) < TRIES_PER_HOUR and not any(test.measured for test in had)

    def _had(self, hour: TimeSpan) -> Sequence[LineTest]:
        begins, ends = (bisect_left(self._use.tests, moment, key=_granted_at) for moment in hour)
        return self._use.tests[begins:ends]

    def _lags(self, hour: TimeSpan) -> bool:
        """Whether another hour of the week has been tested more often."""
        return self._per_hour[_hour_of_week(hour.start)] < max(self._per_hour.values(), default=0)

    @cached_property
    def _per_hour(self) -> Counter[tuple[int, int]]:
        """How often each hour of the week was tested. Few decisions need it, and it is most of the work."""
        return Counter(_hour_of_week(test.granted_at) for test in self._use.tests if test.measured)

    def _free(self) -> Iterator[TimeSpan]:
        for hour in self._ahead():
            start = self._after_blocked(max(self._now, self._due_at(hour)))
            if start < hour.end:
                yield TimeSpan(start, hour.end)

    def _ahead(self) -> Iterator[TimeSpan]:
        for offset in range(_LOOK_AHEAD_DAYS):
            hours = self._hours_on(self._today + timedelta(days=offset))
            yield from (hour for hour in hours if hour.end > self._now)

    def _hours_on(self, day: date) -> list[TimeSpan]:
        """The hours of that day that get a test."""
        lessons = _hours(day, self._rules.school_day)
        beyond = [hour for hour in self._hours_of_sittings(day) if not any(hour.overlaps(one) for one in lessons)]
        return sorted({*lessons, *beyond}) if beyond else lessons

    def _hours_of_sittings(self, day: date) -> Iterator[TimeSpan]:
        """The clock hours of sittings to come, on that day: on weekdays, or on the same day of a weekend."""
        for begins_at, ends_at in self._to_come:
            weekday = begins_at.weekday()
            if weekday == day.weekday() or max(weekday, day.weekday()) < SATURDAY:
                count = math.ceil((ends_at - begins_at.replace(minute=0, second=0, microsecond=0)) / _HOUR)
                for days, hour in (divmod(begins_at.hour + one, 24) for one in range(count)):
                    start = local_moment(day + timedelta(days=days), time(hour))
                    yield TimeSpan(start, start + _HOUR)

    @cached_property
    def _to_come(self) -> list[tuple[datetime, datetime]]:
        """From when until when each goes on, by the local clock."""
        found = []
        for one in self._all:
            if one.starts_at is not None and not one.held and self._now < one.starts_at < self._now + SITTING_AHEAD:
                begins_at = one.starts_at.astimezone(SCHOOL_TIME)
                found.append((begins_at, begins_at + timedelta(minutes=one.minutes)))
        return found

    def _after_blocked(self, moment: datetime) -> datetime:
        """The first moment from then on at which a whole lease fits."""
        for span in self._blocked:
            if span.overlaps(TimeSpan(moment, moment + self._length)):
                moment = span.end
        return moment

    @cached_property
    def _blocked(self) -> list[TimeSpan]:
        return sorted([*self._sittings, *self._quiet])

    def _lot(self, begins: datetime) -> float:
        """From 0 to below 1; the same for everybody who draws it for this school and hour."""
        drawn = blake2b(f"{self._use.school} {begins.timestamp():.0f}".encode(), digest_size=8).digest()
        return int.from_bytes(drawn) / 2**64


@lru_cache(maxsize=1024)
def _hours(day: date, school_day: Hours) -> list[TimeSpan]:
    """The clock hours of a school day, as far as they belong to it, in order; none at weekends."""
    if day.weekday() >= SATURDAY:
        return []
    begins, ends = (local_moment(day, at) for at in (school_day.begins_at, school_day.until))
    hours = []
    while begins < ends:
        hours.append(TimeSpan(begins, min(_next_full_hour(begins), ends)))
        begins = hours[-1].end
    return hours


def _granted_at(test: LineTest) -> datetime:
    return test.granted_at


def _next_full_hour(moment: datetime) -> datetime:
    """In UTC and in Sweden alike."""
    return moment.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


def _hour_of_week(moment: datetime) -> tuple[int, int]:
    return _hour_of_week_after(moment.timestamp() // 3_600)


@lru_cache(maxsize=4096)
def _hour_of_week_after(hours: float) -> tuple[int, int]:
    """Of the hour that begins so many hours after 1970 began. Remembered: four weeks of hours are the same for all
    schools, and a time zone is slow to ask.
    """
    local = datetime.fromtimestamp(hours * 3_600, SCHOOL_TIME)
    return local.weekday(), local.hour
