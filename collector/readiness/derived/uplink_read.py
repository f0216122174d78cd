"""uplink.read_age_h: how long ago the school's uplink was read. Older than asked for is unknown, not bad."""

from __future__ import annotations

from datetime import timedelta

from collector.readiness.assessment.assessment import Assessment
from collector.readiness.assessment.derived_fact import Computed, DerivedFact
from collector.readiness.capacity.uplink_port import age_h, age_step, has_uplink, port_of, why_old, worked
from collector.readiness.domain.fact_values import number_of
from collector.readiness.domain.model import Requirement


def _compute(case: Assessment, requirement: Requirement) -> Computed:
    port = port_of(case)
    longest_h = None if isinstance(requirement.value, list) else number_of(requirement.value)
    unknown = why_old(case, port, timedelta(hours=longest_h or 0.0))
    steps = [age_step(case, port)]
    return worked(case, requirement, age_h(case, port), "why_uplink_read", {}, steps=steps, unknown=unknown)


DERIVED = DerivedFact(
    "uplink.read_age_h",
    "hours",
    "since when the port of the school's line was not read; longer than asked for is unknown",
    _compute,
    applies=has_uplink,
)
