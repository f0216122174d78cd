"""Ways in which a line is not always as fast as it is."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from tests.truth.worlds.days import local
from tests.truth.worlds.line import Factor

ANY_HOUR, ANY_DAY = range(24), range(7)


def slow_in(share: float, *, hours: Collection[int] = ANY_HOUR, weekdays: Collection[int] = ANY_DAY) -> Factor:
    """Only that share of the line in these clock hours of these weekdays (Monday is 0)."""

    def factor(moment: datetime) -> float:
        clock = local(moment)
        return share if clock.hour in hours and clock.weekday() in weekdays else 1.0

    return factor


def slow_since(share: float, since: datetime) -> Factor:
    """Only that share of the line from then on."""
    return lambda moment: share if moment >= since else 1.0


def drifting(since: datetime, per_day: float) -> Factor:
    """From then on a little less, or more, of the line every day; never less than a twentieth."""

    def factor(moment: datetime) -> float:
        days = max(0.0, (moment - since).total_seconds() / 86_400)
        return max(0.05, 1.0 + per_day * days)

    return factor
