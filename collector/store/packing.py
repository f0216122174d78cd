"""A device's week of results as one small piece of bytes, from which every row comes back as it was.

Contents stand side by side by probe, where they are most alike, and once a week however many days they were said on. Of
each time that something was heard stands when it was measured, as the step from the time before, and with which report
it came: reports are few, so what a report has in common (when it came in, how far the clock was ahead) stands once. The
order in which a row's entries came in is not kept, as nothing hangs on it. Of a digest its beginning is kept: enough to
tell apart what one device says in a week.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

import msgspec

from collector.store.heard import ONE_MS, Heard, HeardEntry, Stretch
from collector.store.timestamps import ONE_DAY, DayNumber, Microseconds

WeekNumber = int
DAYS = 7
_MONDAY = 3
"""The first of January 1970 was a Thursday."""
KEPT_OF_DIGEST = 6
_LEVEL = 9
_DAY_MS = ONE_DAY // ONE_MS
_TENTHS = 10
VERSION = 1

Whose = tuple[int, str]
"""The number and the id of a device."""
Receipt = tuple[int, int] | None
"""When a report came in, in milliseconds since 1970, and how far its clock was ahead in tenths of a second; None where
that was not kept.
"""


def week_of(day: DayNumber) -> WeekNumber:
    """The week, from Monday on, that a day lies in."""
    return (day + _MONDAY) // DAYS


def first_day(week: WeekNumber) -> DayNumber:
    """Its Monday."""
    return week * DAYS - _MONDAY


class SaidContent(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A content, by the beginning of its digest."""

    digest: bytes
    room: str | None
    probe_version: int
    status: str
    error_code: str | None
    error_message: str | None
    facts: str
    missing: str
    rows: str
    session: str | None


class WeekRow(NamedTuple):
    """A row of results with what it says. `times` are when it was measured, in milliseconds of the day, oldest first;
    `came` with which of the `receipts` each came in. These are in the order of time.
    """

    device: int
    device_id: str
    probe: str
    day: DayNumber
    said: SaidContent
    times: Sequence[int]
    came: Sequence[int]
    receipts: Sequence[Receipt]

    @property
    def digest(self) -> bytes:
        """The beginning of it."""
        return self.said.digest

    @property
    def room(self) -> str | None:
        """Where it was said."""
        return self.said.room

    @property
    def status(self) -> str:
        """The wire's result status."""
        return self.said.status

    @property
    def error_code(self) -> str | None:
        """Why it failed."""
        return self.said.error_code

    @property
    def facts(self) -> str:
        """As JSON."""
        return self.said.facts

    @property
    def missing(self) -> str:
        """As JSON."""
        return self.said.missing

    @property
    def rows(self) -> str:
        """As JSON."""
        return self.said.rows

    @property
    def session(self) -> str | None:
        """The supervised session that it was measured in."""
        return self.said.session

    @property
    def heard(self) -> list[Heard]:
        """Every time, oldest first."""
        return [self._heard(at, self.receipts[place]) for at, place in zip(self.times, self.came, strict=True)]

    def _heard(self, at: int, receipt: Receipt) -> Heard:
        measured = self.day * ONE_DAY + at * ONE_MS
        return Heard(measured) if receipt is None else Heard(measured, receipt[0] * ONE_MS, receipt[1] / _TENTHS)

    def is_known(self, until: Microseconds) -> bool:
        """Whether anything of it was known by then."""
        return self._all_by(until) or bool(self.moments(until)[0])

    def _all_by(self, until: Microseconds) -> bool:
        """Whether all of it was."""
        newest, until_ms = self.receipts[max(self.came)], until // ONE_MS
        came = newest is None or newest[0] <= until_ms
        return came and self.day * _DAY_MS + self.times[-1] <= until_ms

    def moments(self, until: Microseconds) -> tuple[list[HeardEntry], bool]:
        """As `heard.moments` of a row that is not packed."""
        begins_ms, until_ms, known = self.day * _DAY_MS, until // ONE_MS - self.day * _DAY_MS, list[HeardEntry]()
        for at, place in zip(self.times, self.came, strict=True):
            receipt = self.receipts[place]
            came = at if receipt is None else receipt[0] - begins_ms
            if at <= until_ms and came <= until_ms:
                known.append((at, came, self._heard(at, receipt)))
        return known, len(known) == len(self.times)

    def whole(self, until: Microseconds) -> Stretch | None:
        """What all its entries come to; None where some of them were not known by then, or not kept when they came."""
        newest = self.receipts[max(self.came)]
        if newest is None or self.receipts[0] is None or not self._all_by(until):
            return None
        last = len(self.came) - 1
        while (receipt := self.receipts[self.came[last]]) is not None and receipt[0] != newest[0]:
            last -= 1
        begins = self.day * ONE_DAY
        first_at, last_at = begins + self.times[0] * ONE_MS, begins + self.times[-1] * ONE_MS
        return Stretch(first_at, last_at, len(self.times), self._heard(self.times[last], receipt))


