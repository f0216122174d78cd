"""How many times over the line carries a sitting beside the rest of the school: alike for both directions."""

from __future__ import annotations

from collector.readiness.assessment.assessment import Assessment
from collector.readiness.assessment.derived_fact import Computed, DerivedFact
from collector.readiness.capacity.demand import DirectionSpec, PupilRate
from collector.readiness.capacity.line import compute_line
from collector.readiness.domain.model import Requirement
from collector.readiness.explanation.trail import from_profile
from collector.readiness.line.series import Direction


def line_headroom(direction: Direction) -> DerivedFact:
    """The fact `line.<direction>_headroom`."""

    def compute(case: Assessment, requirement: Requirement) -> Computed:
        capacity = case.profile.capacity
        per_pupil = capacity.down_per_pupil if direction == "down" else capacity.up_per_pupil
        load = DirectionSpec(
            direction=direction,
            per_pupil=PupilRate(per_pupil.value, per_pupil.value),
            figures=[from_profile("step_rate_per_pupil", per_pupil)],
            contract=case.occasion.contract(direction),
        )
        return compute_line(case, requirement, load)

    what = f"what the line leaves for the test, against what the year group needs, {direction}"
    return DerivedFact(f"line.{direction}_headroom", "ratio", what, compute)
