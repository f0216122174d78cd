"""What the facts about a school's uplink share: which port it is, and whether what is known of it is new enough."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from agent.protocol.quantiles import samples_needed
from collector.readiness.assessment.assessment import Assessment
from collector.readiness.assessment.derived_fact import Computed, exactly
from collector.readiness.domain.fact_values import number_of
from collector.readiness.domain.model import EvidenceSummary, ExplanationStep, Requirement, Status, Text, UplinkPort
from collector.readiness.explanation.trail import computed, measured, wanted

_PERCENT = 100
_S_PER_H = 3_600
_CONFIDENCE = 0.95


def has_uplink(case: Assessment) -> bool:
    """Whether network.yaml names the school's uplink: elsewhere there is nothing to say of it."""
    return bool(case.observed.uplink_ports)


def port_of(case: Assessment) -> UplinkPort:
    """The school's uplink; of several (the file was changed) the one that was read last."""
    ports = case.observed.uplink_ports
    read = [port for port in ports if port.read_at is not None]
    return max(read, key=lambda port: str(port.read_at)) if read else ports[0]


def age_h(case: Assessment, port: UplinkPort) -> float | None:
    """Hours since the port was read; None if it never was."""
    return None if port.read_at is None else max(0.0, (case.now - port.read_at).total_seconds() / _S_PER_H)


def why_old(case: Assessment, port: UplinkPort, longest: timedelta) -> Text | None:
    """Why what is known of the port says nothing of today; None if it does."""
    if port.read_at is None:
        return Text("why_uplink_never_read", {"device": port.device})
    if case.now - port.read_at > longest:
        return Text("why_uplink_stale", {"device": port.device, "hours": round(age_h(case, port) or 0.0)})
    return None


def worked(
    case: Assessment,
    requirement: Requirement,
    value: float | None,
    why: str,
    values: Mapping[str, str | int | float],
    *,
    steps: list[ExplanationStep],
    unknown: Text | None = None,
) -> Computed:
    """What a fact about the port came to. `why` is the sentence whatever the status, `unknown` why it has no value."""
    port = port_of(case)
    limit = None if isinstance(requirement.value, list) else number_of(requirement.value)
    too_old = why_old(case, port, timedelta(days=case.profile.evidence.line_days.value))
    doubt = too_old or unknown or (Text("why_uplink_not_told", {"device": port.device}) if value is None else None)
    return Computed(
        value=None if doubt is not None or value is None else exactly(value),
        wanted=limit,
        measured=value,
        required=limit,
        unit=requirement.unit,
        evidence=EvidenceSummary(count=0 if port.read_at is None else 1, newest_at=port.read_at),
        steps=[*wanted(requirement), *steps],
        unknown=doubt,
        sentences=dict.fromkeys(Status, why),
        values={**values, "device": port.device},
        advice=[Text("advice_uplink_poll", {"device": port.device})] if doubt is not None else [],
    )


def spoiled_share(case: Assessment, requirement: Requirement, spoiled_count: int, why: str) -> Computed:
    """A share of spoiled packets. With fewer packets than it takes to see such a share, it is unknown."""
    port = port_of(case)
    limit = None if isinstance(requirement.value, list) else number_of(requirement.value)
    needed = samples_needed(limit, _CONFIDENCE) if limit is not None and 0 < limit < 1 else 1
    share = spoiled_count / port.packets_count if port.packets_count else None
    is_quiet = port.packets_count < needed
    source = f"uplink port of {port.device}"
    return worked(
        case,
        requirement,
        share,
        why,
        {"percent": (share or 0.0) * _PERCENT},
        steps=[
            measured("step_uplink_packets", port.packets_count, "packets", source, port.read_at),
            measured("step_uplink_spoiled", spoiled_count, "packets", source, port.read_at),
        ],
        unknown=Text("why_uplink_quiet", {"device": port.device, "packets": port.packets_count}) if is_quiet else None,
    )


def age_step(case: Assessment, port: UplinkPort) -> ExplanationStep:
    """How old the newest reading is."""
    return computed("step_uplink_read_age", age_h(case, port), "hours", f"now - last reading of {port.device}")
