"""line.start_burst_headroom: how many times over the line carries the start, when all pupils load the test."""

from __future__ import annotations

from collector.readiness.assessment.assessment import Assessment
from collector.readiness.assessment.derived_fact import Computed, DerivedFact
from collector.readiness.capacity.line import MBIT_S, DirectionSpec, compute_line
from collector.readiness.domain.model import CapacityRule, Requirement
from collector.readiness.explanation.trail import computed, from_profile

_MBIT_PER_MBYTE = 8


def _compute(case: Assessment, requirement: Requirement) -> Computed:
    capacity, line = case.profile.capacity, case.school.line
    rate = burst_rate(capacity)
    load = DirectionSpec(
        fact_name="down_mbit_s",
        per_pupil=rate,
        figures=[
            from_profile("step_burst_per_pupil", capacity.start_burst_per_pupil),
            from_profile("step_burst_within", capacity.start_burst_within),
            computed("step_rate_per_pupil", rate, MBIT_S, "burst x 8 / seconds"),
        ],
        background=capacity.background_down_per_other_user,
        contract=line.down_mbit_s if line else None,
        staggered_s=capacity.start_burst_within.value,
    )
    return compute_line(case, requirement, load)


def burst_rate(capacity: CapacityRule) -> float:
    """Mbit/s that one pupil takes while the test loads."""
    return capacity.start_burst_per_pupil.value * _MBIT_PER_MBYTE / capacity.start_burst_within.value


DERIVED = DerivedFact(
    "line.start_burst_headroom",
    "ratio",
    "what the line leaves for everybody's first load, within the time that the profile gives it, against its size",
    _compute,
)
