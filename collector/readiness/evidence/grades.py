"""How far a piece of evidence can be trusted, by who sent it and under whose eyes. Pure.

An enrolled agent attests. A browser is supervised in a session that staff opened for a room and a time; outside one it
is anonymous: anybody who reaches the page may have sent it, so it is a hint, and nothing is concluded from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from collector.readiness.domain.model import DeviceSeen
from collector.readiness.domain.strands import Strand

Grade = Literal["attested", "supervised", "anonymous"]


@dataclass(frozen=True)
class GradedEvidence:
    """What counts, with the devices that made them or may still; and the hints, with those that gave them.

    A browser that has never been in a session is no device of the school: anybody could make as many as they like.
    """

    devices: Mapping[str, DeviceSeen]
    counting: list[Strand] = field(default_factory=list)
    hinting: Mapping[str, DeviceSeen] = field(default_factory=dict)
    hints: list[Strand] = field(default_factory=list)


def grade_of(device: DeviceSeen, session: str | None) -> Grade:
    """The grade of what `device` measured in the session, or outside any."""
    if device.kind == "agent":
        return "attested"
    return "anonymous" if session is None else "supervised"


def graded(said: Iterable[Strand], devices: Mapping[str, DeviceSeen]) -> GradedEvidence:
    """What these devices said, what anybody may have sent apart."""
    counting, hints = list[Strand](), list[Strand]()
    for strand in said:
        device = devices[strand.device_id]
        if device.kind == "agent":
            counting.append(strand)
            continue
        hinting_ones = [one for one in strand if grade_of(device, one.session) == "anonymous"]
        counting_ones = [one for one in strand if grade_of(device, one.session) != "anonymous"]
        counting += filter(None, [strand.only(counting_ones)])
        hints += filter(None, [strand.only(hinting_ones)])
    supervised = {one.device_id for one in counting}
    known = {name: one for name, one in devices.items() if one.kind == "agent" or name in supervised}
    hinting = {one.device_id: devices[one.device_id] for one in hints}
    return GradedEvidence(known, counting, hinting, hints)
