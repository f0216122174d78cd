"""What unquoted text means: YAML 1.1's surprises must not happen, and Swedish wall clocks become UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.configuration.scalars import (
    NoSuchLocalTimeError,
    day,
    local_moment,
    plain_value,
    time_of_day,
)
from collector.readiness.domain.school_days import SCHOOL_TIME


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("9", 9),
        ("-3", -3),
        ("1.30", 1.3),
        ("1e3", 1000.0),
        ("true", True),
        ("False", False),
        ("", None),
        ("~", None),
        ("null", None),
        # What YAML 1.1 would make of these: 750, False, 8, 1000, 31, infinity.
        ("12:30", "12:30"),
        ("no", "no"),
        ("010", "010"),
        ("1_000", "1_000"),
        ("0x1f", "0x1f"),
        (".inf", ".inf"),
        ("nan", "nan"),
        ("1,5", "1,5"),
        ("2027-04-14", "2027-04-14"),
    ],
)
def test_plain_value(written: str, meant: object) -> None:
    """The value, and its type: 1 is not True."""
    assert plain_value(written) == meant
    assert type(plain_value(written)) is type(meant)


@given(st.integers(min_value=-(10**12), max_value=10**12))
def test_every_whole_number_is_read_back(number: int) -> None:
    """Decimal digits are the number that they look like."""
    assert plain_value(str(number)) == number


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2027-04-14 09:00", datetime(2027, 4, 14, 7, 0, tzinfo=UTC)),
        ("2027-01-13T09:00", datetime(2027, 1, 13, 8, 0, tzinfo=UTC)),
        ("2027-01-13 09:00:30", datetime(2027, 1, 13, 8, 0, 30, tzinfo=UTC)),
        ("2027-04-14T09:00Z", datetime(2027, 4, 14, 9, 0, tzinfo=UTC)),
        ("2027-04-14 09:00+05:00", datetime(2027, 4, 14, 4, 0, tzinfo=UTC)),
        # Twice on the clock when summer time ends: the first is meant.
        ("2027-10-31 02:30", datetime(2027, 10, 31, 0, 30, tzinfo=UTC)),
    ],
)
def test_local_moment(written: str, moment: datetime) -> None:
    """Without an offset it is Swedish time, summer and winter."""
    assert local_moment(written) == moment
    assert local_moment(written).tzinfo is UTC


@pytest.mark.parametrize("written", ["2027-04-14", "14/4 2027", "2027-02-29 09:00", "2027-04-14 25:00", "09:00", ""])
def test_no_moment(written: str) -> None:
    """A date alone has no time of day; the rest is no date."""
    with pytest.raises(ValueError):  # noqa: PT011  - several parsers' own texts; the operator gets another
        local_moment(written)


@pytest.mark.parametrize("written", ["2027-03-28 02:00", "2027-03-28 02:59"])
def test_skipped_hour(written: str) -> None:
    """The clocks go from 02:00 to 03:00."""
    with pytest.raises(NoSuchLocalTimeError):
        local_moment(written)


@given(st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2040, 1, 1)))  # noqa: DTZ001  - a wall clock
def test_a_moment_shows_the_time_that_was_written(wall: datetime) -> None:
    """Back on a Swedish wall clock it is what the operator wrote, or it was refused."""
    wall = wall.replace(microsecond=0)
    try:
        moment = local_moment(wall.isoformat(sep=" "))
    except NoSuchLocalTimeError:
        assert (wall.month, wall.hour) == (3, 2)
        return
    assert moment.astimezone(SCHOOL_TIME).replace(tzinfo=None) == wall
    assert moment.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("written", "meant"), [("09:00", time(9)), ("9:05", time(9, 5)), ("13:45:10", time(13, 45, 10))]
)
def test_time_of_day(written: str, meant: time) -> None:
    """With or without the leading zero."""
    assert time_of_day(written) == meant


@pytest.mark.parametrize("written", ["9", "0900", "540", "25:00", "09:00Z", "9.00", "half past nine"])
def test_no_time_of_day(written: str) -> None:
    """A number of minutes or an offset is no time on the local clock."""
    with pytest.raises(ValueError):  # noqa: PT011  - several parsers' own texts; the operator gets another
        time_of_day(written)


def test_day() -> None:
    """Years first; anything else would be read differently in different countries."""
    assert day("2024-08-01") == date(2024, 8, 1)
    with pytest.raises(ValueError, match="1/8"):
        day("1/8 2024")
