"""What a system says of a TCP connection, and how it may be told to send. Only Linux answers.

Both ends of a throughput run read the same of their own end of it, so the places in the kernel's structure stand here
once. The standard library has no name for any of them, and psutil does not look into a connection.
"""

from __future__ import annotations

import socket
import sys
from contextlib import suppress
from typing import NamedTuple, Protocol

_TCP_INFO_BYTES = 232
_SEGMENT_BYTES_AT, _SEGMENT_BYTES_MOST_AT, _DATA_SEGMENTS_IN_AT, _DELIVERED_AT = 16, 84, 152, 192
_ACKNOWLEDGED_BYTES_AT = 120
"""Places in the kernel's `struct tcp_info`, which only ever grows at its end: an older kernel gives less of it."""

FRAME_BYTES_MAX = 9_000
"""Of the largest Ethernet frames. Inside one machine segments are far larger, and no two are alike."""


class Options(Protocol):
    """A socket, or what an event loop gives out in place of one."""

    def getsockopt(self, level: int, option: int, size: int, /) -> bytes: ...
    def setsockopt(self, level: int, option: int, value: bytes | int, /) -> None: ...


class TcpCounts(NamedTuple):
    """Segments with data that have arrived here (`segments_in`) and at the other end (`delivered`), in whatever order.

    What TCP holds back until a lost segment has been repeated is in them: it did cross the line. `segment_bytes` is
    how much one that goes out carries.
    """

    segments_in: int
    delivered: int
    segment_bytes: int


def tcp_counts(connection: Options) -> TcpCounts | None:
    """The counts so far; None where the system does not say (only Linux since 4.18), and inside one machine."""
    info = _told_of_segments(connection)
    if len(info) < _DELIVERED_AT + 4:
        return None
    return TcpCounts(*(_number(info, at) for at in (_DATA_SEGMENTS_IN_AT, _DELIVERED_AT, _SEGMENT_BYTES_AT)))


def segments_in(connection: Options) -> int | None:
    """How many segments with data have arrived so far; None where the system does not say, and inside one machine.

    Never fails: whoever is counted may have gone.
    """
    try:
        info = _told_of_segments(connection)
    except OSError:
        return None
    return _number(info, _DATA_SEGMENTS_IN_AT) if len(info) >= _DATA_SEGMENTS_IN_AT + 4 else None


def acknowledged_bytes(connection: Options) -> int | None:
    """Bytes that the other end's system has acknowledged so far, in order; None where the system does not say."""
    info, place = _told(connection), _ACKNOWLEDGED_BYTES_AT
    return int.from_bytes(info[place : place + 8], sys.byteorder) if len(info) >= place + 8 else None


def _told(connection: Options) -> bytes:
    """As much of the structure as the system gives; nothing where it has none."""
    option = getattr(socket, "TCP_INFO", None)
    return b"" if option is None else connection.getsockopt(socket.IPPROTO_TCP, option, _TCP_INFO_BYTES)


def _told_of_segments(connection: Options) -> bytes:
    """The structure of a connection whose segments are frames of a network; nothing of one inside a machine."""
    info = _told(connection)
    return b"" if _number(info, _SEGMENT_BYTES_MOST_AT) > FRAME_BYTES_MAX else info


def _number(info: bytes, place: int) -> int:
    return int.from_bytes(info[place : place + 4], sys.byteorder)


def send_despite_loss(connection: Options) -> None:
    """Asks for BBR, which does not take a lost segment for a full line. Where it is not to be had, nothing changes."""
    option = getattr(socket, "TCP_CONGESTION", None)
    if option is not None:
        with suppress(OSError):
            connection.setsockopt(socket.IPPROTO_TCP, option, b"bbr")


def keep_little_unsent(connection: Options, most: int) -> None:
    """Lets the system take only `most` bytes more than it can send, so that an end comes in time on a thin line."""
    option = getattr(socket, "TCP_NOTSENT_LOWAT", None)
    if option is not None:
        connection.setsockopt(socket.IPPROTO_TCP, option, most)
