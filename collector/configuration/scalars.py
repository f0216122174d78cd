"""What a piece of text in YAML stands for, where the setting's type alone decides.

YAML 1.1 reads `08:00` as text but `10:30` as the number 630, `no` as false and `010` as 8. None of that happens here:
only `true`/`false`, decimal numbers and an empty value are more than text, and only where the setting allows them.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time

from collector.readiness.domain.school_days import SCHOOL_TIME

Scalar = bool | int | float | str | None

_WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"[-+]?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_TRUE_OR_FALSE = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_EMPTY = frozenset({"", "~", "null", "Null", "NULL"})


class NoSuchLocalTimeError(ValueError):
    """A wall-clock time that the clocks skip when summer time begins."""


def is_empty(text: str) -> bool:
    """Whether unquoted `text` means that no value is given."""
    return text in _EMPTY


def plain_value(text: str) -> Scalar:
    """The value of unquoted `text`: empty, true or false, a decimal number, or else the text as it stands."""
    if text in _EMPTY:
        return None
    if text in _TRUE_OR_FALSE:
        return _TRUE_OR_FALSE[text]
    if _WHOLE.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return float(text)
    return text


def local_moment(text: str) -> datetime:
    """`2027-04-14 09:00` on a Swedish wall clock, or with an offset of its own, as UTC. Raises ValueError."""
    written = datetime.fromisoformat(text)
    if len(text) <= len("2027-04-14"):
        raise ValueError("a date alone does not say when it starts")
    if written.tzinfo is not None:
        return written.astimezone(UTC)
    moment = written.replace(tzinfo=SCHOOL_TIME).astimezone(UTC)
    if moment.astimezone(SCHOOL_TIME).replace(tzinfo=None) != written:
        raise NoSuchLocalTimeError(text)
    return moment


def day(text: str) -> date:
    """`2024-08-01`. Raises ValueError."""
    return date.fromisoformat(text)


def time_of_day(text: str) -> time:
    """`09:00` or `9:00` on a Swedish wall clock, without an offset. Raises ValueError."""
    written = time.fromisoformat(text.rjust(len("09:00"), "0"))
    if written.tzinfo is not None or ":" not in text:
        raise ValueError("a time of day is hours and minutes on the local clock")
    return written
