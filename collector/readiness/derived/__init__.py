"""Facts about a whole school that are worked out from what its devices measured, by name with their unit."""

from __future__ import annotations

from collections.abc import Mapping

DERIVED_FACTS: Mapping[str, str] = {
    "devices.usable_headroom": "ratio",
    "latency.p95_ms": "ms",
    "line.down_headroom": "ratio",
    "line.measured_days": "days",
    "line.start_burst_headroom": "ratio",
    "line.up_headroom": "ratio",
    "path.reached_ratio": "ratio",
    "rooms.measured_ratio": "ratio",
}
