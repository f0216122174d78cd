"""Numbers, ages and days in words."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from agent.protocol.wire import FactValue
from collector.i18n.formatting import (
    age,
    clock_time,
    counted,
    day,
    days_ahead,
    headroom_in_words,
    local_day,
    quantity,
    told_amount,
)
from collector.readiness.domain.share_names import SHARES
from tests.support.verdicts import NOW


@pytest.mark.parametrize(
    ("headroom", "swedish", "english"),
    [
        (1.8, "Räcker 1,8 gånger", "Enough 1.8 times over"),
        (1.0, "Räcker precis", "Just enough"),
        (1.009, "Räcker precis", "Just enough"),
        (1.2999, "Räcker 1,29 gånger", "Enough 1.29 times over"),
        (1.15, "Räcker 1,15 gånger", "Enough 1.15 times over"),
        (3.46, "Räcker 3,4 gånger", "Enough 3.4 times over"),
        (35.9, "Räcker 35 gånger", "Enough 35 times over"),
        (0.6, "Saknas 40 %", "40 % is missing"),
        (0.9999, "Saknas 1 %", "1 % is missing"),
        (0.0, "Saknas 100 %", "100 % is missing"),
    ],
)
def test_headroom_never_flatters(headroom: float, swedish: str, english: str) -> None:
    """What there is is rounded down, what is missing up."""
    assert headroom_in_words(headroom, "sv") == swedish
    assert headroom_in_words(headroom, "en") == english


def test_no_headroom_is_no_words() -> None:
    """Without a number nothing is said, least of all something green."""
    assert headroom_in_words(None, "sv") is None


@pytest.mark.parametrize(
    ("passed", "swedish", "english"),
    [
        (timedelta(seconds=59), "nyss", "just now"),
        (timedelta(seconds=-300), "nyss", "just now"),
        (timedelta(minutes=3), "för 3 minuter sedan", "3 minutes ago"),
        (timedelta(hours=5), "för 5 timmar sedan", "5 hours ago"),
        (timedelta(days=12), "för 2 veckor sedan", "2 weeks ago"),
    ],
)
def test_age(passed: timedelta, swedish: str, english: str) -> None:
    """An age is told in the unit that fits; a clock ahead of ours gives no age below zero."""
    assert age(NOW - passed, NOW, "sv") == swedish
    assert age(NOW - passed, NOW, "en") == english


@pytest.mark.parametrize(
    ("days", "swedish", "english"),
    [
        (0, "idag", "today"),
        (1, "i morgon", "tomorrow"),
        (2, "om 2 dagar", "in 2 days"),
        (40, "om 40 dagar", "in 40 days"),
        (-1, "för 1 dag sedan", "1 day ago"),
    ],
)
def test_days_ahead(days: int, swedish: str, english: str) -> None:
    """Days are counted as days, however many: a planner counts down to the sitting."""
    today = date(2026, 11, 16)
    assert days_ahead(today + timedelta(days=days), today, "sv") == swedish
    assert days_ahead(today + timedelta(days=days), today, "en") == english


def test_the_day_is_the_swedish_one() -> None:
    """Half past eleven at night in UTC is the next day in Sweden."""
    late = datetime(2026, 11, 16, 23, 30, tzinfo=UTC)
    assert local_day(late) == date(2026, 11, 17)
    assert clock_time(late, "sv") == "00:30"
    assert clock_time(datetime(2026, 7, 1, 7, 0, tzinfo=UTC), "en") == "09:00"


def test_a_day_is_written_out() -> None:
    """With weekday, and with a capital as it is a heading."""
    assert day(date(2026, 11, 19), "sv") == "Torsdag 19 november 2026"
    assert day(date(2026, 11, 19), "en") == "Thursday 19 November 2026"


@pytest.mark.parametrize(
    ("value", "unit", "swedish", "english"),
    [
        (46.84, "Mbit/s", "46,8\u00a0Mbit/s", "46.8\u00a0Mbit/s"),
        (0.055, "Mbit/s", "0,06\u00a0Mbit/s", "0.06\u00a0Mbit/s"),
        (1200, "devices", "1\u00a0200\u00a0enheter", "1,200\u00a0devices"),
        (-67, "dBm", "-67\u00a0dBm", "-67\u00a0dBm"),
        ("126.0.1", "", "126.0.1", "126.0.1"),
        (0.05, "ratio", "0,05", "0.05"),
        (True, "", "ja", "yes"),
        (False, "", "nej", "no"),
        (None, "Mbit/s", "okänt", "unknown"),
    ],
)
def test_quantity(value: FactValue, unit: str, swedish: str, english: str) -> None:
    """A fact is written with its unit, as each language writes it; nothing known is said in words."""
    assert quantity(value, unit, "sv").replace("\u2212", "-") == swedish
    assert quantity(value, unit, "en") == english


@pytest.mark.parametrize(
    ("value", "unit", "told"),
    [(0.95, "ratio", "95 %"), (0.0001, "ratio", "0,01 %"), (1.0, "ratio", "100 %"), (46.84, "Mbit/s", "46,8 Mbit/s")],
)
def test_a_share_is_told_in_percent(value: float, unit: str, told: str) -> None:
    """A reader takes 0.95 for a headroom that is too small."""
    assert told_amount(value, unit, "sv") == told.replace(" ", "\u00a0")


def test_a_share_says_of_what() -> None:
    """In both languages, for everything that shares are of."""
    for name in sorted(set(SHARES.values())):
        assert told_amount(0.9, "ratio", "sv", name).startswith("90\u00a0% av ")
        assert told_amount(0.9, "ratio", "en", name).startswith("90\u00a0% of the ")
    assert told_amount(0.9, "ratio", "sv", "machines_that_tried") == "90\u00a0% av datorerna som har prövat"


def test_one_and_many() -> None:
    """One pupil is one pupil."""
    assert counted("sv", "page_who", 1, grade="9") == "Årskurs 9, 1 elev"
    assert counted("en", "page_who", 2, grade="9") == "Year 9, 2 pupils"
    assert counted("en", "page_sittings", 0) == "0 sittings"
