"""Stages are local calendar days, and a sitting ends by the clock or by the operator's word."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from collector.readiness.alerts.stages import is_over, stage_of
from tests.support.verdicts import NOW, sitting

DAYS = (30, 14, 7, 1, 0)
START = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("days_left", "stage"),
    [(31, None), (30, 30), (15, 30), (14, 14), (8, 14), (7, 7), (2, 7), (1, 1), (0, 0)],
)
def test_the_smallest_stage_that_is_not_passed(days_left: int, stage: int | None) -> None:
    """Each stage holds until the next begins; before the first there is none."""
    assert stage_of(sitting(starts_at=START), START, START - timedelta(days=days_left), DAYS) == stage


@pytest.mark.parametrize(
    ("now", "stage"),
    [
        (datetime(2026, 11, 18, 22, 59, tzinfo=UTC), 7),  # 23:59 in Stockholm, two days before
        (datetime(2026, 11, 18, 23, 0, tzinfo=UTC), 1),  # midnight in Stockholm, the day before
        (datetime(2026, 11, 19, 23, 0, tzinfo=UTC), 0),  # midnight in Stockholm, the day itself
    ],
)
def test_a_day_begins_at_midnight_in_stockholm(now: datetime, stage: int) -> None:
    """Not at midnight UTC, and not so many times 24 hours before the start."""
    assert stage_of(sitting(starts_at=START), START, now, DAYS) == stage


def test_a_day_of_25_hours_is_one_day() -> None:
    """From before the end of summer time to after it, by the calendar."""
    start = datetime(2026, 10, 26, 8, 0, tzinfo=UTC)
    now = datetime(2026, 10, 24, 22, 30, tzinfo=UTC)  # 00:30 local on the 25th
    assert stage_of(sitting(starts_at=start), start, now, DAYS) == 1


def test_without_a_stage_for_the_day_the_last_one_holds() -> None:
    """An operator who asks for 30 and 14 hears nothing new later, and what was said stands."""
    assert stage_of(sitting(starts_at=START), START, START, (30, 14)) == 14


def test_a_standing_sitting_stays_at_its_stage() -> None:
    """It is always seven days ahead, also in a week where a weekend makes it nine."""
    standing = sitting(standing=True)
    starts = [NOW + timedelta(days=days) for days in (7, 8, 9)]
    assert {stage_of(standing, start, NOW, DAYS) for start in starts} == {7}


def test_over_when_its_minutes_have_passed() -> None:
    """It counts until it ends, not until it starts."""
    one = sitting(starts_at=START)
    assert not is_over(one, START + timedelta(minutes=59), START)
    assert is_over(one, START + timedelta(minutes=60), START)


def test_over_when_the_operator_says_held() -> None:
    """Whatever the clock says."""
    assert is_over(msgspec.structs.replace(sitting(starts_at=START), held=True), NOW, START)


def test_a_standing_sitting_is_never_over() -> None:
    """There is always a next one."""
    assert not is_over(sitting(standing=True), NOW + timedelta(days=400), NOW)
