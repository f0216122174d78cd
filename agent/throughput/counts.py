"""The receiver's count of an upload, believed only where it can be true. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import pairwise

import msgspec

from agent.measuring.contract import ProbeFailureError
from agent.protocol.wire import UploadCount
from agent.throughput.timeline import Lane

CLOCKS_DIFFER_S = 0.5
"""So much longer than we waited may a receiver have counted: no clock differs more over some seconds."""


def counted_lanes(answers: Iterable[tuple[bytes, int, float]]) -> list[Lane]:
    """The counts of all connections, each with the bytes that went out on it and the seconds until it was answered. One
    that joined when all had been sent carried nothing: what is said of it says nothing. Raises ProbeFailureError.
    """
    lanes = [counted_lane(body, sent_bytes, took_s) for body, sent_bytes, took_s in answers if sent_bytes]
    if not lanes:
        raise ProbeFailureError("up_too_short", "the end came before anything was sent")
    return lanes


def counted_lane(body: bytes, sent_bytes: int, took_s: float) -> Lane:
    """The count of one connection, on which `sent_bytes` went out and were answered within `took_s`.

    Raises ProbeFailureError if it can't be read or can't be true.
    """
    try:
        count = msgspec.json.decode(body, type=UploadCount)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        detail = f"the receiver's count can't be read: {error}; {len(body)} bytes that begin with {body[:40]!r}"
        raise ProbeFailureError("up_garbled_count", detail) from error
    total = 0
    marks: list[tuple[float, int]] = []
    for piece in count.slices:
        total += piece.bytes
        marks.append((count.started_s + piece.until_s, total))
    moments_s = [count.started_s, *(moment_s for moment_s, _ in marks)]
    possible = (
        bool(marks)
        and all(math.isfinite(moment_s) for moment_s in moments_s)
        and all(earlier <= later for earlier, later in pairwise(moments_s))
        and all(piece.bytes >= 0 for piece in count.slices)
        and total == count.bytes == sent_bytes
        and moments_s[-1] - moments_s[0] <= took_s + CLOCKS_DIFFER_S
    )
    if not possible:
        detail = f"{count.bytes} bytes in slices of {total} after {sent_bytes} bytes were sent within {took_s:.1f} s"
        raise ProbeFailureError("up_impossible_count", detail)
    return Lane(count.started_s, marks)


def refuse_buffered(lanes: list[Lane], sending_s: float) -> None:
    """Raises ProbeFailureError if what took `sending_s` to send arrived in much less: something on the way kept it
    back, and the receiver saw the speed of that box instead of the line's.
    """
    arriving_s = max(lane.end_s for lane in lanes) - min(lane.start_s for lane in lanes)
    if sending_s > 2 * arriving_s + 0.2:
        detail = f"sent for {sending_s:.2f} s, arrived within {arriving_s:.2f} s: a proxy keeps uploads back"
        raise ProbeFailureError("up_buffered", detail)
