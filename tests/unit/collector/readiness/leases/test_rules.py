"""When by an operator's words a line may not be filled."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from collector.readiness.domain.model import Sitting, Standing
from collector.readiness.leases.rules import Hours, LeaseRules, TimeSpan, local_moment, quiet_spans, sitting_spans

DAY = date(2027, 3, 3)


def sitting(**fields: object) -> Sitting:
    """An hour's test that starts at noon UTC unless told otherwise."""
    values = {"starts_at": datetime(2027, 3, 3, 12, tzinfo=UTC), **fields}
    return Sitting("s", "99000001", "Engelska", "6", 20, ["A1"], **values)  # type: ignore[arg-type]  # any field


@pytest.mark.parametrize(
    ("first", "second", "overlap"),
    [((0, 2), (1, 3), True), ((1, 3), (0, 2), True), ((0, 1), (1, 2), False), ((0, 9), (3, 4), True)],
)
def test_spans_overlap_where_they_share_a_moment(
    first: tuple[int, int], second: tuple[int, int], overlap: bool
) -> None:
    """The end does not belong to a span."""
    spans = [
        TimeSpan(*(datetime(2027, 3, 3, tzinfo=UTC) + timedelta(hours=h) for h in pair)) for pair in (first, second)
    ]
    assert spans[0].overlaps(spans[1]) is overlap


def test_a_sitting_has_the_line_from_some_minutes_before_until_its_end() -> None:
    """By the setting."""
    (span,) = sitting_spans([sitting(minutes=90)], LeaseRules(before_sitting_minutes=20))
    assert span == (datetime(2027, 3, 3, 11, 40, tzinfo=UTC), datetime(2027, 3, 3, 13, 30, tzinfo=UTC))


def test_a_sitting_without_a_real_time_takes_none() -> None:
    """A standing one is always ahead, and one that was held is over."""
    standing = sitting(starts_at=None, standing=Standing(in_days=1, at=time(9)))
    assert sitting_spans([standing, sitting(held=True)], LeaseRules()) == []


def test_quiet_hours_come_every_day_and_may_pass_midnight() -> None:
    """Those that began the evening before still hold in the morning. Swedish time is an hour ahead in winter."""
    rules = LeaseRules(quiet_hours=[Hours(time(22), time(6)), Hours(time(11), time(12))])
    spans = quiet_spans(rules, DAY, 1)
    assert TimeSpan(datetime(2027, 3, 2, 21, tzinfo=UTC), datetime(2027, 3, 3, 5, tzinfo=UTC)) in spans
    assert TimeSpan(datetime(2027, 3, 3, 10, tzinfo=UTC), datetime(2027, 3, 3, 11, tzinfo=UTC)) in spans
    assert len(spans) == 4


def test_local_moments_follow_summer_time() -> None:
    """Eight o'clock is eight o'clock."""
    assert local_moment(date(2027, 1, 11), time(8)) == datetime(2027, 1, 11, 7, tzinfo=UTC)
    assert local_moment(date(2027, 6, 14), time(8)) == datetime(2027, 6, 14, 6, tzinfo=UTC)
