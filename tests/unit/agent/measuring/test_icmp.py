"""ICMP echo: the messages, and round trips to somebody who answers well or badly."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from agent.measuring.icmp import answers, checksum, opened, request, round_trip_s
from agent.system.machine import System
from agent.system.network import Address
from tests.support.echo_server import Answer, EchoSystem, echo_server, reply

NONCE = bytes(range(16))


def test_request_as_it_stands_on_the_wire() -> None:
    """Type, code, checksum, identifier, sequence, payload."""
    assert request(socket.AF_INET, 258, NONCE) == b"\x08\x00\xbe\xbd\x00\x00\x01\x02" + NONCE
    assert request(socket.AF_INET6, 1, NONCE)[0] == 128


@pytest.mark.parametrize("message", [b"", b"\x01", NONCE, b"\xff" * 41])
def test_checksum_makes_the_sum_all_ones(message: bytes) -> None:
    """With the checksum added, the sum of all words is 0xffff (RFC 1071)."""
    padded = message + b"\0" * (len(message) % 2)
    assert checksum(padded + checksum(message).to_bytes(2, "big")) == 0


def test_a_reply_with_and_without_ip_header() -> None:
    """Linux hands out the message alone, macOS the whole packet."""
    bare = reply(request(socket.AF_INET, 7, NONCE))
    assert answers(bare, socket.AF_INET, 7, NONCE)
    assert answers(b"\x45" + bytes(19) + bare, socket.AF_INET, 7, NONCE)
    assert answers(b"\x81" + request(socket.AF_INET6, 7, NONCE)[1:], socket.AF_INET6, 7, NONCE)


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"\x00",
        b"\x45",
        request(socket.AF_INET, 7, NONCE),
        reply(request(socket.AF_INET, 8, NONCE)),
        reply(request(socket.AF_INET, 7, NONCE[::-1])),
        b"\x03\x01" + request(socket.AF_INET, 7, NONCE)[2:],
        reply(request(socket.AF_INET, 7, NONCE))[:-1],
    ],
)
def test_what_is_no_reply_to_this_request(message: bytes) -> None:
    """Cut short, the request itself, another request's reply, an error message."""
    assert not answers(message, socket.AF_INET, 7, NONCE)


@contextmanager
def _talking(answer: Answer) -> Iterator[socket.socket]:
    with echo_server(answer) as server, opened(EchoSystem(server), server) as connection:
        yield connection


def test_a_round_trip_passes_over_what_is_not_meant() -> None:
    """A late reply to an earlier request and noise do not end the wait."""
    first: list[bytes] = []

    def answer(number: int, asked: bytes) -> list[bytes]:
        first.append(asked)
        return [] if number == 1 else [reply(first[0]), b"\xff", reply(asked)]

    with _talking(answer) as connection:
        with pytest.raises(TimeoutError):
            round_trip_s(connection, 1, 0.2, time.monotonic)
        assert 0 < round_trip_s(connection, 2, 5.0, time.monotonic) < 5.0


def test_noise_does_not_prolong_the_wait() -> None:
    """Somebody who sends everything but the reply is silent."""
    with _talking(lambda _number, _asked: [b"\xff"] * 50) as connection, pytest.raises(TimeoutError):
        round_trip_s(connection, 1, 0.2, time.monotonic)


def test_a_system_that_allows_no_echo() -> None:
    """Its refusal reaches whoever asked, and no socket is left open."""

    class Forbidding(System):
        def open_socket(self, family: int, kind: int, protocol: int = 0) -> socket.socket:
            assert (kind, protocol) == (socket.SOCK_DGRAM, socket.IPPROTO_ICMP)
            raise PermissionError("not for you")

    with pytest.raises(PermissionError):
        opened(Forbidding(), Address(socket.AF_INET, ("127.0.0.1", 0)))


def test_an_address_that_can_not_be_reached_leaves_no_socket_open() -> None:
    """Connecting fails; a socket left open would be a warning, and so an error of this test."""
    with pytest.raises(OSError, match=r"denied|unreachable"):
        opened(EchoSystem(Address(socket.AF_INET, ())), Address(socket.AF_INET, ("255.255.255.255", 1)))
