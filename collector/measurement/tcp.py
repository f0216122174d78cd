"""What this system says of a client's TCP connection, and how it is told to send. Only Linux answers."""

from __future__ import annotations

import asyncio
import socket
import sys
from contextlib import suppress

_INFO_BYTES = 160
_SEGMENT_BYTES_MOST_AT, _DATA_SEGMENTS_IN_AT = 84, 152
"""Places in the kernel's `struct tcp_info`, which only ever grows at its end."""

FRAME_BYTES_MAX = 9_000
"""Of the largest Ethernet frames. Inside one machine segments are far larger, and no two are alike."""


def segments_in(transport: asyncio.BaseTransport) -> int | None:
    """How many segments with data have arrived, also those that can't be read before a lost one has been repeated.

    None where the system does not say, and inside one machine.
    """
    option = getattr(socket, "TCP_INFO", None)
    connection = transport.get_extra_info("socket")
    if option is None or connection is None:
        return None
    try:
        info = connection.getsockopt(socket.IPPROTO_TCP, option, _INFO_BYTES)
    except OSError:
        return None
    if len(info) < _INFO_BYTES or _number(info, _SEGMENT_BYTES_MOST_AT) > FRAME_BYTES_MAX:
        return None
    return _number(info, _DATA_SEGMENTS_IN_AT)


def _number(info: bytes, place: int) -> int:
    return int.from_bytes(info[place : place + 4], sys.byteorder)


def send_despite_loss(transport: asyncio.BaseTransport) -> None:
    """Asks for BBR, which does not take a lost segment for a full line. Where it is not to be had, nothing changes."""
    option = getattr(socket, "TCP_CONGESTION", None)
    connection = transport.get_extra_info("socket")
    if option is not None and connection is not None:
        with suppress(OSError):
            connection.setsockopt(socket.IPPROTO_TCP, option, b"bbr")
