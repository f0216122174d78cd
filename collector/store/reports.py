"""What ingest hands to the store: reports that were checked, and reports that were refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from collector.store.contents import MeasuredContent
from collector.store.timestamps import Microseconds

ReceiptOutcome = Literal["accepted", "duplicate"]


class ReceivedReport(msgspec.Struct, frozen=True, gc=False):
    """A valid report of an enrolled device. `room` is None where the report does not name one.

    `clock_offset_s` is how far the device's clock was ahead of the collector's when the report arrived. `left_out`
    names the probes whose results are not in `measured` because they tell of another place than the school. Without
    `has_news` it says again what its device said last, give or take what wavers.
    """

    device_id: str
    report_id: str
    received_at: Microseconds
    agent_version: str
    room: str | None
    clock_offset_s: float
    dropped_count: int
    measured: list[MeasuredContent]
    left_out: Sequence[str] = ()
    has_news: bool = True


class RejectedReport(msgspec.Struct, frozen=True):
    """A report that was refused, kept so that somebody can see why. `body` is its beginning as it came."""

    device_id: str
    report_id: str | None
    received_at: Microseconds
    code: str
    place: str | None
    message: str
    body: bytes
