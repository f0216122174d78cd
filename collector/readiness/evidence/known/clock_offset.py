"""seen.clock_offset_s: how far a device's clock was from the collector's when it was last heard, either way."""

from __future__ import annotations

from agent.protocol.facts import FactSpec
from collector.readiness.domain.model import DeviceSeen, Releases
from collector.readiness.evidence.known_fact import Known, KnownFact, Own


def _read(device: DeviceSeen, own: Own, releases: Releases) -> Known | None:
    del own, releases
    if device.last_seen_at is None:
        return None
    return Known(None if device.clock_offset_s is None else abs(device.clock_offset_s), "not_told")


KNOWN = KnownFact(
    "seen",
    FactSpec("clock_offset_s", "float", "s", "how far its clock was from the collector's when it was last heard", 0),
    _read,
)
