"""School days and clock times in Sweden."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

SWEDEN = ZoneInfo("Europe/Stockholm")
LESSONS = range(8, 16)
"""Clock hours in which lessons go on."""

FIRST_MONDAYS = [date(2026, 8, 31) + timedelta(weeks=week) for week in range(9)]
"""Six weeks from each of them are free of holidays; the clocks change in some."""


def at(day: date, hour: float) -> datetime:
    """The moment in UTC at which clocks on that day show `hour`, 9.5 being half past nine."""
    local = datetime(day.year, day.month, day.day, tzinfo=SWEDEN) + timedelta(seconds=round(hour * 3600))
    return local.astimezone(UTC)


def local(moment: datetime) -> datetime:
    """What clocks show."""
    return moment.astimezone(SWEDEN)


def school_days(first: date, count: int) -> list[date]:
    """So many Mondays to Fridays from `first` on."""
    found: list[date] = []
    while len(found) < count:
        if first.weekday() < 5:
            found.append(first)
        first += timedelta(days=1)
    return found
