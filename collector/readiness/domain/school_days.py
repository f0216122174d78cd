"""Days on which Swedish schools teach: what holds for all of them, and with it the breaks of one school."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from collector.readiness.domain.breaks import Break
from collector.readiness.domain.holidays import public_holiday

SCHOOL_TIME = ZoneInfo("Europe/Stockholm")
LESSON_HOURS = range(8, 16)
"""Hours of local time in which lessons go on."""
LESSON_ENDS = (LESSON_HOURS.start, LESSON_HOURS.stop)

_SATURDAY = 5
_SUMMER = ((6, 20), (8, 14))
_CHRISTMAS = ((12, 21), (1, 7))
"""Between terms, the first and the last day, as month and day: no school teaches then, whatever its own dates are."""


def is_school_day(day: date) -> bool:
    """Whether schools may teach on that day, whatever breaks each sets itself (in February and in the autumn):
    `SchoolDays` knows those.
    """
    return day.weekday() < _SATURDAY and public_holiday(day) is None and not is_between_terms(day)


def is_between_terms(day: date) -> bool:
    """Whether it is summer or Christmas for every school."""
    month_and_day = (day.month, day.day)
    return _SUMMER[0] <= month_and_day <= _SUMMER[1] or not _CHRISTMAS[1] < month_and_day < _CHRISTMAS[0]


def in_lessons(at: datetime) -> bool:
    """Whether lessons go on then, as far as that can be told."""
    local = at.astimezone(SCHOOL_TIME)
    return local.hour in LESSON_HOURS and is_school_day(local.date())


@dataclass(frozen=True)
class SchoolDays:
    """The days on which one school teaches: `off` are those of the breaks that its authority has written down."""

    off: frozenset[date] = frozenset()

    def holds(self, day: date) -> bool:
        """Whether the school may teach on that day."""
        return day not in self.off and is_school_day(day)

    def in_lessons(self, at: datetime) -> bool:
        """Whether lessons go on there then, as far as that can be told."""
        local = at.astimezone(SCHOOL_TIME)
        return local.hour in LESSON_HOURS and self.holds(local.date())

    def between(self, earlier: datetime, later: datetime) -> float:
        """How much teaching lies between the two, in school days of as many hours as lessons go on: a weekend is none,
        nor is a day off.
        """
        day, last = earlier.astimezone(SCHOOL_TIME).date(), later.astimezone(SCHOOL_TIME).date()
        passed = timedelta(0)
        while day <= last:
            if self.holds(day):
                begins_at, ends_at = _lessons(day)
                passed += max(timedelta(0), min(later, ends_at) - max(earlier, begins_at))
            day += timedelta(days=1)
        return passed / timedelta(hours=len(LESSON_HOURS))

    def is_new(self, at: datetime, now: datetime, school_days: float, days: float) -> bool:
        """Whether no more than so many school days have passed since, and no more than so many days of any kind: a
        break makes nothing old at once, and a long one makes nothing new.
        """
        return now - at <= timedelta(days=days) and self.between(at, now) <= school_days


def school_days_of(school: str, breaks: Iterable[Break]) -> SchoolDays:
    """Those of a school, by the breaks of all."""
    own = [one for one in breaks if not one.schools or school in one.schools]
    spans = ((one.first, (one.last - one.first).days + 1) for one in own)
    return SchoolDays(frozenset(first + timedelta(days=day) for first, count in spans for day in range(count)))


def _lessons(day: date) -> tuple[datetime, datetime]:
    first, last = (datetime.combine(day, time(hour), tzinfo=SCHOOL_TIME) for hour in LESSON_ENDS)
    return first, last
