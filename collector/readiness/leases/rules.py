"""What an operator says about when a line may be filled, and when by that it may not. Pure.

Times of day are on a Swedish wall clock; moments are aware.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Annotated, NamedTuple

import msgspec

from collector.readiness.domain.model import Sitting
from collector.readiness.domain.school_days import SCHOOL_TIME

SATURDAY = 5


class Hours(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From one time of day to another; past midnight where `until` is not later than `begins_at`."""

    begins_at: time
    until: time


class LeaseRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When full tests of a school's line may run: on weekdays within `school_day`, outside `quiet_hours`."""

    school_day: Hours = Hours(time(8), time(16))
    quiet_hours: list[Hours] = []
    before_sitting_minutes: Annotated[int, msgspec.Meta(ge=0, le=240)] = 15
    tests_per_hour: Annotated[int, msgspec.Meta(ge=1, le=12)] = 2


class TimeSpan(NamedTuple):
    """A stretch of time, without its end."""

    start: datetime
    end: datetime

    def overlaps(self, other: TimeSpan) -> bool:
        """Whether both have a moment in common."""
        return self.start < other.end and other.start < self.end


@lru_cache(maxsize=1024)
def local_moment(day: date, at: time) -> datetime:
    """That time of day in UTC. Where the clocks skip it in spring, the moment by the clock of before.

    Remembered: every decision of every school asks for the same few, and a time zone is slow to ask.
    """
    return datetime.combine(day, at.replace(tzinfo=None), tzinfo=SCHOOL_TIME).astimezone(UTC)


def sitting_spans(sittings: Iterable[Sitting], rules: LeaseRules) -> list[TimeSpan]:
    """When sittings need the line for themselves. One that stands without a date takes no time, nor does one held."""
    before = timedelta(minutes=rules.before_sitting_minutes)
    return [
        TimeSpan(one.starts_at - before, one.starts_at + timedelta(minutes=one.minutes))
        for one in sittings
        if one.starts_at is not None and not one.held
    ]


def quiet_spans(rules: LeaseRules, first: date, days: int) -> list[TimeSpan]:
    """The quiet hours from the evening before `first` on, for so many days."""
    return list(_quiet(rules, first, days))


def _quiet(rules: LeaseRules, first: date, days: int) -> Iterator[TimeSpan]:
    for offset in range(-1, days):
        day = first + timedelta(days=offset)
        for hours in rules.quiet_hours:
            over_midnight = hours.until <= hours.begins_at
            last = day + timedelta(days=1) if over_midnight else day
            yield TimeSpan(local_moment(day, hours.begins_at), local_moment(last, hours.until))
