"""Days on which Swedish schools teach, as far as that can be told without their own calendars."""

from __future__ import annotations

from collections.abc import Iterable
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
    """Whether schools may teach on that day. Breaks that each municipality sets itself (in February and in the autumn)
    are not known, so some days count that were none.
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


def school_days_between(earlier: datetime, later: datetime, breaks: Iterable[Break] = (), school: str = "") -> float:
    """How much teaching lies between the two, in school days of as many hours as lessons go on: a weekend is none, nor
    is a day of the school's `breaks`.
    """
    own = [one for one in breaks if not one.schools or school in one.schools]
    day, last = earlier.astimezone(SCHOOL_TIME).date(), later.astimezone(SCHOOL_TIME).date()
    passed = timedelta(0)
    while day <= last:
        if is_school_day(day) and not any(one.holds(school, day) for one in own):
            begins_at, ends_at = _lessons(day)
            passed += max(timedelta(0), min(later, ends_at) - max(earlier, begins_at))
        day += timedelta(days=1)
    return passed / timedelta(hours=len(LESSON_HOURS))


def _lessons(day: date) -> tuple[datetime, datetime]:
    first, last = (datetime.combine(day, time(hour), tzinfo=SCHOOL_TIME) for hour in LESSON_ENDS)
    return first, last
