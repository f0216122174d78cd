"""When a sitting is so near that its warnings are due: pure, in local calendar days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from collector.readiness.domain.model import Sitting
from collector.readiness.domain.school_days import SCHOOL_TIME


def stage_of(sitting: Sitting, starts_at: datetime, now: datetime, days_before: Sequence[int]) -> int | None:
    """The stage in force: the smallest of `days_before` that is not passed yet; None before the first.

    A standing sitting is always as far ahead as it says, so its stage never moves with weekends.
    """
    if sitting.standing is not None:
        days_left = sitting.standing.in_days
    else:
        days_left = (starts_at.astimezone(SCHOOL_TIME).date() - now.astimezone(SCHOOL_TIME).date()).days
    return min((stage for stage in days_before if stage >= days_left), default=None)


def is_over(sitting: Sitting, now: datetime, starts_at: datetime | None) -> bool:
    """Whether the sitting is held, or has ended by the clock. One without a date of its own never ends by itself."""
    if sitting.held:
        return True
    if sitting.standing is not None or starts_at is None:
        return False
    return starts_at + timedelta(minutes=sitting.minutes) <= now
