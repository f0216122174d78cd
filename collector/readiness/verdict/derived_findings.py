"""Requirements on derived facts: the whole school's number against the requirement's."""

from __future__ import annotations

from collector.readiness.assessment.assessment import Assessment
from collector.readiness.assessment.derived_fact import Computed
from collector.readiness.derived import DERIVED
from collector.readiness.domain.comparison import Setting
from collector.readiness.domain.model import Finding, Requirement, Status, Text
from collector.readiness.domain.operators import compare
from collector.readiness.domain.share_names import share_of
from collector.readiness.domain.verdicts import weigh_the_same


def derived_finding(requirement: Requirement, case: Assessment) -> Finding:
    """Works the fact out and compares it; unknown where it is, or where what is not known could change the answer."""
    assert isinstance(requirement.fact, str)
    worked = DERIVED[requirement.fact].compute(case, requirement)
    status = _status(requirement, worked, case)
    unknown = status is Status.UNKNOWN
    return Finding(
        requirement=requirement.id,
        title=requirement.title,
        failing=requirement.failing,
        owner=requirement.owner,
        severity=requirement.severity,
        status=status,
        measured=worked.measured,
        required=worked.required,
        unit=worked.unit,
        headroom=None if unknown else worked.headroom,
        why=_why(worked, status),
        remedy=requirement.remedy,
        advice=[] if status is Status.READY else worked.advice,
        evidence=worked.evidence,
        steps=worked.steps,
        caused_by=worked.blames,
        share_of=share_of(requirement.fact),
    )


def _status(requirement: Requirement, worked: Computed, case: Assessment) -> Status:
    if worked.value is None:
        return Status.UNKNOWN
    lenient = worked.lenient or worked.value
    as_it_is = _compared(requirement, worked, case, worked.value.least, lenient.least)
    at_best = _compared(requirement, worked, case, worked.value.most, lenient.most)
    return as_it_is if weigh_the_same(as_it_is, at_best, requirement.severity) else Status.UNKNOWN


def _compared(
    requirement: Requirement, worked: Computed, case: Assessment, value: float | str, lenient: float | str
) -> Status:
    setting = Setting(str(requirement.fact), case.releases, case.now, case.ends_at)
    passes = compare(requirement.operator, value, worked.wanted, setting)
    if passes is None:
        return Status.UNKNOWN
    if passes:
        return Status.READY
    softer = worked.default_softer if requirement.at_risk_value is None else requirement.at_risk_value
    close = softer is not None and compare(requirement.operator, lenient, softer, setting) is True
    return Status.AT_RISK if close else Status.NOT_READY


def _why(worked: Computed, status: Status) -> Text:
    if worked.unknown is not None and status is Status.UNKNOWN:
        return worked.unknown
    code = worked.sentences.get(status)
    return Text("why_not_comparable") if code is None else Text(code, dict(worked.values))


def is_derived(requirement: Requirement) -> bool:
    """Whether its fact is worked out for the whole school."""
    return isinstance(requirement.fact, str) and requirement.fact in DERIVED


def applies(requirement: Requirement, case: Assessment) -> bool:
    """Whether the requirement says anything about this school."""
    return not is_derived(requirement) or DERIVED[str(requirement.fact)].applies(case)
