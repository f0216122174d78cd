"""Public holidays and eves, those that move among them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.readiness.domain.holidays import eve, named_days, public_holiday


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 1, 1), "new_years_day"),
        (date(2026, 1, 6), "epiphany"),
        (date(2026, 4, 3), "good_friday"),
        (date(2026, 4, 5), "easter_sunday"),
        (date(2026, 4, 6), "easter_monday"),
        (date(2026, 5, 1), "may_day"),
        (date(2026, 5, 14), "ascension_day"),
        (date(2026, 5, 24), "whit_sunday"),
        (date(2026, 6, 6), "national_day"),
        (date(2026, 6, 20), "midsummer_day"),
        (date(2027, 6, 26), "midsummer_day"),
        (date(2026, 10, 31), "all_saints_day"),
        (date(2027, 11, 6), "all_saints_day"),
        (date(2026, 12, 25), "christmas_day"),
        (date(2026, 12, 26), "boxing_day"),
        (date(2027, 3, 26), "good_friday"),
        (date(2008, 5, 1), "ascension_day"),
    ],
    ids=str,
)
def test_a_public_holiday(day: date, name: str) -> None:
    """Of 2026 all; those that move, at both ends of where they move; in 2008 two fell on one day."""
    assert public_holiday(day) == name
    assert eve(day) is None


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 1, 5), "epiphany_eve"),
        (date(2026, 4, 2), "maundy_thursday"),
        (date(2026, 4, 4), "easter_saturday"),
        (date(2026, 4, 30), "walpurgis_eve"),
        (date(2026, 5, 23), "whit_saturday"),
        (date(2026, 6, 19), "midsummer_eve"),
        (date(2027, 6, 25), "midsummer_eve"),
        (date(2026, 10, 30), "all_saints_eve"),
        (date(2026, 12, 24), "christmas_eve"),
        (date(2026, 12, 31), "new_years_eve"),
    ],
    ids=str,
)
def test_an_eve(day: date, name: str) -> None:
    assert eve(day) == name
    assert public_holiday(day) is None


@given(st.integers(1990, 2100))
def test_every_year_has_its_thirteen_holidays(year: int) -> None:
    """Twelve where two fall on one day; the movable ones on their weekdays."""
    days = named_days(year)
    weekday = {name: day.weekday() for day, name in days.holidays.items()}
    assert 12 <= len(days.holidays) <= 13
    assert weekday["midsummer_day"] == weekday["all_saints_day"] == 5
    assert weekday.get("ascension_day", 3) == 3
    assert not days.holidays.keys() & days.eves.keys()
    autumn = (date(year, 9, 1) + timedelta(days=ahead) for ahead in range(59))
    assert not any(public_holiday(one) or eve(one) for one in autumn)
