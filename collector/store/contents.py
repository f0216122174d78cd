"""What a result said, apart from when: two results with the same content differ only in their time."""

from __future__ import annotations

from hashlib import blake2b

import msgspec

from agent.wire import ProbeResult
from collector.store.moments import Microseconds

DIGEST_BYTES = 16

_canonical = msgspec.json.Encoder(order="deterministic")


class Content(msgspec.Struct, frozen=True):
    """A result as it was said in a room. Equal content has an equal `digest`.

    The duration, and the sentence of an error beside its code, are not part of it: they differ from run to run.
    """

    digest: bytes
    room: str | None
    result: ProbeResult


class MeasuredContent(msgspec.Struct, frozen=True):
    """A content and when it was measured, on the collector's clock."""

    at: Microseconds
    content: Content


def content_of(result: ProbeResult, room: str | None) -> Content:
    """The content of `result`, measured in `room`."""
    code = result.error.code if result.error else None
    said = (room, result.probe, result.version, result.status, code, result.facts, result.missing, result.rows)
    return Content(blake2b(_canonical.encode(said), digest_size=DIGEST_BYTES).digest(), room, result)


def content_row(device: int, content: Content) -> dict[str, object]:
    """The row of `contents` for a device's content."""
    result = content.result
    return {
        "device": device,
        "digest": content.digest,
        "room": content.room,
        "probe_version": result.version,
        "status": result.status,
        "error_code": result.error.code if result.error else None,
        "error_message": result.error.message if result.error else None,
        "facts": _canonical.encode(result.facts).decode(),
        "missing": _canonical.encode(result.missing).decode(),
        "rows": _canonical.encode(result.rows).decode(),
    }
