"""That a machine was enrolled: one and the same machine may be so under several ids, one after the other."""

from __future__ import annotations

from datetime import datetime

import msgspec


class MachineEnrolment(msgspec.Struct, frozen=True):
    """Under which id a machine was enrolled, where, when, and until when that stood; None where it stands.

    `machine` is who it is whatever system is put on it (`DeviceSeen.machine`).
    """

    machine: str
    device_id: str
    school: str
    enrolled_at: datetime
    revoked_at: datetime | None = None
