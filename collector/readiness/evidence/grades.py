"""How far a piece of evidence can be trusted, by who sent it and under whose eyes. Pure.

An enrolled agent attests. A browser is supervised in a session that staff opened for a room and a time; outside one it
is anonymous: anybody who reaches the page may have sent it, so it is a hint, and nothing is concluded from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from collector.readiness.domain.model import DeviceSeen, Observation

Grade = Literal["attested", "supervised", "anonymous"]


@dataclass(frozen=True)
class GradedEvidence:
    """Observations that count, with the devices that made them or may still; and the hints, with those that gave them.

    A browser that has never been in a session is no device of the school: anybody could make as many as they like.
    """

    devices: Mapping[str, DeviceSeen]
    counting: list[Observation] = field(default_factory=list)
    hinting: Mapping[str, DeviceSeen] = field(default_factory=dict)
    hints: list[Observation] = field(default_factory=list)


def grade_of(device: DeviceSeen, session: str | None) -> Grade:
    """The grade of what `device` measured in the session, or outside any."""
    if device.kind == "agent":
        return "attested"
    return "anonymous" if session is None else "supervised"


def graded(observations: Iterable[Observation], devices: Mapping[str, DeviceSeen]) -> GradedEvidence:
    """The observations of these devices, what anybody may have sent apart."""
    counting, hints = list[Observation](), list[Observation]()
    for one in observations:
        is_hint = grade_of(devices[one.device_id], one.session) == "anonymous"
        (hints if is_hint else counting).append(one)
    supervised = {one.device_id for one in counting}
    known = {name: one for name, one in devices.items() if one.kind == "agent" or name in supervised}
    hinting = {one.device_id: devices[one.device_id] for one in hints}
    return GradedEvidence(known, counting, hinting, hints)
