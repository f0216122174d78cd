"""Uploads: sent from here, counted where they arrive.

What our own system says has arrived there only tells when to stop; the estimate is made from the receiver's count.
"""

from __future__ import annotations

import os
import selectors
import socket
from collections.abc import Sequence

import msgspec

from agent.measuring.contract import ProbeFailureError
from agent.measuring.measurement_point import MeasurementPoint
from agent.protocol.tcp_info import acknowledged_bytes, keep_little_unsent, send_despite_loss, tcp_counts
from agent.throughput.connection import ResponseHead, attempt, request_head
from agent.throughput.connections import Connections
from agent.throughput.counts import counted_lanes, refuse_buffered
from agent.throughput.round_trips import RoundTripsUnderLoad
from agent.throughput.saturation import FIRST_CONNECTIONS, carried_as_much
from agent.throughput.stop import StopRule
from agent.throughput.timeline import Lane, Timeline, merged
from agent.throughput.transfer import Transfer
from agent.throughput.transfer_loop import TICK_S, Party

PIECE_BYTES_MIN, PIECE_BYTES_MAX = 8_192, 262_144
PIECES_MAX = 32
_UNSENT_S = 0.05
"""So much waits in the system to be sent, so that a device that is busy with something else leaves no gap."""

_PIECE_S = 0.005
"""A piece is what goes out in this time: large ones are cheap, small ones end in time on a thin line."""

COUNT_SHARE = 0.5
"""How much narrower than `precision` the interval of what has arrived has to be, as far as it is known here."""

ANSWER_TIMEOUT_S = 10.0
"""So long the receiver's count may take after the last byte."""

_COUNT_BYTES_MAX = 4_194_304


class Upload(Transfer):
    """All connections of one upload. `sent` counts what was handed to the system; `lanes()` is what arrived."""

    def __init__(
        self,
        point: MeasurementPoint,
        rule: StopRule,
        connections: Connections,
        under_load: RoundTripsUnderLoad,
    ) -> None:
        super().__init__(point, rule, connections, under_load)
        # The receiver's count is coarser than what tells when to stop: so that its interval is narrow enough as well.
        precision = COUNT_SHARE * rule.limits.precision
        self.rule = rule._replace(limits=msgspec.structs.replace(rule.limits, precision=precision))
        self.sent = 0
        self.piece_bytes = PIECE_BYTES_MIN
        self.random = os.urandom(PIECE_BYTES_MAX)  # nothing on the way can compress it
        self._parties: list[_Pieces] = []
        self._before = 0

    @property
    def carried(self) -> int:
        """Bytes that were handed to the system so far."""
        return self.sent

    @property
    def room(self) -> int:
        """Bytes that may still be carried, by all connections together."""
        return 0 if self.stop_reason is not None else self.rule.limits.max_bytes - self.sent

    def join(self, opened: list[socket.socket], *, despite_loss: bool) -> Sequence[Party]:
        """Begins an upload on each."""
        if despite_loss:
            for connection in opened:
                send_despite_loss(connection)
        newcomers = [_Pieces(self, connection) for connection in opened]
        self._parties += newcomers
        return newcomers

    def lanes(self) -> list[Lane]:
        """What the receiver counted on each connection. Raises ProbeFailureError if that can't be true."""
        lanes = counted_lanes((party.answer, party.sent, party.answered_s - self.began_s) for party in self._parties)
        refuse_buffered(lanes, max(party.last_sent_s for party in self._parties) - self.began_s)
        return lanes

    def arrived(self) -> Timeline:
        """What arrived while the connections of the newest stage carried data. Raises ProbeFailureError if the count
        can't be true, or shows that the line was not full.
        """
        lanes = self.lanes()
        if self.timeline is None:
            raise ProbeFailureError("up_too_short", f"{len(lanes)} connections never carried data side by side")
        # What is sent at one moment arrives as long after the first bytes as it was sent after them.
        found = merged(lanes, (self.timeline.start_s - self.began_s, self.ended_s - self.began_s))
        if not self.queue_felt and self.before_span_s is not None:
            from_s, to_s = (moment_s - self.began_s for moment_s in self.before_span_s)
            before, now = merged(lanes, (from_s, to_s)), self.rule.estimate(found)
            as_much = now is not None and carried_as_much(before.mean_mbit_s, now.mbit_s)
            self.filled = as_much and not self.held_up
        return found

    def newcomers(self) -> list[Party]:
        """Nobody joins once the end has begun."""
        return [] if self.stop_reason is not None else super().newcomers()

    def tick(self, now_s: float) -> bool:
        """Whether to go on. After the end of sending, for as long as counts are awaited."""
        if self.stop_reason is not None:
            if now_s - self.ended_s > ANSWER_TIMEOUT_S:
                raise ProbeFailureError("up_stalled", f"no count came within {ANSWER_TIMEOUT_S:g} s of the last byte")
            return True
        self._sample(now_s)
        if not self.look(now_s):
            for party in self._parties:
                party.end()
        return True

    def finish(self, now_s: float) -> None:
        """Every count has come, or there would have been an error."""

    def _sample(self, now_s: float) -> None:
        arrived = [party.arrived() for party in self._parties]
        total = sum(arrived)
        if self.timeline is not None:
            self.timeline.add(now_s, max(self.timeline.total, total - self._before))
        elif self.counts_from(now_s, all_carry=all(arrived)):
            self.timeline, self._before = Timeline(now_s, TICK_S), total
        per_s = total / max(now_s - self.began_s, TICK_S)
        self.piece_bytes = int(min(PIECE_BYTES_MAX, max(PIECE_BYTES_MIN, per_s / len(self._parties) * _PIECE_S)))
        # A few of the connections may carry nearly all of it.
        unsent = per_s * _UNSENT_S * min(1.0, FIRST_CONNECTIONS / len(self._parties))
        for party in self._parties:
            party.keep_little_unsent(max(PIECE_BYTES_MIN, int(unsent)))