def week_row(whose: Whose, probe: str, day: DayNumber, said: SaidContent, heard: Iterable[Heard]) -> WeekRow:
    """A row of what was heard, in whatever order."""
    ordered = sorted(heard, key=_by_time)
    receipts = sorted({_receipt(one) for one in ordered}, key=_receipt_order)
    places = {receipt: place for place, receipt in enumerate(receipts)}
    begins = day * ONE_DAY
    times = [(one.at - begins) // ONE_MS for one in ordered]
    return WeekRow(*whose, probe, day, said, times, [places[_receipt(one)] for one in ordered], receipts)


class _Row(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """`steps` are milliseconds between times, the first from the day's beginning; `came` says with which report."""

    probe: int
    day: int
    said: int
    steps: list[int]
    came: list[int]


class _Week(msgspec.Struct, array_like=True, frozen=True):
    """Receipts count from the beginning of the week."""

    version: int
    probes: list[str]
    said: list[SaidContent]
    receipts: list[tuple[int, int] | None]
    rows: list[_Row]


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Week).decode


def packed_week(week: WeekNumber, rows: Iterable[WeekRow]) -> bytes:
    """All rows that a device has of a week, each probe, day and digest once."""
    ordered = sorted(rows, key=_place)
    probes = sorted({one.probe for one in ordered})
    said = {(one.probe, one.digest): one.said for one in ordered}
    receipts = sorted({row.receipts[place] for row in ordered for place in row.came}, key=_receipt_order)
    at_probe, at_said, at_receipt = _places(probes), _places(said), _places(receipts)
    told = [
        _Row(
            at_probe[row.probe],
            row.day - first_day(week),
            at_said[row.probe, row.digest],
            [later - earlier for earlier, later in zip([0, *row.times], row.times, strict=False)],
            [at_receipt[row.receipts[place]] for place in row.came],
        )
        for row in ordered
    ]
    begins_ms = first_day(week) * _DAY_MS
    since = [None if one is None else (one[0] - begins_ms, one[1]) for one in receipts]
    return zlib.compress(_encode(_Week(VERSION, probes, list(said.values()), since, told)), _LEVEL)


def rows_of_week(device: int, device_id: str, week: WeekNumber, body: bytes) -> list[WeekRow]:
    """The rows again, by probe, day and digest."""
    found = _decode(zlib.decompress(body))
    assert found.version == VERSION, f"packed by another version: {found.version}"
    begins, probes, said = first_day(week), found.probes, found.said
    receipts = [None if one is None else (begins * _DAY_MS + one[0], one[1]) for one in found.receipts]
    return [
        WeekRow(
            device,
            device_id,
            probes[row.probe],
            begins + row.day,
            said[row.said],
            list(accumulate(row.steps)),
            row.came,
            receipts,
        )
        for row in found.rows
    ]


def _places(of: Iterable[object]) -> Mapping[object, int]:
    return {one: place for place, one in enumerate(of)}


def _place(row: WeekRow) -> tuple[str, DayNumber, bytes]:
    return row.probe, row.day, row.digest


def _by_time(one: Heard) -> tuple[Microseconds, int, float]:
    return one.at, one.received_at or 0, one.clock_offset_s or 0.0


def _receipt(one: Heard) -> Receipt:
    if one.received_at is None:
        return None
    return one.received_at // ONE_MS, round((one.clock_offset_s or 0.0) * _TENTHS)


def _receipt_order(receipt: Receipt) -> tuple[int, int]:
    return receipt or (0, 0)
