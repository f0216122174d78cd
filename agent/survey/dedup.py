"""Knows an announcement again that says the same as one before, so that scapy dissects each of them only once.

An access point says the same ten times a second. What differs from one time to the next is how it was received (in the
radiotap header), its clock and sequence number, for whom it holds traffic (TIM) and how busy it is (QBSS Load); all
else must be the same byte for byte, or it is dissected anew.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import NamedTuple

from agent.survey.beacon import LOAD_BYTES, SIGNALS_DBM, Announcement, MalformedFrameError, dissected, elements

KNOWN_MAX = 8_192
"""How many different announcements are remembered, the newest: a bound on memory, far more than a room holds."""

_MANAGEMENT_BYTES, _FIXED_BYTES = 24, 12
_ADDRESS = slice(16, 22)
_CHECKSUM_BYTES = 4
_TIM, _LOAD = 5, 11
_FLAG_CHECKSUM, _FLAG_BAD = 0x10, 0x40
_ORDER = 0x80
"""In the second byte of frame control: four more bytes follow the header."""


_FLAGS, _CHANNEL, _SIGNAL = 1, 3, 5
_FIELDS = ((8, 8), (1, 1), (1, 1), (4, 2), (2, 2), (1, 1))
"""Size and alignment of the radiotap fields 0 to 5: clock, flags, rate, channel, hopping, signal."""


class _Layout(NamedTuple):
    """Where fields begin in a radiotap header; None where the header has none."""

    flags: int | None
    channel: int | None
    signal: int | None


class Recogniser:
    """Dissects announcements, and remembers what they said."""

    def __init__(self) -> None:
        self._layouts: dict[bytes, _Layout] = {}
        self._said: OrderedDict[tuple[bytes, bytes, bytes], Announcement] = OrderedDict()

    def announcement(self, content: bytes) -> Announcement:
        """What the frame announces; it must be one that `announces`. Raises MalformedFrameError."""
        header_bytes = int.from_bytes(content[2:4], "little")
        layout = self._layout(content, header_bytes)
        flags = 0 if layout.flags is None else content[layout.flags]
        if flags & _FLAG_BAD:
            raise MalformedFrameError
        end = len(content) - (_CHECKSUM_BYTES if flags & _FLAG_CHECKSUM else 0)
        elements_at = header_bytes + _MANAGEMENT_BYTES + _FIXED_BYTES
        if content[header_bytes + 1] & _ORDER or elements_at >= end:
            return dissected(content)
        address = content[header_bytes + _ADDRESS.start : header_bytes + _ADDRESS.stop]
        lasting, load_at = _lasting(content, elements_at, end)
        key = (content[header_bytes : header_bytes + 2], address, lasting)
        said = self._said.get(key)
        if said is None:
            said = self._remember(key, dissected(content))
        return Announcement(
            bssid=said.bssid,
            ssid=said.ssid,
            signal_dbm=_signal_dbm(content, layout.signal),
            frequency_mhz=_frequency_mhz(content, layout.channel),
            channel=said.channel,
            stations=said.stations if load_at is None else int.from_bytes(content[load_at : load_at + 2], "little"),
            utilisation=said.utilisation if load_at is None else content[load_at + 2],
        )

    def _remember(self, key: tuple[bytes, bytes, bytes], said: Announcement) -> Announcement:
        self._said[key] = said
        if len(self._said) > KNOWN_MAX:
            self._said.popitem(last=False)
        return said

    def _layout(self, content: bytes, header_bytes: int) -> _Layout:
        """By the words that say which fields are present; there are few different ones in a capture."""
        words_end = 8
        while words_end <= header_bytes and content[words_end - 1] & 0x80:
            words_end += 4
        if words_end > header_bytes:
            raise MalformedFrameError
        words = content[2:words_end]
        layout = self._layouts.get(words)
        if layout is None:
            layout = _layout(int.from_bytes(content[4:8], "little"), words_end, header_bytes)
            if len(self._layouts) < KNOWN_MAX:
                self._layouts[words] = layout
        return layout


def _lasting(content: bytes, at: int, end: int) -> tuple[bytes, int | None]:
    """The elements without what changes from one time to the next, and where the QBSS Load begins.

    Of several elements with the number of QBSS Load the first counts, also when it is of another length.
    """
    kept, kept_from, load_at, load_seen = bytearray(), at, None, False
    for number, body, body_end in elements(content, at, end):
        if number == _LOAD and not load_seen:
            load_seen = True
            load_at = body if body_end - body == LOAD_BYTES else None
        if number == _TIM or body == load_at:
            kept += content[kept_from:body]
            kept_from = body_end
    kept += content[kept_from:end]
    return bytes(kept), load_at


def _layout(present: int, at: int, header_bytes: int) -> _Layout:
    """Fields stand in the order of their bits, each at a multiple of its alignment from the header's start."""
    places: dict[int, int] = {}
    for bit, (size, alignment) in enumerate(_FIELDS):
        if present & (1 << bit):
            at += -at % alignment
            places[bit] = at
            at += size
    if at > header_bytes:
        raise MalformedFrameError
    return _Layout(places.get(_FLAGS), places.get(_CHANNEL), places.get(_SIGNAL))


def _signal_dbm(content: bytes, at: int | None) -> int | None:
    if at is None:
        return None
    signal_dbm = content[at] - 256 if content[at] > 127 else content[at]
    return signal_dbm if signal_dbm in SIGNALS_DBM else None


def _frequency_mhz(content: bytes, at: int | None) -> int | None:
    return None if at is None else int.from_bytes(content[at : at + 2], "little") or None
