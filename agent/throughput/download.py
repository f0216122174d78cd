"""Downloads: what arrives here, counted here."""

from __future__ import annotations

import selectors
import socket
import ssl

from agent.measurement_point import MeasurementPoint
from agent.probe import ProbeFailureError
from agent.system import System
from agent.throughput.connection import Head, attempt, request_head
from agent.throughput.exchange import Party, drive
from agent.throughput.stop import StopReason, StopRule
from agent.throughput.timeline import Timeline

BUFFER_BYTES = 1_048_576
ANSWER_TIMEOUT_S = 10.0
"""So long a measurement point may take to begin its answer."""

QUIET_S = 1.0
"""So long nothing may arrive at the end of a run."""


class Download:
    """All connections of one download. `received` counts bodies; `timeline` begins when all of them carry data."""

    def __init__(self, point: MeasurementPoint, rule: StopRule, now_s: float) -> None:
        self.point = point
        self.rule = rule
        self.began_s = now_s
        self.received = 0
        self.timeline: Timeline | None = None
        self.stop_reason: StopReason | None = None
        self.buffer = memoryview(bytearray(BUFFER_BYTES))
        self._arrived_s = now_s
        self._silent: set[_Arrivals] = set()
        self._before = 0

    @property
    def room(self) -> int:
        """Bytes that may still be carried, by all connections together."""
        return self.rule.limits.max_bytes - self.received

    def run(self, system: System, connections: list[socket.socket]) -> None:
        """Until the stop rule ends it. Raises ProbeFailureError or OSError."""
        parties: list[Party] = []
        for connection in connections:
            party = _Arrivals(self, connection)
            self._silent.add(party)
            parties.append(party)
        drive(system, parties, self)
        self._check(system.monotonic_s())

    def count(self, party: _Arrivals, size: int, now_s: float) -> None:
        """`size` bytes of a body arrived."""
        self.received += size
        self._arrived_s = now_s
        if self.timeline is None:
            self._silent.discard(party)
            if not self._silent:
                self.timeline, self._before = Timeline(now_s), self.received
        else:
            self.timeline.add(now_s, self.received - self._before)

    def tick(self, now_s: float) -> bool:
        """Whether to go on."""
        if self.received == 0:
            if now_s - self.began_s > ANSWER_TIMEOUT_S:
                raise ProbeFailureError("down_no_data", f"nothing came within {ANSWER_TIMEOUT_S:g} s")
            return True
        self.stop_reason = self.rule.reason(self.timeline, self.received, self.began_s, now_s)
        return self.stop_reason is None

    def _check(self, now_s: float) -> None:
        if self.stop_reason is None:
            self.stop_reason = "bytes"
        if self.received == 0:
            raise ProbeFailureError("down_no_data", "the measurement point sent no data")
        if self.timeline is None:
            raise ProbeFailureError("down_stalled", f"{len(self._silent)} connections carried nothing")
        if now_s - self._arrived_s > QUIET_S:
            raise ProbeFailureError("down_stalled", f"nothing came in the last {now_s - self._arrived_s:.1f} s")


class _Arrivals:
    """One connection: asks, reads, and asks again when the measurement point gives less than is wanted."""

    def __init__(self, run: Download, connection: socket.socket) -> None:
        self.connection = connection
        self.events = selectors.EVENT_READ
        self._run = run
        self._encrypted = isinstance(connection, ssl.SSLSocket)
        self._ask()

    def _ask(self) -> None:
        point = self._run.point
        self._asked = self._run.room
        self._head: Head | None = Head("down")
        self._left = 0
        request = request_head("GET", f"{point.path('down')}?bytes={self._asked}", point.host, point.headers)
        self.connection.settimeout(ANSWER_TIMEOUT_S)
        self.connection.sendall(request)
        self.connection.setblocking(False)

    def step(self, _events: int, now_s: float) -> None:
        """Reads what there is; of an encrypted stream also what waits decrypted, which a selector can't see."""
        while self.events:
            size = attempt(self._read)
            if size is None:
                return
            if size == 0:
                raise ProbeFailureError("down_ended_early", f"the connection ended with {self._left} bytes to come")
            self._take(size, now_s)
            if not self._encrypted:
                return

    def _read(self) -> int:
        most = BUFFER_BYTES if self._head else min(BUFFER_BYTES, self._run.room)
        return self.connection.recv_into(self._run.buffer, most)

    def _take(self, size: int, now_s: float) -> None:
        if self._head is not None:
            found = self._head.take(bytes(self._run.buffer[:size]))
            if found is None:
                return
            length, body = found
            if length is None:
                raise ProbeFailureError("down_no_length", "the answer does not say how long it is")
            if not 0 < length <= self._asked:
                raise ProbeFailureError(
                    "down_no_data" if length == 0 else "down_wrong_length",
                    f"{length} bytes announced where {self._asked} were asked for",
                )
            self._head, self._left, size = None, length, len(body)
        if size > self._left:
            raise ProbeFailureError("down_wrong_length", f"{size - self._left} bytes more than announced")
        self._left -= size
        if size:
            self._run.count(self, min(size, self._run.room), now_s)
        if self._run.room <= 0:
            self.events = 0
        elif self._left == 0:
            self._ask()
