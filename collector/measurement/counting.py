"""What a measurement point sends and counts, alike in the collector and in a process of its own.

What it sends can not be compressed. What it counts it counts as it arrives, by its own monotonic clock, because a
sender's count includes what still waits in its buffers.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from http import HTTPStatus
from itertools import pairwise
from weakref import WeakSet

from agent.protocol.wire import Slice, UploadCount
from collector.measurement.answer import MeasurementRefusedError

LARGEST_BYTES = 1_000_000_000
SLICE_S = 0.01
CHUNK_BYTES = 256 * 1024
SIBLINGS_MAX = 32


def incompressible() -> memoryview:
    """The bytes that are sent, over and over; made once."""
    return memoryview(os.urandom(CHUNK_BYTES))


def wanted_bytes(written: str) -> int:
    """How many bytes a download asks for, at most `LARGEST_BYTES`. Raises MeasurementRefusedError (400)."""
    if not (written.isascii() and written.isdecimal() and len(written) < 20 and int(written) > 0):
        raise MeasurementRefusedError(
            HTTPStatus.BAD_REQUEST,
            "malformed",
            "Say how many bytes to send, as in `down?bytes=1000000`.",
            place="bytes",
        )
    return min(int(written), LARGEST_BYTES)


class Siblings:
    """The uploads that one device makes side by side. All of them end their slices at the same moments, so that what
    arrived on all together is known for each.
    """

    def __init__(self) -> None:
        self.counts: WeakSet[ByteCounter] = WeakSet()

    def end_slices(self, now_s: float) -> None:
        """Ends a slice of each. Of more than any run has, each ends its own."""
        if len(self.counts) <= SIBLINGS_MAX:
            for count in self.counts:
                count.end_slice(now_s)


class ByteCounter:
    """Counts what arrives, in slices of at least `SLICE_S` (shorter: the last, and one that falls in with others)."""

    def __init__(self, segments: Callable[[], int | None] = lambda: None, siblings: Siblings | None = None) -> None:
        """`segments` says how many have arrived by now, in whatever order; None where the system does not say."""
        self._segments = segments
        self._siblings = siblings or Siblings()
        self._siblings.counts.add(self)
        self._started_s: float | None = None
        self._bytes = 0
        self._in_slice_bytes = 0
        self._slice_began_s = 0.0
        self._slices: list[Slice] = []
        self._arrived: list[int | None] = [segments()]

    def add(self, count_bytes: int, now_s: float) -> None:
        """Counts what can be read just now. Raises MeasurementRefusedError (413) beyond `LARGEST_BYTES`."""
        if self._started_s is None:
            self._started_s = now_s
        self._bytes += count_bytes
        if self._bytes > LARGEST_BYTES:
            raise MeasurementRefusedError(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                "too_large",
                f"One upload may be {LARGEST_BYTES} bytes. Use more connections.",
            )
        self._in_slice_bytes += count_bytes
        if now_s - self._started_s - self._slice_began_s >= SLICE_S:
            self.end_slice(now_s)
            self._siblings.end_slices(now_s)  # it is one of them, and has just ended

    def end_slice(self, now_s: float) -> None:
        """What has come since the last slice is one of its own now, unless that one has only just ended."""
        if self._started_s is not None and now_s - self._started_s - self._slice_began_s >= SLICE_S / 2:
            self._end_slice(now_s - self._started_s)

    def result(self, now_s: float) -> UploadCount:
        """The count; its slices add up to the whole."""
        self._siblings.counts.discard(self)
        started_s = now_s if self._started_s is None else self._started_s
        if self._in_slice_bytes:
            self._end_slice(now_s - started_s)
        return UploadCount(bytes=self._bytes, started_s=started_s, slices=self._as_arrived())

    def _end_slice(self, until_s: float) -> None:
        self._slices.append(Slice(until_s=until_s, bytes=self._in_slice_bytes))
        self._arrived.append(self._segments())
        self._slice_began_s, self._in_slice_bytes = until_s, 0

    def _as_arrived(self) -> list[Slice]:
        """The slices with what arrived in each: what TCP held back until a lost segment had been repeated counts when
        it came, not when it could be read.
        """
        arrived = [segments for segments in self._arrived if segments is not None]
        if len(arrived) < len(self._arrived) or arrived[-1] <= arrived[0]:
            return self._slices
        share = self._bytes / (arrived[-1] - arrived[0])
        totals = [round((segments - arrived[0]) * share) for segments in arrived]
        pieces = zip(self._slices, pairwise(totals), strict=True)
        return [Slice(piece.until_s, later - earlier) for piece, (earlier, later) in pieces]


def upload_too_slow(seconds: float) -> MeasurementRefusedError:
    """An upload that took too long."""
    return MeasurementRefusedError(
        HTTPStatus.REQUEST_TIMEOUT, "too_slow", f"An upload may take {seconds:g} s. Send less."
    )


def ticket_ended() -> MeasurementRefusedError:
    """An upload that was under way when its ticket ended."""
    return MeasurementRefusedError(
        HTTPStatus.UNAUTHORIZED, "ticket_expired", "The ticket ended while it was used. Ask for a new one."
    )
