"""line.measured_days: on how many of the last days the line was measured. The mission asks for *regular* measuring."""

from __future__ import annotations

from collector.readiness.assessment.assessment import Assessment
from collector.readiness.assessment.derived_fact import Computed, DerivedFact, exactly, target
from collector.readiness.domain.model import EvidenceSummary, Requirement, Status, Text
from collector.readiness.explanation.trail import from_profile, measured, wanted


def _compute(case: Assessment, requirement: Requirement) -> Computed:
    rule = case.profile.evidence
    line = case.line("down")
    days, needed = len(line.days), target(requirement, rule.regular_days.value)
    window = rule.line_days.value
    return Computed(
        value=exactly(days) if days else None,
        wanted=needed,
        measured=days,
        required=needed,
        unit="days",
        evidence=EvidenceSummary(count=len(line.rates), newest_at=line.newest_at),
        steps=[
            *wanted(requirement),
            measured("step_days_measured", days, "days", "throughput.down_mbit_s", line.newest_at),
            from_profile("step_line_days", rule.line_days),
            from_profile("step_regular_days", rule.regular_days),
        ],
        unknown=None if days else Text("why_line_never_measured", {"days": window}),
        sentences={
            Status.READY: "why_days_enough",
            Status.AT_RISK: "why_days_few",
            Status.NOT_READY: "why_days_few",
        },
        values={"days": days, "window": window, "required": needed},
        advice=[Text("advice_days_more", {"days": max(0.0, needed - days)})],
    )


DERIVED = DerivedFact(
    "line.measured_days", "days", "days of the last `line_days` on which the line was measured", _compute
)
