"""line.up_headroom: how many times over the line carries the sitting's upload beside the rest of the school."""

from __future__ import annotations

from collector.readiness.case import Case
from collector.readiness.derived.fact import DerivedFact, Worked
from collector.readiness.domain import Requirement
from collector.readiness.line_capacity import Load, work_out_line
from collector.readiness.steps import from_profile


def _work_out(case: Case, requirement: Requirement) -> Worked:
    capacity, line = case.profile.capacity, case.school.line
    load = Load(
        fact_name="up_mbit_s",
        per_pupil=capacity.up_per_pupil.value,
        figures=[from_profile("step_rate_per_pupil", capacity.up_per_pupil)],
        background=capacity.background_up_per_other_user,
        contract=line.up_mbit_s if line else None,
    )
    return work_out_line(case, requirement, load)


DERIVED = DerivedFact("line.up_headroom", "ratio", _work_out)
