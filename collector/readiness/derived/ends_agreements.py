"""ends.agreements_on: the first end of an agreement, a licence or a list that the school has written down."""

from __future__ import annotations

from collector.readiness.assessment.assessment import Assessment
from collector.readiness.assessment.derived_fact import Computed, DerivedFact
from collector.readiness.domain.fact_values import DATE_UNIT, end_of_day
from collector.readiness.domain.model import Requirement, Text
from collector.readiness.ends.ending import Ending, earliest_end


def _compute(case: Assessment, requirement: Requirement) -> Computed:
    ends = [(one.what, end_of_day(one.ends_on)) for one in case.school.agreements]
    found = [Ending(what, end, end) for what, end in ends]
    return earliest_end(case, requirement, found, unknown=Text("why_end_no_agreement"))


DERIVED = DerivedFact(
    "ends.agreements_on",
    DATE_UNIT,
    "first end of an agreement, a licence or a list in schools.yaml",
    _compute,
    applies=lambda case: bool(case.school.agreements),
)
