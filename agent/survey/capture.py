"""Reads the frames of a capture file, pcap or pcapng, one after the other: memory does not grow with the file.

Only the container is understood here. A file that breaks off, or holds nonsense in the middle, ends there and says so.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

LINK_RADIOTAP = 127
FRAME_MAX_BYTES = 262_144
"""No frame is longer; wireshark has the same bound."""

_INTERFACES_MAX = 1_024
_SKIP_BYTES = 65_536
_PCAP_TICKS = {0xA1B2C3D4: 1_000_000, 0xA1B23C4D: 1_000_000_000}
_SECTION, _INTERFACE, _SIMPLE, _ENHANCED = 0x0A0D0D0A, 1, 3, 6
_BYTE_ORDER = 0x1A2B3C4D
_OPTION_TIME_RESOLUTION = 9
_TICKS_BY_DEFAULT = 1_000_000


class NoCaptureError(Exception):
    """The file is neither pcap nor pcapng."""


class CapturedFrame(NamedTuple):
    """One frame as it was captured; `at_s` is seconds since 1970, None where the file does not say."""

    at_s: float | None
    link_type: int
    content: bytes


class _Interface(NamedTuple):
    link_type: int
    ticks_per_s: int
    snap_length: int


class _CutShortError(Exception):
    """What comes next is no whole record."""


class Capture:
    """The frames of a capture file that is open for reading bytes. `read_bytes` is how far it has come.

    `cut_short` is True after the end if the file broke off, or held something that can't be read.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.read_bytes = 0
        self.cut_short = False

    def frames(self) -> Iterator[CapturedFrame]:
        """Every frame, in the order of the file. Raises NoCaptureError."""
        start = self._stream.read(4)
        self.read_bytes = len(start)
        little, big = (int.from_bytes(start, order) for order in ("little", "big"))
        try:
            if len(start) == 4 and little == _SECTION:
                yield from self._pcapng()
            elif len(start) == 4 and little in _PCAP_TICKS:
                yield from self._pcap("<", _PCAP_TICKS[little])
            elif len(start) == 4 and big in _PCAP_TICKS:
                yield from self._pcap(">", _PCAP_TICKS[big])
            else:
                raise NoCaptureError
        except _CutShortError:
            self.cut_short = True

    def _exactly(self, count: int) -> bytes:
        content = self._stream.read(count)
        self.read_bytes += len(content)
        if len(content) < count:
            raise _CutShortError
        return content

    def _skip(self, count: int) -> None:
        while count > 0:
            count -= len(self._exactly(min(count, _SKIP_BYTES)))

    # --- pcap

    def _pcap(self, order: str, ticks_per_s: int) -> Iterator[CapturedFrame]:
        link_type = struct.unpack(f"{order}I", self._exactly(20)[16:])[0] & 0x0FFF_FFFF
        record = struct.Struct(f"{order}IIII")
        while head := self._stream.read(record.size):
            self.read_bytes += len(head)
            if len(head) < record.size:
                raise _CutShortError
            seconds, ticks, captured, _ = record.unpack(head)
            if captured > FRAME_MAX_BYTES:
                raise _CutShortError
            yield CapturedFrame(seconds + ticks / ticks_per_s, link_type, self._exactly(captured))

    # --- pcapng

    def _pcapng(self) -> Iterator[CapturedFrame]:
        """The stream stands behind the type of the first section."""
        order = self._section()
        interfaces: list[_Interface] = []
        while start := self._stream.read(4):
            self.read_bytes += len(start)
            if len(start) < 4:
                raise _CutShortError
            kind: int = struct.unpack(f"{order}I", start)[0]
            if kind == _SECTION:
                order, interfaces = self._section(), []
                continue
            length: int = struct.unpack(f"{order}I", self._exactly(4))[0]
            if length < 12 or length % 4:
                raise _CutShortError
            if kind not in {_INTERFACE, _SIMPLE, _ENHANCED}:
                self._skip(length - 8)
                continue
            body = self._body(length)
            if kind == _INTERFACE:
                if len(interfaces) == _INTERFACES_MAX:
                    raise _CutShortError
                interfaces.append(_interface(order, body))
            else:
                yield (_enhanced if kind == _ENHANCED else _simple)(order, body, interfaces)

    def _section(self) -> str:
        """The byte order of the section that begins; its other contents are passed over."""
        length, magic = self._exactly(4), self._exactly(4)
        order = "<" if int.from_bytes(magic, "little") == _BYTE_ORDER else ">"
        if struct.unpack(f"{order}I", magic)[0] != _BYTE_ORDER:
            raise _CutShortError
        total: int = struct.unpack(f"{order}I", length)[0]
        if total < 28 or total % 4:
            raise _CutShortError
        self._skip(total - 12)
        return order

    def _body(self, length: int) -> bytes:
        if length > FRAME_MAX_BYTES + _SKIP_BYTES:
            raise _CutShortError
        body = self._exactly(length - 12)
        self._exactly(4)
        return body


def _interface(order: str, body: bytes) -> _Interface:
    if len(body) < 8:
        raise _CutShortError
    link_type, _, snap_length = struct.unpack(f"{order}HHI", body[:8])
    return _Interface(link_type, _ticks_per_s(order, body[8:]), snap_length)


def _ticks_per_s(order: str, options: bytes) -> int:
    """From the interface's options: a power of ten, or with the highest bit set a power of two."""
    while len(options) >= 4:
        code, length = struct.unpack(f"{order}HH", options[:4])
        if code == _OPTION_TIME_RESOLUTION and length == 1 and len(options) >= 5:
            exponent = options[4] & 0x7F
            return int(2**exponent if options[4] & 0x80 else 10**exponent)
        options = options[4 + (length + 3) // 4 * 4 :]
    return _TICKS_BY_DEFAULT


def _enhanced(order: str, body: bytes, interfaces: list[_Interface]) -> CapturedFrame:
    if len(body) < 20:
        raise _CutShortError
    number, high, low, captured, _ = struct.unpack(f"{order}IIIII", body[:20])
    if number >= len(interfaces) or captured > len(body) - 20:
        raise _CutShortError
    interface = interfaces[number]
    return CapturedFrame(((high << 32) + low) / interface.ticks_per_s, interface.link_type, body[20 : 20 + captured])


def _simple(order: str, body: bytes, interfaces: list[_Interface]) -> CapturedFrame:
    """A frame without a time; how much of it was kept follows from the interface's snap length."""
    if len(body) < 4 or not interfaces:
        raise _CutShortError
    original: int = struct.unpack(f"{order}I", body[:4])[0]
    snap_length = interfaces[0].snap_length or original
    return CapturedFrame(None, interfaces[0].link_type, body[4 : 4 + min(original, snap_length)])
