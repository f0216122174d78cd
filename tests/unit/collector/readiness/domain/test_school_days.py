"""Which days schools teach on."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.readiness.domain.breaks import Break
from collector.readiness.domain.holidays import easter
from collector.readiness.domain.school_days import SchoolDays, in_lessons, is_school_day, school_days_of


@pytest.mark.parametrize(
    ("year", "month", "day"),
    [(1954, 4, 18), (1981, 4, 19), (2000, 4, 23), (2024, 3, 31), (2025, 4, 20), (2026, 4, 5), (2027, 3, 28),
     (2038, 4, 25), (2049, 4, 18), (2076, 4, 19)],
)  # fmt: skip
def test_easter(year: int, month: int, day: int) -> None:
    """The years in which a simpler rule goes wrong among them."""
    assert easter(year) == date(year, month, day)


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 11, 21),
        date(2026, 11, 22),
        date(2026, 4, 3),
        date(2026, 4, 6),
        date(2026, 5, 14),
        date(2026, 5, 1),
        date(2025, 6, 6),
        date(2026, 7, 1),
        date(2026, 8, 14),
        date(2026, 12, 21),
        date(2027, 1, 7),
    ],
    ids=str,
)
def test_no_school(day: date) -> None:
    """Weekends, public holidays, between terms."""
    assert not is_school_day(day)


@pytest.mark.parametrize(
    "day",
    [date(2026, 11, 20), date(2026, 4, 2), date(2026, 4, 7), date(2026, 6, 11), date(2026, 8, 17), date(2027, 1, 8)],
)
def test_school(day: date) -> None:
    """Also the days just beside holidays."""
    assert is_school_day(day)


@given(st.dates(date(2024, 1, 1), date(2060, 12, 31)))
def test_easter_is_a_sunday_in_spring_and_weekends_are_free(day: date) -> None:
    found = easter(day.year)
    assert found.weekday() == 6
    assert date(day.year, 3, 22) <= found <= date(day.year, 4, 25)
    assert not (is_school_day(day) and day.weekday() > 4)
    assert any(is_school_day(day + timedelta(days=ahead)) for ahead in range(75))


@pytest.mark.parametrize(
    ("moment", "lessons"),
    [
        (datetime(2026, 11, 16, 7, 0, tzinfo=UTC), True),
        (datetime(2026, 11, 16, 6, 59, tzinfo=UTC), False),
        (datetime(2026, 11, 16, 14, 59, tzinfo=UTC), True),
        (datetime(2026, 11, 16, 15, 0, tzinfo=UTC), False),
        (datetime(2026, 11, 15, 11, 0, tzinfo=UTC), False),
        (datetime(2026, 6, 8, 6, 0, tzinfo=UTC), True),
        (datetime(2026, 6, 8, 5, 59, tzinfo=UTC), False),
        (datetime(2026, 7, 1, 9, 0, tzinfo=UTC), False),
        (datetime(2026, 5, 14, 9, 0, tzinfo=UTC), False),
    ],
)
def test_lessons(moment: datetime, *, lessons: bool) -> None:
    """Eight to sixteen in Sweden, summer and winter time, on school days."""
    assert in_lessons(moment) is lessons


EK, GRAN = "10000001", "10000002"
AUTUMN = [Break("Höstlov", date(2026, 10, 26), date(2026, 10, 30))]


def test_a_break_is_of_all_schools_or_of_those_that_it_names() -> None:
    """From its first day to its last; on the days around it the school teaches."""
    days = school_days_of(EK, AUTUMN)
    assert [days.holds(date(2026, 10, day)) for day in (23, 26, 30)] == [True, False, False]
    assert days.holds(date(2026, 11, 2))
    own = [Break("Höstlov", date(2026, 10, 26), date(2026, 10, 30), [EK])]
    assert (school_days_of(EK, own), school_days_of(GRAN, own)) == (days, SchoolDays())


def test_nobody_teaches_in_a_break() -> None:
    """At ten on a Wednesday of it."""
    at = datetime(2026, 10, 28, 9, tzinfo=UTC)
    assert (in_lessons(at), SchoolDays().in_lessons(at), school_days_of(EK, AUTUMN).in_lessons(at)) == (
        True,
        True,
        False,
    )


@pytest.mark.parametrize(("breaks", "passed"), [([], 6.0), (AUTUMN, 1.0)])
def test_what_passes_is_teaching(breaks: list[Break], passed: float) -> None:
    """From Friday's noon to the noon of the Monday after the next."""
    friday, monday = datetime(2026, 10, 23, 10, tzinfo=UTC), datetime(2026, 11, 2, 11, tzinfo=UTC)
    assert school_days_of(EK, breaks).between(friday, monday) == passed


def test_a_long_break_makes_nothing_new() -> None:
    """Over the autumn's week nothing grows old; behind Christmas it has, whatever school days have passed."""
    friday, monday = datetime(2026, 10, 23, 10, tzinfo=UTC), datetime(2026, 11, 2, 11, tzinfo=UTC)
    assert [school_days_of(EK, breaks).is_new(friday, monday, 2, 14) for breaks in ([], AUTUMN)] == [False, True]
    december, january = datetime(2026, 12, 18, 14, tzinfo=UTC), datetime(2027, 1, 8, 8, tzinfo=UTC)
    assert SchoolDays().between(december, january) < 2
    assert not SchoolDays().is_new(december, january, 2, 14)


DAYS = st.dates(date(2025, 1, 1), date(2028, 1, 1))


@given(DAYS, st.integers(0, 1_439), st.sets(DAYS))
def test_a_day_off_takes_no_more_than_itself_away(day: date, minute: int, off: set[date]) -> None:
    """And adds nothing."""
    begins_at = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=minute)
    ends_at = begins_at + timedelta(days=9)
    without, with_them = (
        SchoolDays().between(begins_at, ends_at),
        SchoolDays(frozenset(off)).between(begins_at, ends_at),
    )
    assert without - len(off) - 1e-9 <= with_them <= without
