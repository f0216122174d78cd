"""What is odd about a sitting's day and hour."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest

from collector.i18n.messages import LANGUAGES, Language, render, sentences
from collector.readiness.domain.breaks import Break
from collector.readiness.domain.calendar_warnings import WEEKEND, calendar_warnings
from collector.readiness.domain.holidays import named_days
from tests.unit.collector.readiness.cases import sitting, standing

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
STOCKHOLM = ZoneInfo("Europe/Stockholm")
SPORTLOV = Break("Sportlov", date(2027, 2, 22), date(2027, 2, 26))


def codes(at: str, *breaks: Break, minutes: int = 60, held: bool = False) -> list[str]:
    """What is told of a sitting at that time on a Swedish wall clock."""
    starts_at = datetime.fromisoformat(at).replace(tzinfo=STOCKHOLM)
    dated = msgspec.structs.replace(sitting(), starts_at=starts_at, minutes=minutes, held=held)
    return [one.code.removeprefix("calendar_") for one in calendar_warnings(dated, NOW, breaks)]


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2027-04-14 09:00", []),
        ("2027-04-17 09:00", ["saturday", "unmeasured"]),
        ("2027-04-18 09:00", ["sunday", "unmeasured"]),
        ("2026-12-24 09:00", ["christmas_eve"]),
        ("2027-05-06 09:00", ["ascension_day"]),
        ("2027-03-28 09:00", ["easter_sunday", "unmeasured"]),
        ("2027-06-25 09:00", ["midsummer_eve"]),
        ("2027-11-06 09:00", ["all_saints_day", "unmeasured"]),
        ("2027-07-06 09:00", ["between_terms"]),
        ("2027-02-24 09:00", ["break"]),
        ("2027-02-27 09:00", ["saturday", "unmeasured"]),
        ("2026-11-20 09:00", ["over"]),
        ("2026-11-15 09:00", ["over", "sunday", "unmeasured"]),
    ],
)
def test_an_odd_day(at: str, expected: list[str]) -> None:
    """One name a day, the most telling one; a break with the authority's own name for it."""
    assert codes(at, SPORTLOV) == expected


@pytest.mark.parametrize(
    ("at", "minutes", "outside"),
    [
        ("2027-04-14 08:00", 60, False),
        ("2027-04-14 07:59", 60, True),
        ("2027-04-14 15:00", 60, False),
        ("2027-04-14 15:00", 61, True),
        ("2027-04-14 22:30", 90, True),
        ("2027-04-14 23:30", 90, True),
    ],
)
def test_outside_the_hours_in_which_lines_are_measured(at: str, minutes: int, *, outside: bool) -> None:
    assert codes(at, minutes=minutes) == (["unmeasured"] if outside else [])


def test_a_sitting_past_midnight_touches_both_days() -> None:
    """The whole of it, but not a day that it ends at the first minute of."""
    assert codes("2027-04-16 23:30", minutes=60) == ["saturday", "unmeasured"]
    assert codes("2027-04-16 23:00", minutes=60) == ["unmeasured"]


def test_a_break_of_other_schools_is_none() -> None:
    """Schools of one authority may have breaks of their own."""
    assert codes("2027-02-24 09:00", msgspec.structs.replace(SPORTLOV, schools=["99999999"])) == []
    assert codes("2027-02-24 09:00", msgspec.structs.replace(SPORTLOV, schools=[sitting().school])) == ["break"]


def test_what_was_held_lies_behind() -> None:
    assert codes("2026-11-20 09:00", held=True) == []
    assert codes("2027-04-14 09:00", held=True) == ["held_ahead"]


def test_a_sitting_that_goes_on_is_not_over() -> None:
    assert codes("2026-11-19 12:30", minutes=60) == ["over"]
    going_on = msgspec.structs.replace(sitting(), starts_at=NOW - timedelta(minutes=59))
    assert "calendar_over" not in [one.code for one in calendar_warnings(going_on, NOW)]


def test_a_standing_sitting_falls_on_no_odd_day() -> None:
    """The product chooses its day."""
    for days in range(400):
        now = NOW + timedelta(days=days)
        told = calendar_warnings(sitting(standing=standing(in_days=3)), now)
        assert {one.code for one in told} <= {
            "calendar_maundy_thursday",
            "calendar_walpurgis_eve",
            "calendar_all_saints_eve",
        }


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_day_has_its_sentence(language: Language) -> None:
    """Of every name that a day can have."""
    days = named_days(2026)
    for name in {*days.holidays.values(), *days.eves.values(), *WEEKEND.values()}:
        assert sentences(language)[f"calendar_{name}"]


def test_a_break_is_told_by_its_name() -> None:
    dated = msgspec.structs.replace(sitting(), starts_at=datetime(2027, 2, 24, 8, tzinfo=UTC))
    [told] = calendar_warnings(dated, NOW, [SPORTLOV])
    assert render(told, "sv") == "Dagen ligger i skolans lov Sportlov."
