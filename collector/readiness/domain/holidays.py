"""Swedish public holidays and eves, computed: fixed days, and those that move with Easter or to a weekday.

They are written here and not taken from a package: the kept ones hold every country's days, for some twenty lines of
dates that an act of 1989 (lagen om allmänna helgdagar) has set, and none knows school terms.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

_FIXED_HOLIDAYS = {
    (1, 1): "new_years_day",
    (1, 6): "epiphany",
    (5, 1): "may_day",
    (6, 6): "national_day",
    (12, 25): "christmas_day",
    (12, 26): "boxing_day",
}
_HOLIDAYS_FROM_EASTER = {
    -2: "good_friday",
    0: "easter_sunday",
    1: "easter_monday",
    39: "ascension_day",
    49: "whit_sunday",
}
_FIXED_EVES = {(1, 5): "epiphany_eve", (4, 30): "walpurgis_eve", (12, 24): "christmas_eve", (12, 31): "new_years_eve"}
_EVES_FROM_EASTER = {-3: "maundy_thursday", -1: "easter_saturday", 48: "whit_saturday"}
_SATURDAY = 5


class NamedDays(NamedTuple):
    """The days of one year by name: public holidays, and the eves before them, on which much is closed as well."""

    holidays: Mapping[date, str]
    eves: Mapping[date, str]


def public_holiday(day: date) -> str | None:
    """The name in the catalogues of the public holiday that the day is, such as `midsummer_day`; None if it is none.
    Sundays are holidays by law too; those without a name are not told here.
    """
    return named_days(day.year).holidays.get(day)


def eve(day: date) -> str | None:
    """The name of the eve that the day is, such as `midsummer_eve`; None if it is none, or a public holiday itself."""
    return named_days(day.year).eves.get(day)


@lru_cache(maxsize=64)
def named_days(year: int) -> NamedDays:
    """All of one year."""
    sunday = easter(year)
    midsummer, all_saints = _saturday_from(date(year, 6, 20)), _saturday_from(date(year, 10, 31))
    holidays = _days(year, sunday, _FIXED_HOLIDAYS, _HOLIDAYS_FROM_EASTER)
    holidays |= {midsummer: "midsummer_day", all_saints: "all_saints_day"}
    eves = _days(year, sunday, _FIXED_EVES, _EVES_FROM_EASTER)
    eves |= {midsummer - timedelta(days=1): "midsummer_eve", all_saints - timedelta(days=1): "all_saints_eve"}
    only_eves = {day: name for day, name in eves.items() if day not in holidays}
    return NamedDays(MappingProxyType(holidays), MappingProxyType(only_eves))


def _days(year: int, sunday: date, fixed: Mapping[tuple[int, int], str], moving: Mapping[int, str]) -> dict[date, str]:
    found = {date(year, month, day): name for (month, day), name in fixed.items()}
    return found | {sunday + timedelta(days=after): name for after, name in moving.items()}


def _saturday_from(day: date) -> date:
    """The first Saturday from that day on."""
    return day + timedelta(days=(_SATURDAY - day.weekday()) % 7)


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar, by Gauss' rule."""
    century, of_century = divmod(year, 100)
    leaps, rest = divmod(century, 4)
    moon = (19 * (year % 19) + century - leaps - (8 * century + 13) // 25 + 15) % 30
    moon -= (moon // 28) * (1 - (29 // (moon + 1)) * ((21 - year % 19) // 11))
    weekday = (32 + 2 * rest + 2 * (of_century // 4) - moon - of_century % 4) % 7
    return date(year, 3, 22) + timedelta(days=moon + weekday)
