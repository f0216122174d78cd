"""Machines of a room that need no air: they have no Wi-Fi, or have it and use a cable. Pure."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from collector.readiness.domain.model import EvidenceRule, Observation
from collector.readiness.evidence.index import EvidenceIndex, is_fresh
from collector.readiness.rooms.samples import LINE

NO_INTERFACE = "no_wifi_interface"
_NOT_CONNECTED = "not_connected"
_TOGETHER = timedelta(hours=1)
"""A machine that reached the measurement point so near to when its Wi-Fi was not connected did so by another way."""


def on_cable(
    observed: EvidenceIndex, room: str, rule: EvidenceRule, heard_air: Collection[str]
) -> dict[str, Observation]:
    """By device, what shows it. One that `heard_air` lately is none, even if its Wi-Fi is gone: it may be broken."""
    newest = observed.newest_in_room.get(("wifi", room), {})
    return {
        device: one
        for device, one in newest.items()
        if device not in heard_air
        and is_fresh(one, observed.now, rule.device_days)
        and _needs_no_air(one, observed, room)
    }


def _needs_no_air(one: Observation, observed: EvidenceIndex, room: str) -> bool:
    if one.status == "unsupported":
        return one.error_code == NO_INTERFACE
    if one.status != "ok" or one.missing.get("bssid") != _NOT_CONNECTED:
        return False
    reached = (observed.newest_in_room.get((probe, room), {}).get(one.device_id) for probe in LINE)
    return any(
        other is not None and other.status == "ok" and abs(other.last_at - one.last_at) <= _TOGETHER
        for other in reached
    )
