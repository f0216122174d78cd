"""ICMP echo over an unprivileged datagram socket: the messages (pure), and one round trip."""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Callable

from agent.system.machine import System
from agent.system.network import Address

_HEADER = struct.Struct("!BBHHH")
_REQUEST: dict[int, int] = {socket.AF_INET: 8, socket.AF_INET6: 128}
_REPLY: dict[int, int] = {socket.AF_INET: 0, socket.AF_INET6: 129}
NONCE_BYTES = 16
_ANSWER_BYTES_MAX = 2_048


def opened(system: System, address: Address) -> socket.socket:
    """A socket for echoes to `address` that needs no privilege; OSError where the system does not allow it."""
    protocol = socket.IPPROTO_ICMPV6 if address.family == socket.AF_INET6 else socket.IPPROTO_ICMP
    connection = system.open_socket(address.family, socket.SOCK_DGRAM, protocol)
    try:
        connection.connect(address.sockaddr)
    except OSError:
        connection.close()
        raise
    return connection


def request(family: int, sequence: int, nonce: bytes) -> bytes:
    """An echo request. Systems that know better overwrite the identifier and the checksum."""
    bare = _HEADER.pack(_REQUEST[family], 0, 0, 0, sequence) + nonce
    return _HEADER.pack(_REQUEST[family], 0, checksum(bare), 0, sequence) + nonce


def checksum(message: bytes) -> int:
    """The internet checksum (RFC 1071)."""
    padded = message + b"\0" * (len(message) % 2)
    words: list[int] = [word for (word,) in struct.iter_unpack("!H", padded)]
    total = sum(words)
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def answers(message: bytes, family: int, sequence: int, nonce: bytes) -> bool:
    """Whether `message` is the reply to that request: macOS puts the IP header before it, Linux does not."""
    if family == socket.AF_INET and message[:1] and message[0] >> 4 == 4:
        message = message[(message[0] & 0xF) * 4 :]
    if len(message) < _HEADER.size:
        return False
    kind, code, _, _, answered = _HEADER.unpack_from(message)
    return (kind, code, answered) == (_REPLY[family], 0, sequence) and message[_HEADER.size :] == nonce


def round_trip_s(connection: socket.socket, sequence: int, within_s: float, clock_s: Callable[[], float]) -> float:
    """The time until the reply, over a connected ICMP socket. TimeoutError without one, OSError if told that there
    is no way. Late replies to earlier requests are passed over.
    """
    nonce = os.urandom(NONCE_BYTES)
    family = connection.family
    started_s = clock_s()
    connection.settimeout(within_s)
    connection.send(request(family, sequence & 0xFFFF, nonce))
    while (left_s := started_s + within_s - clock_s()) > 0:
        connection.settimeout(left_s)
        message = connection.recv(_ANSWER_BYTES_MAX)
        took_s = clock_s() - started_s
        if answers(message, family, sequence & 0xFFFF, nonce):
            return took_s
    raise TimeoutError(f"no echo within {within_s:g} s")
