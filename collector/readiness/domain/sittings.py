"""When sittings start, and which are still to come. Calendar days and clock times are Swedish; results are UTC."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from collector.readiness.domain.breaks import Break
from collector.readiness.domain.model import Sitting, Standing
from collector.readiness.domain.school_days import SCHOOL_TIME, SchoolDays, school_days_of

BETWEEN_GROUPS = timedelta(minutes=5)
"""Groups that start one after the other start so far apart: then one has loaded the test before the next begins."""


def starts_at(sitting: Sitting, now: datetime, breaks: Iterable[Break] = ()) -> datetime:
    """When it starts. A standing sitting is always ahead, so its start moves with `now`, and past the `breaks`.

    Raises ValueError where the sitting has neither a date nor a standing rule.
    """
    if sitting.starts_at is not None:
        return sitting.starts_at.astimezone(UTC)
    if sitting.standing is not None:
        return _first_school_day(sitting.standing, now, school_days_of(sitting.school, breaks))
    raise ValueError(f"sitting {sitting.id} needs starts_at or standing")


def ends_at(sitting: Sitting, now: datetime, breaks: Iterable[Break] = ()) -> datetime:
    """When it is over. Raises ValueError as `starts_at` does."""
    return starts_at(sitting, now, breaks) + timedelta(minutes=sitting.minutes)


def _first_school_day(standing: Standing, now: datetime, days: SchoolDays) -> datetime:
    """The days are counted in the calendar, not in hours, so that a clock change on the way shifts nothing."""
    day = now.astimezone(SCHOOL_TIME).date() + timedelta(days=standing.in_days)
    while not days.holds(day):
        day += timedelta(days=1)
    local = datetime.combine(day, standing.at.replace(tzinfo=None), tzinfo=SCHOOL_TIME)
    return local.astimezone(UTC)


def upcoming(sittings: Iterable[Sitting], now: datetime, breaks: Sequence[Break] = ()) -> list[Sitting]:
    """Those that are not over and not marked as held, the nearest first."""
    ahead = (one for one in sittings if not one.held and ends_at(one, now, breaks) > now)
    not_over = [(starts_at(one, now, breaks), one) for one in ahead]
    return [one for _, one in sorted(not_over, key=lambda pair: (pair[0], pair[1].id))]
