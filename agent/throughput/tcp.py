"""What the device's system says of a TCP connection, and how it may be told to send. Only Linux answers."""

from __future__ import annotations

import socket
import sys
from contextlib import suppress
from typing import NamedTuple

_TCP_INFO_BYTES = 232
_SEGMENT_BYTES_AT, _SEGMENT_BYTES_MOST_AT, _DATA_SEGMENTS_IN_AT, _DELIVERED_AT = 16, 84, 152, 192
_ACKNOWLEDGED_BYTES_AT = 120
"""Places in the kernel's `struct tcp_info`, which only ever grows at its end."""

FRAME_BYTES_MAX = 9_000
"""Of the largest Ethernet frames. Inside one machine segments are far larger, and no two are alike."""


class TcpCounts(NamedTuple):
    """Segments with data that have arrived here (`segments_in`) and at the other end (`delivered`), in whatever order.

    What TCP holds back until a lost segment has been repeated is in them: it did cross the line. `segment_bytes` is
    how much one that goes out carries.
    """

    segments_in: int
    delivered: int
    segment_bytes: int


def tcp_counts(connection: socket.socket) -> TcpCounts | None:
    """The counts so far; None where the system does not say (only Linux since 4.18), and inside one machine."""
    option = getattr(socket, "TCP_INFO", None)
    if option is None:
        return None
    info = connection.getsockopt(socket.IPPROTO_TCP, option, _TCP_INFO_BYTES)
    if len(info) < _DELIVERED_AT + 4:
        return None
    if _number(info, _SEGMENT_BYTES_MOST_AT) > FRAME_BYTES_MAX:
        return None
    counts = (_number(info, place) for place in (_DATA_SEGMENTS_IN_AT, _DELIVERED_AT, _SEGMENT_BYTES_AT))
    return TcpCounts(*counts)


def _number(info: bytes, place: int) -> int:
    return int.from_bytes(info[place : place + 4], sys.byteorder)


def acknowledged_bytes(connection: socket.socket) -> int | None:
    """Bytes that the other end's system has acknowledged so far, in order; None where the system does not say."""
    option = getattr(socket, "TCP_INFO", None)
    info = b"" if option is None else connection.getsockopt(socket.IPPROTO_TCP, option, _TCP_INFO_BYTES)
    place = _ACKNOWLEDGED_BYTES_AT
    return int.from_bytes(info[place : place + 8], sys.byteorder) if len(info) >= place + 8 else None


def send_despite_loss(connection: socket.socket) -> None:
    """Asks for BBR, which does not take a lost segment for a full line. Where it is not to be had, nothing changes."""
    option = getattr(socket, "TCP_CONGESTION", None)
    if option is not None:
        with suppress(OSError):
            connection.setsockopt(socket.IPPROTO_TCP, option, b"bbr")


def keep_little_unsent(connection: socket.socket, most: int) -> None:
    """Lets the system take only `most` bytes more than it can send, so that an end comes in time on a thin line."""
    option = getattr(socket, "TCP_NOTSENT_LOWAT", None)
    if option is not None:
        connection.setsockopt(socket.IPPROTO_TCP, option, most)
