"""line.start_burst_headroom: how many times over the line carries the start, when all pupils load the test."""

from __future__ import annotations

from collector.readiness.assessment.assessment import Assessment
from collector.readiness.assessment.derived_fact import Computed, DerivedFact
from collector.readiness.capacity.demand import DirectionSpec, PupilRate
from collector.readiness.capacity.line import MBIT_S, compute_line
from collector.readiness.domain.model import CapacityRule, ExplanationStep, Requirement
from collector.readiness.explanation.trail import computed, from_profile

_MBIT_PER_MBYTE = 8


def _compute(case: Assessment, requirement: Requirement) -> Computed:
    capacity = case.profile.capacity
    rate = in_groups(burst_rate(capacity), case)
    load = DirectionSpec(
        direction="down",
        per_pupil=rate,
        figures=[
            from_profile("step_burst_per_pupil", capacity.start_burst_per_pupil),
            from_profile("step_burst_within", capacity.start_burst_within),
            *_group_steps(case),
            computed("step_rate_per_pupil", rate.unkind, MBIT_S, "burst x 8 / seconds, and the rate of those at it"),
        ],
        contract=case.occasion.contract("down"),
    )
    return compute_line(case, requirement, load)


def _group_steps(case: Assessment) -> list[ExplanationStep]:
    starting = case.occasion.pupils_starting
    if starting == case.occasion.pupils_on_line:
        return []
    return [
        computed("step_pupils_starting", starting, "pupils", "the most that start together, in groups"),
        from_profile("step_rate_at_it", case.profile.capacity.down_per_pupil),
    ]


def burst_rate(capacity: CapacityRule) -> PupilRate:
    """What one pupil takes while the test loads, in Mbit/s: within how long all have begun is assumed."""
    within = capacity.start_burst_within
    mbit = capacity.start_burst_per_pupil.value * _MBIT_PER_MBYTE
    return PupilRate(mbit / within.value, mbit / (within.kind or within.value))


def in_groups(rate: PupilRate, case: Assessment) -> PupilRate:
    """What each of all pupils takes on average while one group of them loads the test and the others are at it."""
    occasion = case.occasion
    share = occasion.pupils_starting / occasion.pupils_on_line
    at_it = case.profile.capacity.down_per_pupil.value
    return PupilRate(*(share * one + (1 - share) * min(at_it, one) for one in rate)) if share < 1 else rate


DERIVED = DerivedFact(
    "line.start_burst_headroom",
    "ratio",
    "what the line leaves for everybody's first load, within the time that the profile gives it, against its size",
    _compute,
)
