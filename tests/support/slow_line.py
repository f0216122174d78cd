"""A line of known rate in front of a server on this machine: all connections through it share the rate, each way.

On loopback there is no line to measure: what comes out is how busy the machine is.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

PIECE_BYTES = 8_192
BUFFER_BYTES = 65_536
LINGER_S = 10.0
"""So long one way may go on after the other has ended."""


class Way:
    """One way: so many bytes per second in all."""

    def __init__(self, bytes_per_s: float) -> None:
        """An idle moment is not made up for."""
        self._bytes_per_s = bytes_per_s
        self._lock = threading.Lock()
        self._free_at_s = 0.0

    def carry(self, source: socket.socket, sink: socket.socket) -> None:
        """Until the source ends or either breaks."""
        with suppress(OSError):
            while piece := source.recv(PIECE_BYTES):
                self._wait_for(len(piece))
                sink.sendall(piece)
            sink.shutdown(socket.SHUT_WR)

    def _wait_for(self, size: int) -> None:
        with self._lock:
            self._free_at_s = max(self._free_at_s, time.monotonic()) + size / self._bytes_per_s
            due_s = self._free_at_s
        time.sleep(max(0.0, due_s - time.monotonic()))


@contextmanager
def slow_line(target_port: int, mbit_s: float) -> Iterator[int]:
    """The port of a line to that port of this machine."""
    up, down = Way(mbit_s * 125_000), Way(mbit_s * 125_000)
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
        threading.Thread(target=_accept, args=(listener, target_port, up, down), daemon=True).start()
        try:
            yield listener.getsockname()[1]
        finally:
            listener.shutdown(socket.SHUT_RDWR)


def _accept(listener: socket.socket, target_port: int, up: Way, down: Way) -> None:
    with suppress(OSError):
        while True:
            near, _ = listener.accept()
            threading.Thread(target=_join, args=(near, target_port, up, down), daemon=True).start()


def _join(near: socket.socket, target_port: int, up: Way, down: Way) -> None:
    with near, socket.socket() as far, suppress(OSError):
        far.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
        far.connect(("127.0.0.1", target_port))
        for connection in (near, far):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        other_way = threading.Thread(target=up.carry, args=(near, far), daemon=True)
        other_way.start()
        down.carry(far, near)
        other_way.join(LINGER_S)
