"""What the collector itself knows of a device, as facts that a requirement may name: it is in no probe. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from agent.protocol.facts import FactSpec
from collector.readiness.domain.model import DeviceSeen, Observation
from collector.readiness.evidence.index import EvidenceIndex, HintIndex, Newest

PROBE = "seen"
_SPECS = (
    FactSpec("clock_offset_s", "float", "s", "how far its clock was from the collector's when it was last heard", 0),
)
SEEN_FACTS: Mapping[str, FactSpec] = {f"{PROBE}.{spec.name}": spec for spec in _SPECS}
"""By the name that a requirement has for them."""


def newest_with_seen(observed: EvidenceIndex | HintIndex) -> Mapping[str, Newest]:
    """The newest observation per probe and device, and what the collector knows beside as if it were one more."""
    known = {one.device_id: seen for one in observed.devices.values() if (seen := _seen(one)) is not None}
    return {**observed.newest, PROBE: known}


def _seen(device: DeviceSeen) -> Observation | None:
    if device.last_seen_at is None:
        return None
    offset_s = None if device.clock_offset_s is None else abs(device.clock_offset_s)
    return Observation(
        device_id=device.device_id,
        room=device.room,
        probe=PROBE,
        status="ok",
        first_at=device.last_seen_at,
        last_at=device.last_seen_at,
        count=1,
        facts={"clock_offset_s": offset_s},
        missing={},
        rows=[],
    )
