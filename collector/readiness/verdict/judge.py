"""The judgement of one sitting: evidence, calendar, profile and time in; a verdict out. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from collector.readiness.assessment.assessment import Assessment, assess, is_about_devices
from collector.readiness.devices.findings import device_finding
from collector.readiness.devices.hints import hint_summary
from collector.readiness.domain.calendar_warnings import calendar_warnings
from collector.readiness.domain.model import (
    Evidence,
    Finding,
    Profile,
    Releases,
    Requirement,
    Status,
    Verdict,
)
from collector.readiness.domain.plan import Plan
from collector.readiness.domain.verdicts import by_constraint, soften_recommended, with_causes, worst
from collector.readiness.evidence.set_aside import set_aside_summary
from collector.readiness.line.limit import line_limit
from collector.readiness.occasions.occasion import Occasion
from collector.readiness.verdict.derived_findings import applies, derived_finding, is_derived
from collector.readiness.verdict.laid_out import LaidOut, laid_out
from collector.readiness.verdict.plan import is_unmeasured, plan_of
from collector.readiness.verdict.room_findings import room_finding, school_finding


def judge(
    occasion: Occasion, profile: Profile, evidence: Mapping[str, Evidence | LaidOut], releases: Releases, now: datetime
) -> Verdict:
    """What the evidence says about the occasion's sitting at `now`. Same input, same verdict. `evidence` is that of
    every school on the line, by code; of the sitting's own there must be some, be it empty.

    Raises ValueError where a share of the profile that must lie between 0 and 1 does not: the loader holds that.
    """
    known = {school: laid_out(found, now) for school, found in evidence.items()}
    observed = {school: one.observed for school, one in known.items()}
    case = assess(occasion, profile, observed, releases)
    own = known[occasion.school.code].evidence
    asked = [requirement for requirement in profile.requirements if applies(requirement, case)]
    judged = [soften_recommended(_finding(requirement, case)) for requirement in asked]
    findings = with_causes(judged, profile.requirements)
    plan = plan_of(case) if all(map(is_unmeasured, observed.values())) else None
    status, binding = _status(findings, plan), by_constraint(findings)
    return Verdict(
        sitting=occasion.sitting,
        starts_at=occasion.begins_at,
        school=occasion.school,
        profile=profile.id,
        judged_at=now,
        status=status,
        headroom=binding[0].headroom if binding and status is not Status.UNKNOWN else None,
        binding=binding[0].requirement if binding else None,
        next_binding=binding[1].requirement if len(binding) > 1 else None,
        findings=findings,
        simulated=occasion.school.simulated or any(device.simulated for device in own.devices),
        limit=line_limit(case.line_observed, profile.evidence.line_days),
        hints=hint_summary(case.observed, profile, releases),
        set_aside=set_aside_summary(case.observed.set_aside),
        plan=plan,
        warnings=calendar_warnings(occasion.sitting, now, occasion.breaks),
    )


def _status(findings: Sequence[Finding], plan: Plan | None) -> Status:
    """The worst of the findings; nothing is ready by a plan, whatever the profile asks for."""
    found = worst(findings)
    return Status.UNKNOWN if plan is not None and found is not Status.NOT_READY else found


def _finding(requirement: Requirement, case: Assessment) -> Finding:
    if is_derived(requirement):
        return derived_finding(requirement, case)
    if is_about_devices(requirement):
        return device_finding(requirement, case)
    if requirement.applies_to == "room":
        return room_finding(requirement, case)
    return school_finding(requirement, case)
