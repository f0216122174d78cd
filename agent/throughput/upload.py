"""Uploads: sent from here, counted where they arrive.

What our own system says was acknowledged only tells when to stop; the estimate is made from the receiver's count.
"""

from __future__ import annotations

import os
import selectors
import socket

from agent.measurement_point import MeasurementPoint
from agent.probe import ProbeFailureError
from agent.system import System
from agent.throughput.connection import Head, acknowledged_bytes, attempt, keep_little_unsent, request_head
from agent.throughput.counts import counted_lane, refuse_buffered
from agent.throughput.exchange import Party, drive
from agent.throughput.stop import StopReason, StopRule
from agent.throughput.timeline import Lane, Timeline

PIECE_BYTES_MIN, PIECE_BYTES_MAX = 8_192, 262_144
_PIECE_S = 0.005
"""A piece is what goes out in this time: large ones are cheap, small ones end in time on a thin line."""

ANSWER_TIMEOUT_S = 10.0
"""So long the receiver's count may take after the last byte."""

_COUNT_BYTES_MAX = 4_194_304
_SAMPLE_S = 0.005


class Upload:
    """All connections of one upload. `sent` counts what was handed to the system; `lanes()` is what arrived."""

    def __init__(self, point: MeasurementPoint, rule: StopRule, now_s: float) -> None:
        self.point = point
        self.rule = rule
        self.began_s = now_s
        self.sent = 0
        self.ending_s: float | None = None
        self.stop_reason: StopReason | None = None
        self.piece_bytes = PIECE_BYTES_MIN
        self.random = os.urandom(PIECE_BYTES_MAX)  # nothing on the way can compress it
        self._acknowledged = Timeline(now_s)
        self._parties: list[_Pieces] = []

    @property
    def room(self) -> int:
        """Bytes that may still be carried, by all connections together."""
        return 0 if self.ending_s is not None else self.rule.limits.max_bytes - self.sent

    def run(self, system: System, connections: list[socket.socket]) -> None:
        """Until the stop rule ends it and every count has come. Raises ProbeFailureError or OSError."""
        self._parties = [_Pieces(self, connection) for connection in connections]
        parties: list[Party] = list(self._parties)
        drive(system, parties, self)
        if self.stop_reason is None:
            self.stop_reason = "bytes"

    def lanes(self) -> list[Lane]:
        """What the receiver counted on each connection. Raises ProbeFailureError if that can't be true."""
        lanes = [counted_lane(party.answer, party.sent, party.answered_s - self.began_s) for party in self._parties]
        refuse_buffered(lanes, max(party.last_sent_s for party in self._parties) - self.began_s)
        return lanes

    def tick(self, now_s: float) -> bool:
        """Whether to go on. After the end of sending, for as long as counts are awaited."""
        if self.ending_s is not None:
            if now_s - self.ending_s > ANSWER_TIMEOUT_S:
                raise ProbeFailureError("up_stalled", f"no count came within {ANSWER_TIMEOUT_S:g} s of the last byte")
            return True
        self._sample(now_s)
        self.stop_reason = self.rule.reason(self._acknowledged, self.sent, self.began_s, now_s)
        if self.stop_reason is not None:
            self.ending_s = now_s
            for party in self._parties:
                party.end()
        return True

    def _sample(self, now_s: float) -> None:
        known = [acknowledged_bytes(party.connection) for party in self._parties]
        total = self.sent if None in known else sum(count or 0 for count in known)
        if total > self._acknowledged.total:
            self._acknowledged.add(now_s, total)
        per_connection = total / max(now_s - self.began_s, _SAMPLE_S) / len(self._parties)
        self.piece_bytes = int(min(PIECE_BYTES_MAX, max(PIECE_BYTES_MIN, per_connection * _PIECE_S)))
        for party in self._parties:
            party.keep_little_unsent(self.piece_bytes)


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
        self._head: Head | None = Head("up")
        self._expected = 0
        self._ended = False
        self._kept_bytes = 0
        self.keep_little_unsent(run.piece_bytes)
        point = run.point
        fields = {**point.headers, "Content-Type": "application/octet-stream", "Transfer-Encoding": "chunked"}
        self._waiting = memoryview(request_head("POST", point.path("up"), point.host, fields))
        connection.setblocking(False)

    def keep_little_unsent(self, most: int) -> None:
        """Follows the rate, in steps that are worth a call."""
        if not self._kept_bytes / 2 <= most <= self._kept_bytes * 2:
            keep_little_unsent(self.connection, most)
            self._kept_bytes = most

    def end(self) -> None:
        """No more pieces: what is under way is finished."""
        self.events |= selectors.EVENT_WRITE if not self._ended else 0

    def step(self, events: int, now_s: float) -> None:
        """Writes and reads what is possible."""
        if events & selectors.EVENT_READ:
            self._read(now_s)
        if self.events & events & selectors.EVENT_WRITE:
            self._write(now_s)

    def _write(self, now_s: float) -> None:
        if not self._waiting and not self._ended:
            self._waiting = self._next()
        size = attempt(lambda: self.connection.send(self._waiting))
        if size:
            self.last_sent_s = now_s
            self._waiting = self._waiting[size:]
        if self._ended and not self._waiting:
            self.events = selectors.EVENT_READ

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
