"""When a run has seen enough. Pure."""

from __future__ import annotations

from typing import Literal, NamedTuple

from agent.protocol.wire import ThroughputLimits
from agent.throughput.estimate import Estimate, estimate
from agent.throughput.timeline import Timeline

StopReason = Literal["steady", "time", "bytes", "unsure"]
"""`unsure`: it looked steady, and what was found in the end is less sure than `precision` all the same."""

LEAST_S = 0.6
"""Shorter runs would not tell a burst at the start from the line's rate."""

LEAST_ROUND_TRIPS = 8
"""So long TCP needs to find its rate."""

LEAST_BYTES = 1_000_000
"""What shapers let through in a burst, often 64 kB, has to be a small part of what was seen: thin lines take longer."""


class StopRule(NamedTuple):
    """Stops at the bounds of `limits`, and earlier once the estimate is sure enough. `rtt_s`: of the idle line."""

    limits: ThroughputLimits
    rtt_s: float

    @property
    def least_s(self) -> float:
        """So long the same connections carry data before anything is made of it."""
        return max(LEAST_S, LEAST_ROUND_TRIPS * self.rtt_s)

    def reason(self, timeline: Timeline | None, carried_bytes: int, began_s: float, now_s: float) -> StopReason | None:
        """Why to stop now, or None: go on. `timeline` is None until all connections carry data."""
        if carried_bytes >= self.limits.max_bytes:
            return "bytes"
        if now_s - began_s >= self.limits.max_seconds:
            return "time"
        if timeline is None or now_s - timeline.start_s < self.least_s:
            return None
        if timeline.bytes_at(timeline.end_s) < LEAST_BYTES:
            return None
        found = self.estimate(timeline, now_s)
        return "steady" if found and found.settled and found.within(self.limits.precision) else None

    def estimate(self, timeline: Timeline, to_s: float | None = None) -> Estimate | None:
        """What the timeline tells until `to_s` (default: its last mark). One round trip hangs together."""
        return estimate(timeline, self.rtt_s, to_s)
