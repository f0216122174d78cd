"""Network gear as metrics show it."""

from __future__ import annotations

from datetime import datetime

import msgspec

from collector.readiness.domain.model import UplinkLoad


class GearStatus(msgspec.Struct, frozen=True):
    """A device of `network.yaml`: `polled` is whether it was ever asked, `error_code` why the last poll failed, and
    `failures` counts failed polls since the start by code. `school` is empty where it serves several.
    """

    device: str
    school: str
    answered_at: datetime | None
    error_code: str | None
    polled: bool
    failures: dict[str, int]
    load: UplinkLoad | None = None
    speed_mbit_s: int | None = None
