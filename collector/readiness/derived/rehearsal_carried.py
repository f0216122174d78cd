"""rehearsal.carried_ratio: the share of a sitting's pupils for whom it worked when they rehearsed, all at once."""

from __future__ import annotations

from collector.readiness.assessment.assessment import Assessment
from collector.readiness.assessment.derived_fact import Bounds, Computed, DerivedFact, exactly, target
from collector.readiness.domain.model import EvidenceSummary, ExplanationStep, Requirement, Status, Text
from collector.readiness.explanation.trail import computed, from_profile, measured, wanted
from collector.readiness.rehearsal.share import PupilsRehearsed, pupils_rehearsed

_SENTENCES = {
    Status.READY: "why_rehearsal_worked",
    Status.AT_RISK: "why_rehearsal_failed",
    Status.NOT_READY: "why_rehearsal_failed",
    Status.UNKNOWN: "why_rehearsal_partly",
}


def _compute(case: Assessment, requirement: Requirement) -> Computed:
    rule, sitting = case.profile.evidence, case.sitting
    found = pupils_rehearsed(
        case.observed, sitting.rooms, sitting.pupils, case.seating.pupil_need, rule.rehearsal_days.value
    )
    asked = target(requirement, 1.0)
    known = found.newest_at is not None
    rooms = ", ".join(case.room_name(room) for room in sorted(found.failing) if room)
    return Computed(
        value=_value(found, asked) if known else None,
        wanted=asked,
        measured=found.carried / found.pupils if known else None,
        required=asked,
        unit="ratio",
        evidence=EvidenceSummary(sum(1 for _ in case.observed.rehearsals), found.newest_at),
        steps=[*wanted(requirement), *_steps(found), from_profile("step_rehearsal_days", rule.rehearsal_days)],
        unknown=None if known else Text("why_rehearsal_elsewhere"),
        sentences=_SENTENCES,
        values={"carried": found.carried, "failed": found.failed, "pupils": found.pupils, "rooms": rooms or "–"},
        advice=[Text("advice_rehearsal_again", {"rooms": rooms})] if rooms else [Text("advice_rehearsal_whole")],
    )


def _value(found: PupilsRehearsed, asked: float) -> Bounds:
    """Those for whom it failed are known, whatever the others would have met: they never make it unknown."""
    least, most = found.share
    return exactly(most) if most < asked else Bounds(least, most)


def _steps(found: PupilsRehearsed) -> list[ExplanationStep]:
    what, at = "newest rehearsal in the sitting's rooms, as the measurement point counted", found.newest_at
    by_room = [
        measured("step_rehearsal_room_failed", pupils, "pupils", f"room {room}", at)
        for room, pupils in sorted(found.failing.items())
        if room
    ]
    by_code = [
        measured("step_rehearsal_failed_by", pupils, "pupils", code, at) for code, pupils in sorted(found.codes.items())
    ]
    return [
        measured("step_rehearsal_carried", found.carried, "pupils", what, at),
        measured("step_rehearsal_failed", found.failed, "pupils", what, at),
        measured("step_rehearsal_unclear", found.unclear, "pupils", f"{what}: not counted, or asked for less", at),
        *by_room,
        *by_code,
        computed("step_rehearsal_least", found.share.least, "ratio", "of the sitting's pupils, all rehearsals"),
        computed("step_rehearsal_most", found.share.most, "ratio", "of the sitting's pupils, all rehearsals"),
    ]


def _was_held(case: Assessment) -> bool:
    return any(held.counts for held in case.observed.rehearsals)


DERIVED = DerivedFact(
    "rehearsal.carried_ratio",
    "ratio",
    "share of the sitting's pupils for whom a rehearsal worked; no finding where none was held",
    _compute,
    _was_held,
)
