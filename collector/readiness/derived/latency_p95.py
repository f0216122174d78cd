"""latency.p95_ms: the slow end of each device's round trips, for nine devices out of ten."""

from __future__ import annotations

from agent.protocol.quantiles import tail_rank
from collector.readiness.assessment.assessment import Assessment
from collector.readiness.assessment.derived_fact import Computed, DerivedFact, exactly
from collector.readiness.domain.fact_values import number_of
from collector.readiness.domain.model import Requirement, Status, Text
from collector.readiness.evidence.index import read, summary
from collector.readiness.explanation.trail import computed, from_profile, measured, wanted

_SLOW_SHARE = 0.1
_FACT = "rtt_p95_ms"


def _compute(case: Assessment, requirement: Requirement) -> Computed:
    newest, days = case.observed.newest.get("latency", {}), case.profile.evidence.line_days
    readings = [read(newest, device, _FACT, case.now, days) for device in newest]
    told = [(value, one.observation) for one in readings if (value := number_of(one.value)) is not None]
    slowest_first = sorted((value for value, _ in told), reverse=True)
    slow = slowest_first[tail_rank(len(told), _SLOW_SHARE) - 1] if told else None
    evidence = summary(observation for _, observation in told)
    limit = None if isinstance(requirement.value, list) else number_of(requirement.value)
    return Computed(
        value=None if slow is None else exactly(slow),
        wanted=limit,
        measured=slow,
        required=limit,
        unit="ms",
        evidence=evidence,
        steps=[
            *wanted(requirement),
            measured("step_devices_told", len(told), "devices", f"latency.{_FACT}", evidence.newest_at),
            computed("step_slow_tenth", slow, "ms", "a tenth of the devices are at this or slower"),
            from_profile("step_line_days", days),
        ],
        unknown=Text("why_latency_never_measured", {"days": days.value}) if slow is None else None,
        sentences={
            Status.READY: "why_latency_short",
            Status.AT_RISK: "why_latency_long",
            Status.NOT_READY: "why_latency_long",
        },
        values={"slow": slow or 0.0, "devices": len(told)},
    )


DERIVED = DerivedFact(
    "latency.p95_ms",
    "ms",
    "each device's 95th percentile of round trips, taken at the slowest tenth of the devices",
    _compute,
)
