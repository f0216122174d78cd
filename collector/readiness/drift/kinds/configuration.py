"""The sitting or its school is written otherwise in the configuration."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from collector.readiness.domain.model import DriftChange, Text
from collector.readiness.drift.compared import Compared

Written = str | int | datetime | None


def differs(compared: Compared) -> Iterator[DriftChange]:
    """Who sits, where, when and for how long, and what the school has; nobody knows when it was written."""
    then, now = compared.ready, compared.now
    changed: dict[str, tuple[Written, Written]] = {
        "drift_pupils": (then.sitting.pupils, now.sitting.pupils),
        "drift_rooms": (", ".join(then.sitting.rooms), ", ".join(now.sitting.rooms)),
        "drift_minutes": (then.sitting.minutes, now.sitting.minutes),
        "drift_devices": (then.school.devices, now.school.devices),
    }
    if now.sitting.standing is None:
        changed |= {"drift_starts": (then.starts_at, now.starts_at)}
    for code, (before, after) in changed.items():
        if before != after:
            told = Text(code, {"then": _told(before), "now": _told(after)})
            yield DriftChange("configuration", compared.until, told)


def _told(value: Written) -> str | int | datetime:
    return "–" if value is None else value
