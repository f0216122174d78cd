"""Values in words: headroom, age, days ahead, a fact with its unit. Sentences come from the catalogues."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta

from babel.dates import format_date, format_time, format_timedelta

from agent.protocol.plurals import in_number
from agent.protocol.wire import FactValue
from collector.i18n.messages import Language, number, render, sentences
from collector.readiness.domain.fact_values import DATE_UNIT
from collector.readiness.domain.model import Text
from collector.readiness.domain.school_days import SCHOOL_TIME

JUST_NOW = timedelta(minutes=1)
SHARE = "ratio"
BARE = {"", SHARE}
"""Units that are not written: a share or a factor is a number by itself."""


def phrase(language: Language, code: str, **values: str | float | datetime) -> str:
    """The sentence `code` with `values` put in."""
    return render(Text(code, values), language)


def counted(language: Language, code: str, count: int, **values: str | float | datetime) -> str:
    """The sentence `code_one` or `code_many`, as the language counts."""
    return phrase(language, f"{code}_one" if count == 1 else f"{code}_many", count=count, **values)


def headroom_in_words(headroom: float | None, language: Language) -> str | None:
    """'Räcker 1,8 gånger' or 'Saknas 40 %'; None when there is no number to speak of.

    Rounded so that it never flatters: down what there is, up what is missing.
    """
    if headroom is None:
        return None
    if headroom >= 1:
        digits = 2 if headroom < 2 else 1 if headroom < 10 else 0
        factor = 10**digits
        times = math.floor(round(headroom * factor, 6)) / factor
        if times == 1:
            return phrase(language, "page_headroom_just")
        return phrase(language, "page_headroom_enough", times=number(times, language, digits))
    missing = math.ceil(round((1 - headroom) * 100, 6))
    return phrase(language, "page_headroom_missing", percent=missing)


def age(at: datetime, now: datetime, language: Language) -> str:
    """'för 3 minuter sedan'. A time ahead of `now` (a clock that is off) counts as just now."""
    passed = now - at
    if passed < JUST_NOW:
        return phrase(language, "page_just_now")
    return format_timedelta(-passed, add_direction=True, locale=language)


def days_ahead(day: date, today: date, language: Language) -> str:
    """'idag', 'i morgon', 'om 12 dagar'; a day that has passed is 'för 2 dagar sedan'."""
    days = (day - today).days
    if days in {0, 1}:
        return phrase(language, "page_tomorrow" if days else "page_today")
    return format_timedelta(timedelta(days=days), granularity="day", threshold=1e9, add_direction=True, locale=language)


def local_day(at: datetime) -> date:
    """The date on which `at` falls in Sweden."""
    return at.astimezone(SCHOOL_TIME).date()


def day(value: date, language: Language) -> str:
    """'Torsdag 19 november 2026'."""
    written = format_date(value, "EEEE d MMMM yyyy", locale=language)
    return written[0].upper() + written[1:]


def short_day(value: date, language: Language) -> str:
    """'19 nov. 2026'."""
    return format_date(value, "d MMM yyyy", locale=language)


def clock_time(at: datetime, language: Language) -> str:
    """'09:00', in Sweden."""
    return format_time(at, "HH:mm", tzinfo=SCHOOL_TIME, locale=language)


def quantity(value: FactValue, unit: str, language: Language) -> str:
    """A fact with its unit: '46,8 Mbit/s', 'ja', or a dash in words where nothing is known."""
    if value is None:
        return phrase(language, "page_value_unknown")
    if isinstance(value, bool):
        return phrase(language, "page_value_yes" if value else "page_value_no")
    if unit == DATE_UNIT and isinstance(value, str):
        return short_day(date.fromisoformat(value), language)
    written = value if isinstance(value, str) else number(value, language, 2 if abs(value) < 10 else 1)
    return written if unit in BARE else f"{written}\u00a0{unit_in_words(unit, written, language)}"


def told_amount(value: FactValue, unit: str, language: Language, share_of: str | None = None) -> str:
    """What a finding measured or requires: a ratio is a share there, so it is told in percent, and of what; headrooms
    have units of their own.
    """
    if unit != SHARE or isinstance(value, bool) or not isinstance(value, int | float):
        return quantity(value, unit, language)
    percent = quantity(round(100 * value, 6), "%", language)
    return percent if share_of is None else phrase(language, f"page_share_of_{share_of}", share=percent)


def unit_in_words(unit: str, written: str, language: Language) -> str:
    """A unit that is a word is translated (`days`), in the number that its value as `written` takes; a symbol
    (`Mbit/s`) stands as it is.
    """
    return in_number(sentences(language).get(f"page_unit_{unit}", unit), {"value": written})