class _Pieces:
    """One connection: a head, then pieces of a chunked body for as long as there is room, then the answer."""

    def __init__(self, run: Upload, connection: socket.socket) -> None:
        self.connection = connection
        self.sent = 0
        self.last_sent_s = run.began_s
        self.answered_s = run.began_s
        self.answer = b""
        self.events = selectors.EVENT_READ | selectors.EVENT_WRITE
        self._run = run
        self._head: ResponseHead | None = ResponseHead("up")
        self._expected = 0
        self._ended = False
        self._kept_bytes = 0
        counts = tcp_counts(connection)
        self._before = counts.delivered if counts else None
        self.keep_little_unsent(run.piece_bytes)
        point = run.point
        fields = {**point.headers, "Content-Type": "application/octet-stream", "Transfer-Encoding": "chunked"}
        self._waiting = memoryview(request_head("POST", point.path("up"), point.host, fields))
        if counts:  # only full segments, so that one carries as much as another: the receiver counts segments
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 0)
        connection.setblocking(False)

    def arrived(self) -> int:
        """About how many bytes have reached the other end; where the system does not say, what it was handed."""
        counts = tcp_counts(self.connection) if self._before is not None else None
        if counts is None or self._before is None:
            acknowledged = acknowledged_bytes(self.connection)
            return self.sent if acknowledged is None else acknowledged
        return (counts.delivered - self._before) * counts.segment_bytes

    def keep_little_unsent(self, most: int) -> None:
        """Follows the rate, in steps that are worth a call."""
        if not self._kept_bytes / 2 <= most <= self._kept_bytes * 2:
            keep_little_unsent(self.connection, most)
            self._kept_bytes = most

    def end(self) -> None:
        """No more pieces: what is under way is finished, and at once."""
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.events |= selectors.EVENT_WRITE if not self._ended else 0

    def step(self, events: int, now_s: float) -> None:
        """Writes and reads what is possible."""
        if events & selectors.EVENT_READ:
            self._read(now_s)
        if self.events & events & selectors.EVENT_WRITE:
            self._write(now_s)

    def _write(self, now_s: float) -> None:
        """As much as the system takes, since on a busy device the next turn may be far away; not more than is fair."""
        for _ in range(PIECES_MAX):
            if not self._waiting and not self._ended:
                self._waiting = self._next()
            size = attempt(lambda: self.connection.send(self._waiting))
            if size:
                self.last_sent_s = now_s
                self._waiting = self._waiting[size:]
            if self._ended and not self._waiting:
                self.events = selectors.EVENT_READ
            if not size or self._waiting or self._ended:
                return

    def _next(self) -> memoryview:
        size = min(self._run.piece_bytes, self._run.room)
        if size <= 0:
            self._ended = True
            return memoryview(b"0\r\n\r\n")
        self._run.sent += size
        self.sent += size
        return memoryview(b"%x\r\n%b\r\n" % (size, self._run.random[:size]))

    def _read(self, now_s: float) -> None:
        piece = b""

        def received() -> int:
            nonlocal piece
            piece = self.connection.recv(65_536)
            return len(piece)

        while self.events:
            size = attempt(received)
            if size is None:
                return
            if size == 0:
                raise ProbeFailureError("up_failed", "the connection ended before the receiver's count came")
            self._take(piece, now_s)

    def _take(self, piece: bytes, now_s: float) -> None:
        if self._head is not None:
            found = self._head.take(piece)
            if found is None:
                return
            length, piece = found
            if length is None or not 0 < length <= _COUNT_BYTES_MAX:
                raise ProbeFailureError("up_garbled_count", f"a count of {length} bytes was announced")
            self._head, self._expected = None, length
        self.answer += piece
        if len(self.answer) >= self._expected:
            if not self._ended or self._waiting:
                raise ProbeFailureError("up_impossible_count", "the receiver answered before all was sent")
            self.answered_s, self.events = now_s, 0
