"""When a content was heard on a day: every time it was measured and received, packed.

A row of `results` only ever gets longer, so what was known at a moment is what its entries say that came in by then.
An entry takes 6 to 8 bytes mostly: when it was measured (4 bytes), how much later it was received, and how far the
device's clock was ahead. All are whole numbers, the first two of milliseconds, the last of tenths of a second; the
latter two take one byte for each 7 bits, the lowest first, and the sign is their lowest bit. Where it was not kept when
something came in, as before migration 0007, a number stands that is too early for anything, and nothing after it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from collector.store.timestamps import ONE_DAY, DayNumber, Microseconds

ONE_MS: Microseconds = 1_000
_DAY_MS = ONE_DAY // ONE_MS
_AT_BYTES = 4
_NOT_KEPT = -(2**20)
_MOST = 2**50
_OFFSETS_PER_S = 10
_GOES_ON, _BITS = 0x80, 7


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


def unpacked(heard: bytes, day: DayNumber) -> Iterator[Heard]:
    """The entries, in the order in which they came in."""
    place, began = 0, day * ONE_DAY
    while place < len(heard):
        at = began + int.from_bytes(heard[place : place + _AT_BYTES], "big") * ONE_MS
        later, place = _read(heard, place + _AT_BYTES)
        if later == _NOT_KEPT:
            yield Heard(at)
        else:
            offset, place = _read(heard, place)
            yield Heard(at, at + later * ONE_MS, offset / _OFFSETS_PER_S)


def _signed(value: int) -> bytes:
    left = -2 * value - 1 if value < 0 else 2 * value
    found = bytearray()
    while left >= _GOES_ON:
        found.append(left % _GOES_ON | _GOES_ON)
        left >>= _BITS
    found.append(left)
    return bytes(found)


def _read(heard: bytes, place: int) -> tuple[int, int]:
    """The number that begins there, and where the next one does."""
    value = shift = 0
    while (byte := heard[place]) >= _GOES_ON:
        value |= (byte - _GOES_ON) << shift
        shift += _BITS
        place += 1
    value |= byte << shift
    return (-(value + 1) >> 1 if value & 1 else value >> 1), place + 1
