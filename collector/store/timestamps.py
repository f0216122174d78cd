"""Times as the database keeps them: whole microseconds since 1970 (UTC), and days as whole days since 1970 (UTC).

Integers are exact, small and the same in every database, which date columns are not.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

Microseconds = int
DayNumber = int

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ONE_SECOND: Microseconds = 1_000_000
ONE_MINUTE: Microseconds = 60 * ONE_SECOND
ONE_HOUR: Microseconds = 3_600 * ONE_SECOND
ONE_DAY: Microseconds = 86_400 * ONE_SECOND
_MICROSECOND = timedelta(microseconds=1)


def microseconds(moment: datetime) -> Microseconds:
    """The aware `moment` as microseconds since 1970."""
    return (moment - EPOCH) // _MICROSECOND


def moment(at: Microseconds) -> datetime:
    """The aware UTC time of `at`."""
    return EPOCH + timedelta(microseconds=at)


def optional_moment(at: Microseconds | None) -> datetime | None:
    """As `moment`, for what may never have happened."""
    return None if at is None else moment(at)


def day_of(at: Microseconds) -> DayNumber:
    """The UTC day that `at` falls on."""
    return at // ONE_DAY
