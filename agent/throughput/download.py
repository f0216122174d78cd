"""Downloads: what arrives here, counted here.

Where the system says how many segments have arrived, the rate is made of these: what TCP holds back until a lost
segment has been repeated did cross the line, though nobody can read it yet.
"""

from __future__ import annotations

import selectors
import socket
import ssl
from collections.abc import Sequence

from agent.measuring.contract import ProbeFailureError
from agent.measuring.measurement_point import MeasurementPoint
from agent.protocol.tcp_info import tcp_counts
from agent.throughput.connection import ResponseHead, attempt, request_head
from agent.throughput.connections import Connections
from agent.throughput.round_trips import RoundTripsUnderLoad
from agent.throughput.saturation import has_queue
from agent.throughput.stop import StopRule
from agent.throughput.timeline import Timeline
from agent.throughput.transfer import Transfer
from agent.throughput.transfer_loop import TICK_S

BUFFER_BYTES = 1_048_576
ANSWER_TIMEOUT_S = 10.0
"""So long a measurement point may take to begin its answer."""

QUIET_S = 1.0
"""So long nothing may arrive at the end of a run."""

HELD_BACK_S = 0.5
"""So much later than a round trip the first byte of all never comes, unless something keeps the answer back."""

SEGMENTS_MIN = 32
"""So many a connection must have had to tell how much one carries."""


class Download(Transfer):
    """All connections of one download. `received` counts bodies."""

    def __init__(
        self,
        point: MeasurementPoint,
        rule: StopRule,
        connections: Connections,
        under_load: RoundTripsUnderLoad,
    ) -> None:
        super().__init__(point, rule, connections, under_load)
        self.received = 0
        self.buffer = memoryview(bytearray(BUFFER_BYTES))
        self.silent: set[_Arrivals] = set()
        self.parties: list[_Arrivals] = []
        self._arrived_s: float | None = None
        self._before = 0
        self._by_segments = False

    @property
    def carried(self) -> int:
        """Bytes of bodies so far."""
        return self.received

    @property
    def room(self) -> int:
        """Bytes that may still be carried, by all connections together."""
        return self.rule.limits.max_bytes - self.received

    def join(self, opened: list[socket.socket], *, despite_loss: bool) -> Sequence[_Arrivals]:
        """Asks for a download on each."""
        query = "&congestion=bbr" if despite_loss else ""
        newcomers = [_Arrivals(self, connection, query) for connection in opened]
        self.parties += newcomers
        self.silent |= set(newcomers)
        return newcomers

    def count(self, party: _Arrivals, size: int, now_s: float) -> None:
        """`size` bytes of a body arrived."""
        if self._arrived_s is None and now_s - self.began_s > HELD_BACK_S + 2 * self.rule.rtt_s:
            waited_s = now_s - self.began_s
            raise ProbeFailureError("down_buffered", f"nothing came for {waited_s:.1f} s: a proxy keeps downloads back")
        self.received += size
        party.received += size
        self._arrived_s = now_s
        self.silent.discard(party)
        if self.timeline is None:
            if self.counts_from(now_s, all_carry=not self.silent):
                self._begin(now_s)
        elif not self._by_segments:
            self.timeline.add(now_s, self.received - self._before)

    def tick(self, now_s: float) -> bool:
        """Whether to go on."""
        if self.received == 0:
            if now_s - self.began_s > ANSWER_TIMEOUT_S:
                raise self._nothing_came(now_s)
            return True
        self._sample(now_s)
        return self.look(now_s)

    def finish(self, now_s: float) -> None:
        """Raises ProbeFailureError if what came can not be all that was asked for."""
        if self.received == 0:
            raise ProbeFailureError("down_no_data", "the measurement point sent no data")
        if self.timeline is None and self.silent:
            raise ProbeFailureError("down_stalled", f"{len(self.silent)} connections carried nothing")
        if now_s - (self._arrived_s or now_s) > QUIET_S:
            raise ProbeFailureError("down_stalled", f"nothing came in the last {now_s - (self._arrived_s or 0):.1f} s")

    def _nothing_came(self, now_s: float) -> ProbeFailureError:
        if has_queue(self.rule.rtt_s, self.under_load.since(self.began_s, now_s)):
            return ProbeFailureError("down_buffered", "nothing comes on a full line: a proxy keeps downloads back")
        return ProbeFailureError("down_no_answer", f"nothing came within {ANSWER_TIMEOUT_S:g} s")

    def _begin(self, now_s: float) -> None:
        """From here on it counts."""
        segments = self._segments()
        self._by_segments = segments is not None
        self._before = self.received if segments is None else segments
        self.timeline = Timeline(now_s, TICK_S) if self._by_segments else Timeline(now_s)

    def _sample(self, now_s: float) -> None:
        segments = self._segments() if self.timeline and self._by_segments else None
        if self.timeline is not None and segments is not None:
            self.timeline.add(now_s, segments - self._before)
            self.timeline.unit_bytes = self._segment_bytes()

    def _segments(self) -> int | None:
        """Segments that have arrived on all connections; None where the system does not say."""
        found = [party.segments() for party in self.parties]
        return None if None in found else sum(count or 0 for count in found)

    def _segment_bytes(self) -> float:
        """What one carries: by the connection that had the most to show for its segments. On the others, more waits
        for a lost one to be repeated.
        """
        counts = [(party.received, party.segments() or 0) for party in self.parties]
        enough = min(SEGMENTS_MIN, max(segments for _, segments in counts))
        shown = max((received / segments for received, segments in counts if segments >= max(1, enough)), default=1.0)
        timeline = self.timeline
        return max(shown, timeline.unit_bytes) if timeline else shown


class _Arrivals:
    """One connection: asks, reads, and asks again when the measurement point gives less than is wanted."""

    def __init__(self, run: Download, connection: socket.socket, query: str) -> None:
        self.connection = connection
        self.events = selectors.EVENT_READ
        self.received = 0
        self._run = run
        self._query = query
        self._encrypted = isinstance(connection, ssl.SSLSocket)
        counts = tcp_counts(connection)
        self._before = counts.segments_in if counts else None
        self._ask()

    def segments(self) -> int | None:
        """How many with data have arrived since the first request."""
        counts = tcp_counts(self.connection) if self._before is not None else None
        return None if counts is None or self._before is None else counts.segments_in - self._before

    def _ask(self) -> None:
        point = self._run.point
        self._asked = self._run.room
        self._head: ResponseHead | None = ResponseHead("down")
        self._left = 0
        request = request_head(
            "GET", f"{point.path('down')}?bytes={self._asked}{self._query}", point.host, point.headers
        )
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
