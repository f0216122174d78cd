"""line.measured_days: on how many of the last days the line was measured. The mission asks for *regular* measuring.

A rehearsal that shows for certain that the line carries the sitting makes up for days on which nobody measured: it
settles the line at once (VERDICT.md), until something newer speaks against it or it is too old.
"""

from __future__ import annotations

from collections.abc import Mapping

from collector.readiness.assessment.assessment import Assessment
from collector.readiness.assessment.derived_fact import Computed, DerivedFact, exactly, target
from collector.readiness.domain.model import EvidenceSummary, Figure, Requirement, Status, Text
from collector.readiness.explanation.trail import from_profile, measured, wanted
from collector.readiness.line.series import Direction


def _compute(case: Assessment, requirement: Requirement) -> Computed:
    rule = case.profile.evidence
    line = case.line("down")
    days, needed = len(line.days), target(requirement, rule.regular_days.value)
    window, settled = rule.line_days.value, is_settled_by_rehearsal(case)
    return Computed(
        value=exactly(max(days, needed) if settled else days) if days or settled else None,
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
            Status.READY: "why_days_rehearsed" if days < needed else "why_days_enough",
            Status.AT_RISK: "why_days_few",
            Status.NOT_READY: "why_days_few",
        },
        values={"days": days, "window": window, "required": needed},
        advice=[Text("advice_days_more", {"days": max(0.0, needed - days)})],
    )


def is_settled_by_rehearsal(case: Assessment) -> bool:
    """Whether rehearsals at the sitting's hours show for certain that the line carries all who sit, both ways."""
    capacity, pupils = case.profile.capacity, case.occasion.pupils_on_line
    rates: Mapping[Direction, Figure] = {"down": capacity.down_per_pupil, "up": capacity.up_per_pupil}
    return all((case.line(way).rehearsed.least or 0.0) >= pupils * rate.value > 0 for way, rate in rates.items())


DERIVED = DerivedFact(
    "line.measured_days",
    "days",
    "days of the last `line_days` on which the line was measured; a rehearsal that the line carried makes up for them",
    _compute,
)
