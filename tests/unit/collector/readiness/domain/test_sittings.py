"""When sittings start: school days, clock changes and what is still to come."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.readiness.domain.breaks import Break
from collector.readiness.domain.model import Sitting
from collector.readiness.domain.school_days import SCHOOL_TIME, is_school_day
from collector.readiness.domain.sittings import starts_at, upcoming
from tests.unit.collector.readiness.cases import sitting, standing


def utc(text: str) -> datetime:
    """A UTC time written short."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "in_days", "expected"),
    [
        ("2026-11-16 08:00", 7, "2026-11-23 08:00"),
        ("2026-11-16 08:00", 1, "2026-11-17 08:00"),
        ("2026-11-16 08:00", 5, "2026-11-23 08:00"),
        ("2026-11-16 08:00", 6, "2026-11-23 08:00"),
        ("2026-11-20 08:00", 1, "2026-11-23 08:00"),
        ("2026-11-20 22:59", 3, "2026-11-23 08:00"),
        ("2026-11-20 23:00", 3, "2026-11-24 08:00"),
        ("2026-12-17 08:00", 7, "2027-01-08 08:00"),
        ("2026-05-12 08:00", 1, "2026-05-13 07:00"),
        ("2026-05-13 08:00", 1, "2026-05-15 07:00"),
    ],
)
def test_standing_sitting_is_the_first_school_day(now: str, in_days: int, expected: str) -> None:
    """At nine in Stockholm; the Swedish calendar day counts, so 23:00 UTC on Friday is Saturday.
    Nobody wants to be ready on Christmas Eve or Ascension Day.
    """
    assert starts_at(sitting(standing=standing(in_days=in_days)), utc(now)) == utc(expected)


def test_a_standing_sitting_is_held_after_a_break() -> None:
    """Of its own school; another's holds nothing up."""
    autumn = date(2026, 10, 26), date(2026, 10, 30)
    for schools, expected in ([], "2026-11-02 08:00"), (["10000002"], "2026-10-26 08:00"):
        found = starts_at(
            sitting(standing=standing(in_days=1)), utc("2026-10-23 08:00"), [Break("Höstlov", *autumn, schools)]
        )
        assert found == utc(expected)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-03-27 12:00", "2026-03-30 07:00"),
        ("2026-03-26 12:00", "2026-03-27 08:00"),
        ("2026-10-23 12:00", "2026-10-26 08:00"),
        ("2026-10-22 12:00", "2026-10-23 07:00"),
    ],
)
def test_nine_is_nine_on_both_sides_of_a_clock_change(now: str, expected: str) -> None:
    """Summer time begins on 29 March 2026 and ends on 25 October."""
    start = starts_at(sitting(standing=standing(in_days=1)), utc(now))
    assert start == utc(expected)
    assert start.astimezone(SCHOOL_TIME).time() == time(9, 0)


def test_result_is_utc() -> None:
    """Whatever zone it was written in."""
    cet = timezone(timedelta(hours=1))
    dated = msgspec.structs.replace(sitting(), starts_at=datetime(2026, 11, 19, 9, tzinfo=cet))
    assert starts_at(dated, utc("2026-11-16 08:00")) == utc("2026-11-19 08:00")
    assert starts_at(dated, utc("2026-11-16 08:00")).tzinfo is UTC
    assert starts_at(sitting(standing=standing()), utc("2026-11-16 08:00")).tzinfo is UTC


def test_neither_date_nor_rule_is_refused() -> None:
    """The loader holds it; a slip is loud."""
    with pytest.raises(ValueError, match="ek-9-ma needs starts_at or standing"):
        starts_at(msgspec.structs.replace(sitting(), starts_at=None), utc("2026-11-16 08:00"))


@given(st.integers(0, 5 * 365 * 24 * 60), st.integers(1, 60), st.times())
def test_standing_is_always_a_coming_school_day(minutes: int, in_days: int, at: time) -> None:
    """At least so many calendar days ahead and at most a summer more, no school day between passed over."""
    now = utc("2025-01-01 00:00") + timedelta(minutes=minutes)
    start = starts_at(sitting(standing=standing(in_days=in_days, at=at)), now).astimezone(SCHOOL_TIME)
    days = (start.date() - now.astimezone(SCHOOL_TIME).date()).days
    assert in_days <= days <= in_days + 60
    assert is_school_day(start.date())
    assert not any(is_school_day(start.date() - timedelta(days=back)) for back in range(1, days - in_days + 1))
    assert start.replace(tzinfo=None).time() == at


def on(day: str, *, named: str = "one", held: bool = False) -> Sitting:
    """A sitting of an hour."""
    return msgspec.structs.replace(sitting(), id=named, starts_at=utc(day), held=held)


def test_upcoming_in_calendar_order() -> None:
    """One that is going on counts until it is over; one marked as held does not."""
    now = utc("2026-11-16 08:00")
    over, going_on = on("2026-11-16 07:00", named="over"), on("2026-11-16 07:01", named="going-on")
    later, soon = on("2026-12-01 08:00", named="later"), on("2026-11-17 08:00", named="soon")
    same_time, held = on("2026-11-17 08:00", named="same-time"), on("2026-11-18 08:00", named="held", held=True)
    listed = [later, same_time, over, held, soon, going_on]
    assert [one.id for one in upcoming(listed, now)] == ["going-on", "same-time", "soon", "later"]
