"""What the measurement point counts of a run."""

from __future__ import annotations

from datetime import datetime

import msgspec

COUNTED_GRAIN = 0.05
"""How far above the measurement point's own count the rate of the same run may lie, as a share: runs end once they are
sure to a few per cent (3 by default), of a stretch that is not cut as the point cuts its own. What lies above that
counts as so much, and what lies twice as far above is no run that the point counted.
"""


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
