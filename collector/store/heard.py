"""When a content was heard on a day: every time it was measured and received, packed.

A row of `results` only ever gets longer, so what was known at a moment is what its entries say that came in by then.
An entry takes 6 to 8 bytes mostly: when it was measured (4 bytes), how much later it was received, and how far the
device's clock was ahead. All are whole numbers, the first two of milliseconds, the last of tenths of a second; the
latter two take one byte for each 7 bits, the lowest first, and the sign is their lowest bit. Where it was not kept when
something came in, as before migration 0007, a number stands that is too early for anything, and nothing after it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import NamedTuple

from collector.store.timestamps import ONE_DAY, DayNumber, Microseconds

ONE_MS: Microseconds = 1_000
_DAY_MS = ONE_DAY // ONE_MS
_AT_BYTES = 4
_NOT_KEPT = -(2**20)
_MOST = 2**50
_OFFSETS_PER_S = 10
_GOES_ON, _BITS = 0x80, 7


RawEntry = tuple[bytes, bytes, bytes]


class Heard(NamedTuple):
    """Once heard. Times are whole milliseconds; where it was not kept when it came in, nor was the clock."""

    at: Microseconds
    received_at: Microseconds | None = None
    clock_offset_s: float | None = None

    @property
    def known_at(self) -> Microseconds:
        """From when on it is known: it is neither before it came in nor before the time that it tells of."""
        return self.at if self.received_at is None else max(self.at, self.received_at)


def heard_at(at: Microseconds, received_at: Microseconds, clock_offset_s: float) -> Heard:
    """To the millisecond: measured no later, and known no sooner, than it was."""
    came = -(-received_at // ONE_MS) * ONE_MS
    return Heard(at // ONE_MS * ONE_MS, came, round(clock_offset_s * _OFFSETS_PER_S) / _OFFSETS_PER_S)


def packed(one: Heard, day: DayNumber) -> bytes:
    """The entry of what was measured on that day."""
    at_ms = (one.at // ONE_MS - day * _DAY_MS).to_bytes(_AT_BYTES, "big")
    if one.received_at is None:
        return at_ms + _signed(_NOT_KEPT)
    later = max(_NOT_KEPT + 1, (one.received_at - one.at) // ONE_MS)
    offset = max(-_MOST, min(_MOST, round((one.clock_offset_s or 0.0) * _OFFSETS_PER_S)))
    return at_ms + _signed(later) + _signed(offset)


class Stretch(NamedTuple):
    """What some entries of a row come to: the first time and the last, how many, and the one that came in last."""

    first_at: Microseconds
    last_at: Microseconds
    entries: int
    newest: Heard


def unpacked(heard: bytes, day: DayNumber) -> Iterator[Heard]:
    """The entries, in the order in which they came in."""
    return (_entry(found, day) for found in _ENTRY.findall(heard))


HeardEntry = tuple[int, int, RawEntry | Heard]
"""When it was measured and when it came in, in milliseconds of the row's day; and the entry, to read the rest of it."""


def moments(heard: bytes, day: DayNumber, until: Microseconds) -> tuple[list[HeardEntry], bool]:
    """The entries known by `until`, and whether these are all. Of one school there may be a million, so little is made
    of each.
    """
    until_ms = until // ONE_MS - day * _DAY_MS
    known: list[HeardEntry] = []
    entries = _ENTRY.findall(heard)
    for found in entries:
        at = int.from_bytes(found[0], "big")
        came = at + _number(found[1]) if found[1] else at
        if at <= until_ms and came <= until_ms:
            known.append((at, came, found))
    return known, len(known) == len(entries)


def stretch_of(known: Sequence[HeardEntry], day: DayNumber) -> Stretch:
    """What they come to, at least one of them."""
    times, began = [at for at, _, _ in known], day * ONE_DAY
    first_at, last_at = began + min(times) * ONE_MS, began + max(times) * ONE_MS
    return Stretch(first_at, last_at, len(times), _entry(max(known, key=_CAME_AT)[2], day))


_ENTRY = re.compile(rb"(.{4})(?:\xff\xff\x7f|([\x80-\xff]*[\x00-\x7f])([\x80-\xff]*[\x00-\x7f]))", re.DOTALL)
"""When it was measured, how much later it came in and how far the clock was ahead; the latter two empty where that was
not kept.
"""
_CAME_AT = itemgetter(1, 0)


def _entry(found: RawEntry | Heard, day: DayNumber) -> Heard:
    if isinstance(found, Heard):
        return found
    at_bytes, later, offset = found
    at = day * ONE_DAY + int.from_bytes(at_bytes, "big") * ONE_MS
    return Heard(at, at + _number(later) * ONE_MS, _number(offset) / _OFFSETS_PER_S) if later else Heard(at)


def _signed(value: int) -> bytes:
    left = -2 * value - 1 if value < 0 else 2 * value
    found = bytearray()
    while left >= _GOES_ON:
        found.append(left % _GOES_ON | _GOES_ON)
        left >>= _BITS
    found.append(left)
    return bytes(found)


def _number(told: bytes) -> int:
    """What `_signed` wrote; mostly no more than three bytes."""
    value = int.from_bytes(told, "little")
    if len(told) <= _FEW:
        value = value & 0x7F | value >> 1 & 0x3F80 | value >> 2 & 0x1FC000
    else:
        value = sum((byte & ~_GOES_ON) << _BITS * place for place, byte in enumerate(told))
    return -(value + 1) >> 1 if value & 1 else value >> 1


_FEW = 3
