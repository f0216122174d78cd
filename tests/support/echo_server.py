"""A machine that may send ICMP echoes, and somebody who answers them: datagrams over loopback instead of ICMP."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from agent.system.machine import System
from agent.system.network import Address

Answer = Callable[[int, bytes], list[bytes]]
"""From the number of a request (1, 2, ...) and the request, the messages that come back."""


def reply(request: bytes) -> bytes:
    """The echo reply to a request."""
    return b"\0" + request[1:]


def faithful(_number: int, request: bytes) -> list[bytes]:
    """Answers every request once."""
    return [reply(request)]


class EchoSystem(System):
    """This machine, with echoes allowed: every name and every gateway is the echo server."""

    def __init__(self, server: Address) -> None:
        super().__init__()
        self.server = server

    def open_socket(self, family: int, kind: int, protocol: int = 0) -> socket.socket:
        return socket.socket(family, socket.SOCK_DGRAM)

    def resolve(self, host: str, port: int) -> list[Address]:
        return [self.server]


@contextmanager
def echo_server(answer: Answer = faithful) -> Iterator[Address]:
    """Somebody who answers for as long as the test runs."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=_serve, args=(server, answer), daemon=True)
        thread.start()
        port = server.getsockname()[1]
        yield Address(socket.AF_INET, ("127.0.0.1", port))
        server.sendto(b"", ("127.0.0.1", port))
        thread.join(10)


def _serve(server: socket.socket, answer: Answer) -> None:
    number = 0
    while True:
        request, sender = server.recvfrom(2048)
        if not request:
            return
        number += 1
        for message in answer(number, request):
            server.sendto(message, sender)
