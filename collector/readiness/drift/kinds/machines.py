"""Machines that were heard then are silent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from collector.readiness.domain.model import DriftChange, Text
from collector.readiness.drift.compared import LOOKED_BACK, Compared

SILENT_DAYS = 2.0
SHOWN = 10


def differs(compared: Compared) -> Iterator[DriftChange]:
    """All of them together, at the time when the first fell silent: for two school days, each."""
    heard: dict[str, datetime] = {}
    for ones in compared.observed.by_probe.values():
        for one in ones:
            heard[one.device_id] = max(one.last_at, heard.get(one.device_id, one.last_at))
    now, days = compared.observed.now, compared.observed.school_days
    silent = {
        device: at
        for device, at in heard.items()
        if at >= compared.until - LOOKED_BACK and days.between(at, now) > SILENT_DAYS
    }
    if silent:
        names = sorted(compared.observed.devices[device].label or device for device in silent)
        shown = ", ".join(names[:SHOWN]) + (" ..." if len(names) > SHOWN else "")
        what = Text("drift_machines", {"devices": len(silent), "machines": shown})
        yield DriftChange("machines", min(silent.values()), what)
