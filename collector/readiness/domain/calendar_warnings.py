"""What is odd about a sitting's day and hour, told and not refused: a Sunday may be meant. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta

from collector.readiness.domain.breaks import Break
from collector.readiness.domain.holidays import eve, public_holiday
from collector.readiness.domain.model import Sitting, Text
from collector.readiness.domain.school_days import LESSON_ENDS, SCHOOL_TIME, is_between_terms
from collector.readiness.domain.sittings import ends_at, starts_at

WEEKEND = {5: "saturday", 6: "sunday"}
_MINUTE = timedelta(minutes=1)


def calendar_warnings(sitting: Sitting, now: datetime, breaks: Sequence[Break] = ()) -> list[Text]:
    """A sentence for each thing that is odd about when it is held. Whether it lies ahead is seen from `now`.

    Raises ValueError where the sitting has neither a date nor a standing rule.
    """
    begins_at, over_at = (when(sitting, now, breaks).astimezone(SCHOOL_TIME) for when in (starts_at, ends_at))
    days = _days(begins_at, over_at)
    of_day = [Text(f"calendar_{name}") for day in days for name in _names(day)]
    of_break = [
        Text("calendar_break", {"name": one.name})
        for one in breaks
        if any(one.holds(sitting.school, day) for day in days)
    ]
    between = [] if of_day or of_break or not any(map(is_between_terms, days)) else [Text("calendar_between_terms")]
    return [*_passed(sitting, begins_at, over_at, now), *of_day, *of_break, *between, *_unmeasured(begins_at, over_at)]


def _days(begins_at: datetime, over_at: datetime) -> Sequence[date]:
    """The days that it touches: two if it goes past midnight."""
    return sorted({begins_at.date(), (over_at - _MINUTE).date()})


def _names(day: date) -> Iterator[str]:
    """What the day is called, the most telling name only: that Easter Sunday is a Sunday tells nothing more."""
    name = public_holiday(day) or eve(day) or WEEKEND.get(day.weekday())
    if name is not None:
        yield name


def _passed(sitting: Sitting, begins_at: datetime, over_at: datetime, now: datetime) -> Iterator[Text]:
    if sitting.held and begins_at > now:
        yield Text("calendar_held_ahead")
    elif not sitting.held and over_at <= now:
        yield Text("calendar_over")


def _unmeasured(begins_at: datetime, over_at: datetime) -> Iterator[Text]:
    """Lines are judged by runs in lessons: of other hours, and of weekends, these tell nothing."""
    first, last = (time(hour) for hour in LESSON_ENDS)
    outside = begins_at.time() < first or over_at.time() > last or begins_at.date() != over_at.date()
    if outside or begins_at.weekday() in WEEKEND:
        yield Text("calendar_unmeasured")
