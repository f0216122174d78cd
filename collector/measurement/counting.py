"""What a measurement point sends and counts, alike in the collector and in a process of its own.

What it sends can not be compressed. What it counts it counts as it arrives, by its own monotonic clock, because a
sender's count includes what still waits in its buffers.
"""

from __future__ import annotations

import os
from http import HTTPStatus

from agent.wire import Slice, UploadCount
from collector.measurement.refusal import MeasurementRefusedError

LARGEST_BYTES = 1_000_000_000
SLICE_S = 0.01
CHUNK_BYTES = 256 * 1024


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


class Count:
    """Counts what arrives, in slices of at least `SLICE_S` (the last may be shorter)."""

    def __init__(self) -> None:
        self._started_s: float | None = None
        self._bytes = 0
        self._in_slice_bytes = 0
        self._slice_began_s = 0.0
        self._slices: list[Slice] = []

    def add(self, count_bytes: int, now_s: float) -> None:
        """Counts what arrived just now. Raises MeasurementRefusedError (413) beyond `LARGEST_BYTES`."""
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
            self._end_slice(now_s - self._started_s)

    def result(self, now_s: float) -> UploadCount:
        """The count; its slices add up to the whole."""
        started_s = now_s if self._started_s is None else self._started_s
        if self._in_slice_bytes:
            self._end_slice(now_s - started_s)
        return UploadCount(bytes=self._bytes, started_s=started_s, slices=self._slices)

    def _end_slice(self, until_s: float) -> None:
        self._slices.append(Slice(until_s=until_s, bytes=self._in_slice_bytes))
        self._slice_began_s, self._in_slice_bytes = until_s, 0


def too_slow(seconds: float) -> MeasurementRefusedError:
    """An upload that took too long."""
    return MeasurementRefusedError(
        HTTPStatus.REQUEST_TIMEOUT, "too_slow", f"An upload may take {seconds:g} s. Send less."
    )


def ticket_ended() -> MeasurementRefusedError:
    """An upload that was under way when its ticket ended."""
    return MeasurementRefusedError(
        HTTPStatus.UNAUTHORIZED, "ticket_expired", "The ticket ended while it was used. Ask for a new one."
    )
