"""uplink.speed_mbit_s: how fast the port is that the school's line hangs on. One that is down carries nothing."""

from __future__ import annotations

from collector.readiness.assessment.assessment import Assessment
from collector.readiness.assessment.derived_fact import Computed, DerivedFact
from collector.readiness.capacity.uplink_port import has_uplink, port_of, worked
from collector.readiness.domain.model import Requirement, Text
from collector.readiness.explanation.trail import measured

FASTEST_PORT_MBIT_S = 800_000
"""What is faster was told in another unit: a port of 100 Mbit/s as 100 000 000."""


def _compute(case: Assessment, requirement: Requirement) -> Computed:
    port = port_of(case)
    speed = 0 if port.is_up is False else port.speed_mbit_s
    why = "why_uplink_down" if port.is_up is False else "why_uplink_speed"
    steps = [measured("step_uplink_speed", speed, "Mbit/s", f"uplink port of {port.device}", port.read_at)]
    impossible = Text("why_uplink_speed_impossible", {"device": port.device, "speed": speed or 0})
    unknown = impossible if (speed or 0) > FASTEST_PORT_MBIT_S else None
    return worked(case, requirement, speed, why, {"speed": speed or 0}, steps=steps, unknown=unknown)


DERIVED = DerivedFact(
    "uplink.speed_mbit_s",
    "Mbit/s",
    "speed of the port of the school's line; 0 while it is down",
    _compute,
    applies=has_uplink,
)
