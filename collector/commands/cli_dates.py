"""Times as people write them on a command line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from collector.readiness.domain.school_days import SCHOOL_TIME


def as_moment(text: str) -> datetime:
    """`2026-11-21` (to the end of that day) or `2026-11-21T08:30`, in Swedish time unless it carries a zone."""
    when = datetime.fromisoformat(text)
    if len(text) == len("2026-11-21"):
        when = when.replace(tzinfo=SCHOOL_TIME) + timedelta(days=1, microseconds=-1)
    return (when if when.tzinfo else when.replace(tzinfo=SCHOOL_TIME)).astimezone(UTC)
