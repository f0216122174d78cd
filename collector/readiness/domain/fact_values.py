"""What a fact's value comes to. Pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from agent.protocol.wire import FactValue
from collector.readiness.domain.school_days import SCHOOL_TIME

DATE_UNIT = "date"
"""The unit of a fact that tells when something ends."""


def number_of(value: FactValue) -> float | None:
    """The value if it is a finite number (a truth value is none)."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if abs(value) < float("inf") else None


def end_of(value: FactValue) -> datetime | None:
    """When that is over which ends on a day or at a moment, as ISO 8601 writes it. A day is over when it is in Sweden;
    a moment without a time zone is none.
    """
    if not isinstance(value, str):
        return None
    try:
        return end_of_day(date.fromisoformat(value))
    except (ValueError, OverflowError):
        pass
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo is not None else None


def end_of_day(day: date) -> datetime:
    """The first moment after that day, in Sweden. Raises OverflowError for the last day that there is."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=SCHOOL_TIME).astimezone(UTC)
