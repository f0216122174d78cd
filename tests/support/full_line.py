"""A measurement point behind a line of known rate, with a queue: a model written by hand, not a recording."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

from agent.measuring.contract import Task
from agent.protocol.wire import Slice, ThroughputLimits, UploadCount
from tests.support.stub_collector import CHUNK, TOKEN, Handler, Misbehaviour

BYTES_PER_S = 2_000_000
"""What a paced line carries: slow enough that a busy machine keeps up."""

QUEUE_S = 0.05
"""So long the queue of a full line is."""

LIMITS = ThroughputLimits(connections=2, max_seconds=3, max_bytes=400_000_000, precision=0.1)


def task(url: str, limits: ThroughputLimits = LIMITS) -> Task:
    """A task against that measurement point."""
    return Task(deadline_s=60, measurement_url=url, token=TOKEN, throughput=limits)


def asked_bytes(handler: Handler) -> int:
    """What a download asks for."""
    return int(parse_qs(urlsplit(handler.path).query)["bytes"][0])


class Line:
    """What all connections share: so many bytes per second, together."""

    def __init__(self, bytes_per_s: int = BYTES_PER_S) -> None:
        self._bytes_per_s = bytes_per_s
        self._passed = 0
        self._lock = threading.Lock()
        self._began_s: float | None = None
        self.loaded = 0
        """Connections that carry data just now."""

    @contextmanager
    def load(self) -> Iterator[None]:
        """One more connection carries data meanwhile."""
        with self._lock:
            self.loaded += 1
        try:
            yield
        finally:
            with self._lock:
                self.loaded -= 1

    def ping(self, handler: Handler) -> None:
        """A small request, which waits in the queue of a line that is full."""
        time.sleep(QUEUE_S if self.loaded else 0)
        handler.send_response(204)
        handler.end_headers()

    def due(self, most: int) -> int:
        """How many bytes may pass now."""
        with self._lock:
            now_s = time.monotonic()
            self._began_s = self._began_s or now_s
            size = min(most, max(0, int((now_s - self._began_s) * self._bytes_per_s) - self._passed))
            self._passed += size
            return size

    def wait_for(self, size: int) -> None:
        """Until so many bytes may pass."""
        while size := size - self.due(size):
            time.sleep(0.002)


def paced(line: Line | None = None, seconds: float = 10.0, most: int = 10**12) -> Misbehaviour:
    """Sends as fast as the line, whatever the connections, then nothing more; `most` bytes in one answer."""
    shared = line or Line()

    def misbehave(handler: Handler) -> None:
        left = min(most, asked_bytes(handler))
        handler.send_response(200)
        handler.send_header("Content-Length", str(left))
        handler.end_headers()
        until_s = time.monotonic() + seconds
        with shared.load():
            while time.monotonic() < until_s and left:
                size = shared.due(min(left, len(CHUNK)))
                handler.wfile.write(CHUNK[:size])
                left -= size
                time.sleep(0.005)
            time.sleep(8 if seconds < 5 else 0)

    return misbehave


def paced_up(line: Line | None = None) -> Misbehaviour:
    """Counts no faster than the line, whatever the connections, in slices of 20 ms."""
    shared = line or Line()

    def misbehave(handler: Handler) -> None:
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)  # so that the sender feels the rate
        began_s, total, pending = time.monotonic(), 0, 0
        slices: list[Slice] = []
        with shared.load():
            while size := int(handler.rfile.readline(), 16):
                handler.rfile.read(size + 2)
                total, pending = total + size, pending + size
                shared.wait_for(size)
                if (until_s := time.monotonic() - began_s) - (slices[-1].until_s if slices else 0) >= 0.02:
                    slices.append(Slice(until_s, pending))
                    pending = 0
        handler.rfile.readline()
        if pending:
            slices.append(Slice(time.monotonic() - began_s, pending))
        handler.answer(200, UploadCount(total, began_s, slices))

    return misbehave


def full_line(bytes_per_s: int = BYTES_PER_S) -> dict[str, Misbehaviour]:
    """A measurement point behind a line of that rate each way, with a queue in front of it."""
    down, up = Line(bytes_per_s), Line(bytes_per_s)

    def ping(handler: Handler) -> None:
        (down if down.loaded else up).ping(handler)

    return {"/down": paced(down), "/up": paced_up(up), "/ping": ping}
