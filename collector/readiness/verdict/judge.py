"""The judgement of one sitting: evidence, calendar, profile and time in; a verdict out. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
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
from collector.readiness.evidence.index import EvidenceIndex
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
    return verdict_on(lay_out(occasion, profile, evidence, releases, now))


def lay_out(
    occasion: Occasion, profile: Profile, evidence: Mapping[str, Evidence | LaidOut], releases: Releases, now: datetime
) -> Assessment:
    """All that is known of the sitting, before it is judged. Raises ValueError as `judge` does."""
    observed = {school: laid_out(found, now).observed for school, found in evidence.items()}
    nothing = all(map(is_unmeasured, observed.values()))
    return replace(assess(occasion, profile, observed, releases), is_unmeasured=nothing)


def verdict_on(case: Assessment) -> Verdict:
    """What it comes to."""
    occasion, profile, findings = case.occasion, case.profile, findings_of(case)
    plan = plan_of(case) if case.is_unmeasured else None
    status, binding = _status(findings, plan), by_constraint(findings)
    return Verdict(
        sitting=occasion.sitting,
        starts_at=occasion.begins_at,
        school=occasion.school,
        profile=profile.id,
        judged_at=case.now,
        status=status,
        headroom=binding[0].headroom if binding and status is not Status.UNKNOWN else None,
        binding=binding[0].requirement if binding else None,
        next_binding=binding[1].requirement if len(binding) > 1 else None,
        findings=findings,
        simulated=occasion.school.simulated or _is_simulated(case.observed),
        limit=line_limit(case.line_observed, profile.evidence.line_days),
        hints=hint_summary(case.observed, profile, case.releases),
        set_aside=set_aside_summary(case.observed.set_aside),
        plan=plan,
        warnings=calendar_warnings(occasion.sitting, case.now, occasion.breaks),
    )


def _status(findings: Sequence[Finding], plan: Plan | None) -> Status:
    """The worst of the findings; nothing is ready by a plan, whatever the profile asks for."""
    found = worst(findings)
    return Status.UNKNOWN if plan is not None and found is not Status.NOT_READY else found


def _is_simulated(observed: EvidenceIndex) -> bool:
    heard = (*observed.devices.values(), *observed.hints.devices.values())
    return any(device.simulated for device in heard)


def findings_of(case: Assessment) -> list[Finding]:
    """What each requirement that says anything of this school comes to, with the root behind each, in their order."""
    judged = [finding_of(one, case) for one in case.profile.requirements if applies(one, case)]
    return with_causes(judged, case.profile.requirements)


def finding_of(requirement: Requirement, case: Assessment) -> Finding:
    """What one requirement comes to by itself."""
    return soften_recommended(_finding(requirement, case))


def _finding(requirement: Requirement, case: Assessment) -> Finding:
    if is_derived(requirement):
        return derived_finding(requirement, case)
    if is_about_devices(requirement):
        return device_finding(requirement, case)
    if requirement.applies_to == "room":
        return room_finding(requirement, case)
    return school_finding(requirement, case)
