"""What a result said, apart from when: two results with the same content differ only in their time.

Where a probe wavers from reading to reading (`Declaration.steady`), those of an hour in one state, levels and all,
count as one content, and the first that came in says what it is. The first and not the worst, as nothing is rewritten.
"""

from __future__ import annotations

from hashlib import blake2b

import msgspec

from agent.protocol.wire import ProbeError
from collector.store.timestamps import Microseconds

DIGEST_BYTES = 16


# gc=False: these hold no references that could form a circle, and there are many of them.
class Content(msgspec.Struct, frozen=True, gc=False):
    """A result as it was said in a room; `facts`, `missing` and `rows` are JSON as the device wrote it. `session` is
    the supervised session that it was measured in, if any.

    Equal content has an equal `digest`. How long the probe took, and the sentence of an error beside its code, are
    not part of it: they differ from run to run. Nor is what wavers, where the digest is made of the `state` instead.
    """

    digest: bytes
    room: str | None
    probe: str
    probe_version: int
    status: str
    error: ProbeError | None
    facts: bytes
    missing: bytes
    rows: bytes
    session: str | None = None


class MeasuredContent(msgspec.Struct, frozen=True, gc=False):
    """A content and when it was measured, on the collector's clock."""

    at: Microseconds
    content: Content


def content_of(
    *,
    room: str | None,
    probe: str,
    probe_version: int,
    status: str,
    error: ProbeError | None,
    facts: bytes,
    missing: bytes,
    rows: bytes,
    session: str | None = None,
    state: bytes | None = None,
) -> Content:
    """A content with its digest: names hold no line breaks and JSON ends itself, so no two contents run together. With
    a `state`, JSON too, that stands for the facts and the rows.
    """
    names = f"{room}\n{probe}\n{probe_version}\n{status}\n{error.code if error else None}\n".encode()
    said = (facts, missing, rows) if state is None else (state, missing)
    parts = (names, *said) if session is None else (names, *said, session.encode())
    digest = blake2b(b"\n".join(parts), digest_size=DIGEST_BYTES).digest()
    return Content(digest, room, probe, probe_version, status, error, facts, missing, rows, session)


ContentRow = tuple[int, bytes, str | None, int, str, str | None, str | None, str, str, str, str | None]


def content_row(device: int, content: Content) -> ContentRow:
    """The row of `contents` for a device's content, in the order of its columns."""
    error = content.error
    return (
        device,
        content.digest,
        content.room,
        content.probe_version,
        content.status,
        error.code if error else None,
        error.message if error else None,
        content.facts.decode(),
        content.missing.decode(),
        content.rows.decode(),
        content.session,
    )
