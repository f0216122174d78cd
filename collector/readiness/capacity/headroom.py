"""How many times over the line carries a sitting beside the rest of the school: alike for both directions."""

from __future__ import annotations

from typing import NamedTuple

from collector.readiness.assessment.assessment import Assessment
from collector.readiness.assessment.derived_fact import Computed, DerivedFact
from collector.readiness.capacity.line import DirectionSpec, compute_line
from collector.readiness.domain.model import CapacityRule, Figure, Line, Requirement
from collector.readiness.explanation.trail import from_profile
from collector.readiness.line.series import Direction


class _Figures(NamedTuple):
    per_pupil: Figure
    background: Figure
    contract: float | None


def line_headroom(direction: Direction) -> DerivedFact:
    """The fact `line.<direction>_headroom`."""

    def compute(case: Assessment, requirement: Requirement) -> Computed:
        figures = _figures(direction, case.profile.capacity, case.school.line)
        load = DirectionSpec(
            fact_name=f"{direction}_mbit_s",
            per_pupil=figures.per_pupil.value,
            figures=[from_profile("step_rate_per_pupil", figures.per_pupil)],
            background=figures.background,
            contract=figures.contract,
        )
        return compute_line(case, requirement, load)

    what = f"what the line leaves for the test, against what the year group needs, {direction}"
    return DerivedFact(f"line.{direction}_headroom", "ratio", what, compute)


def _figures(direction: Direction, capacity: CapacityRule, line: Line | None) -> _Figures:
    if direction == "down":
        contract = line.down_mbit_s if line else None
        return _Figures(capacity.down_per_pupil, capacity.background_down_per_other_user, contract)
    contract = line.up_mbit_s if line else None
    return _Figures(capacity.up_per_pupil, capacity.background_up_per_other_user, contract)
