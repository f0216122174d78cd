"""What the measurement point counts of a run."""

from __future__ import annotations

from datetime import datetime

import msgspec


class CountedRun(msgspec.Struct, frozen=True):
    """What the measurement point itself counted of one run under a lease or in a session, from its first byte at `at`
    and for `seconds`: bytes, and the rates that it saw, in Mbit/s; None in a direction that was not tried. A rate that
    a device states beyond these is no evidence.
    """

    device_id: str
    at: datetime
    received_at: datetime
    seconds: float
    down_bytes: int = 0
    up_bytes: int = 0
    down_mbit_s: float | None = None
    up_mbit_s: float | None = None
    session: str | None = None
