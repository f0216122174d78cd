"""Decides whether a device may fill its school's line now, and when else to ask again. Pure: time and chance are given.

Each hour of the school day gets one test, at a moment of that hour drawn by lot anew for each school and day. So
the work is shared by however many devices ask, and no hour is missed. An hour of the week that was tested more seldom
in the last four weeks than the best tested one may have more within the hour, up to `tests_per_hour`.

Only a test that gave a number counts. One that gave none is tried again within its hour, by whoever asks, after a pause
that doubles and differs from school to school, `TRIES_PER_HOUR` times in all.

A school that was hardly tested in that time gets its first few at once, whatever the hour: a line that nobody knows is
worse than a test in the evening, and a first try may fail. Only a sitting, and a test under way, come before it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from hashlib import blake2b
from typing import Literal, NamedTuple

import msgspec

from collector.readiness.domain.model import Sitting
from collector.readiness.domain.school_days import SCHOOL_TIME
from collector.readiness.leases.rules import (
    SATURDAY,
    LeaseRules,
    Span,
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


class _Hour(NamedTuple):
    """One clock hour of one school day, as far as it belongs to the school day."""

    span: Span
    opens_at: datetime


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
        self._sittings = sitting_spans(sittings, rules)
        self._quiet = quiet_spans(rules, self._today, _LOOK_AHEAD_DAYS)
        self._by_hour: dict[datetime, list[LineTest]] = {}
        for test in use.tests:
            self._by_hour.setdefault(_full_hour(test.granted_at), []).append(test)
        self._per_hour = Counter(_hour_of_week(test.granted_at) for test in use.tests if test.measured)

    def hindrance(self) -> Refusal | None:
        """Why a test may not begin now, if anything speaks against it."""
        test = Span(self._now, self._now + self._length)
        if any(span.overlaps(test) for span in self._sittings):
            return "sitting_in_progress"
        if len(self._use.tests) < FIRST_TESTS:
            return None
        if any(span.overlaps(test) for span in self._quiet):
            return "quiet_hours"
        today = self._hours(self._today)
        hour = next((hour for hour in today if hour.span.start <= self._now < hour.span.end), None)
        if hour is None:
            return "outside_school_day"
        due_at = self._due_at(hour)
        if due_at <= self._now:
            return None
        return "tried_lately" if self._is_tried_again(hour) and due_at < hour.span.end else "enough_for_now"

    def refused(self, code: Refusal, chance: float) -> Refused:
        """A refusal that leads somewhere into the next stretch of time in which a test is due."""
        longest_s = RETRY_LONGEST_S * (1 + chance) / 2
        free = next(self._free(), None)
        if free is None:
            return Refused(code, math.ceil(longest_s))
        wait_s = (free.start - self._now).total_seconds() + chance * (free.end - free.start).total_seconds()
        return Refused(code, max(1, math.ceil(min(wait_s, longest_s))))

    def _due_at(self, hour: _Hour) -> datetime:
        """When the next test of this hour is due; the hour's end if it has had enough."""
        had = self._had(hour)
        if not had:
            return hour.opens_at
        last_at, measured = had[-1].granted_at, sum(test.measured for test in had)
        if self._is_tried_again(hour):
            wait_s = RETRY_FIRST_S * 2 ** (len(had) - 1) * (1 + RETRY_SPREAD * self._lot(last_at))
            return min(last_at + timedelta(seconds=wait_s), hour.span.end)
        lags = self._per_hour[_hour_of_week(hour.span.start)] < self._most_tested()
        if measured and lags and len(had) < self._rules.tests_per_hour:
            return last_at + timedelta(hours=1) / self._rules.tests_per_hour / 2
        return hour.span.end

    def _is_tried_again(self, hour: _Hour) -> bool:
        """Whether the hour's tests have all failed, and it may have one more for that."""
        had = self._had(hour)
        return 0 < len(had) < TRIES_PER_HOUR and not any(test.measured for test in had)

    def _had(self, hour: _Hour) -> list[LineTest]:
        in_clock_hour = self._by_hour.get(_full_hour(hour.span.start), [])
        return [test for test in in_clock_hour if hour.span.start <= test.granted_at < hour.span.end]

    def _free(self) -> Iterator[Span]:
        for offset in range(_LOOK_AHEAD_DAYS):
            for hour in self._hours(self._today + timedelta(days=offset)):
                start = self._after_blocked(max(self._now, self._due_at(hour)))
                if start < hour.span.end:
                    yield Span(start, hour.span.end)

    def _after_blocked(self, moment: datetime) -> datetime:
        """The first moment from then on at which a whole lease fits."""
        for span in sorted([*self._sittings, *self._quiet]):
            if span.overlaps(Span(moment, moment + self._length)):
                moment = span.end
        return moment

    def _hours(self, day: date) -> list[_Hour]:
        """The hours of a school day, in order; none at weekends."""
        if day.weekday() >= SATURDAY:
            return []
        begins, ends = (
            local_moment(day, at) for at in (self._rules.school_day.begins_at, self._rules.school_day.until)
        )
        hours = []
        while begins < ends:
            until = min(_next_full_hour(begins), ends)
            hours.append(_Hour(Span(begins, until), begins + (until - begins) * LOT_SHARE * self._lot(begins)))
            begins = until
        return hours

    def _lot(self, begins: datetime) -> float:
        """From 0 to below 1; the same for everybody who draws it for this school and hour."""
        drawn = blake2b(f"{self._use.school} {begins.timestamp():.0f}".encode(), digest_size=8).digest()
        return int.from_bytes(drawn) / 2**64

    def _most_tested(self) -> int:
        return max(self._per_hour.values(), default=0)


def _full_hour(moment: datetime) -> datetime:
    """When its hour began, in UTC and in Sweden alike."""
    return moment.replace(minute=0, second=0, microsecond=0)


def _next_full_hour(moment: datetime) -> datetime:
    return _full_hour(moment) + timedelta(hours=1)


def _hour_of_week(moment: datetime) -> tuple[int, int]:
    local = moment.astimezone(SCHOOL_TIME)
    return local.weekday(), local.hour
