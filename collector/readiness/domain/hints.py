"""Hints: what is shown beside a verdict and had no say in it."""

from __future__ import annotations

from datetime import datetime

import msgspec


class HintSummary(msgspec.Struct, frozen=True):
    """What browsers say that checked themselves outside a supervised session: how many, how many of those looked at
    meet what the profile asks of devices, and how many do not. Anybody can send that: nothing is concluded from it.
    """

    browsers: int
    fine: int
    lacking: int
    newest_at: datetime


class SetAsideSummary(msgspec.Struct, frozen=True):
    """Measurements that were set aside for one reason, because they can not be: how many, and of how many devices."""

    reason: str
    observations: int
    devices: int
    newest_at: datetime
