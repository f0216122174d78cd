"""Plan figures for a sitting where nothing was measured at any school on the line: a new building, a test planned."""

from __future__ import annotations

import math

from collector.readiness.assessment.assessment import Assessment
from collector.readiness.assessment.counting import needed_devices
from collector.readiness.derived.line_start_burst import burst_rate
from collector.readiness.domain.fact_values import number_of
from collector.readiness.domain.model import Profile
from collector.readiness.domain.plan import Plan
from collector.readiness.evidence.index import EvidenceIndex
from collector.readiness.occasions.occasion import Occasion

PUPILS_PER_RADIO = "room.clients_per_radio"
"""The fact whose limit says how many pupils a radio carries."""


def is_unmeasured(observed: EvidenceIndex) -> bool:
    """Whether nothing that counts was ever measured there, by machines or gear; what anybody may have sent does not."""
    by_gear = observed.uplink or observed.radios or any(port.read_at for port in observed.uplink_ports)
    return not (any(observed.by_probe.values()) or by_gear)


def plan_of(case: Assessment) -> Plan:
    """What the occasion would take by the profile: rates of its own and its margin, and what it assumes of others."""
    occasion, capacity = case.occasion, case.profile.capacity
    pupils, margin = occasion.pupils_on_line, capacity.margin.value
    others = max(0, occasion.people_on_line - pupils)
    limit = _pupils_per_radio(case.profile)
    return Plan(
        pupils=occasion.at_school(lambda one: one.pupils),
        pupils_on_line=pupils,
        down_mbit_s=round(pupils * capacity.down_per_pupil.value * margin, 6),
        up_mbit_s=round(pupils * capacity.up_per_pupil.value * margin, 6),
        start_mbit_s=round(pupils * burst_rate(capacity).unkind * margin, 6),
        margin=margin,
        others=others,
        others_down_mbit_s=round(others * capacity.background_down_per_other_user.value, 6),
        others_up_mbit_s=round(others * capacity.background_up_per_other_user.value, 6),
        machines=needed_devices(case),
        radios=None if limit is None else _radios(occasion, limit),
        pupils_per_radio=limit,
    )


def _pupils_per_radio(profile: Profile) -> float | None:
    values = (one.value for one in profile.requirements if one.fact == PUPILS_PER_RADIO)
    limits = (None if isinstance(value, list) else number_of(value) for value in values)
    return next((limit for limit in limits if limit is not None and limit > 0), None)


def _radios(occasion: Occasion, limit: float) -> int:
    """Walls stand between rooms, so each has radios of its own; a sitting without rooms is one room."""
    rooms = [occasion.pupils_in(room) for room in occasion.sitting.rooms] or [occasion.sitting.pupils]
    return sum(math.ceil(pupils / limit) for pupils in rooms)
