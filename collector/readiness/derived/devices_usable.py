"""devices.usable_headroom: devices that satisfy every required device requirement, against pupils and spares."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

from collector.readiness.assessment.assessment import Assessment
from collector.readiness.assessment.counting import tally, tally_steps
from collector.readiness.assessment.derived_fact import Bounds, Computed, DerivedFact, target
from collector.readiness.devices.findings import counted_advice, why_counted
from collector.readiness.domain.model import Requirement, Status, Text
from collector.readiness.evidence.compliance import Fulfilment, counted_devices
from collector.readiness.evidence.index import RELEASES_AGING, is_fresh, summary
from collector.readiness.evidence.reasons import missing_values
from collector.readiness.explanation.trail import computed, wanted


def _compute(case: Assessment, requirement: Requirement) -> Computed:
    required = [
        one.id
        for one in case.profile.requirements
        if one.id in case.answers and one.severity == "required" and one.fact != requirement.fact
    ]
    devices = counted_devices(case.observed)
    count = tally(case, {device: _weakest(case, device, required) for device in devices})
    aged = sum(_only_aged(case, device, required) for device in devices)
    usable = count.ok + count.risky
    most_ok = count.ok + count.ok_in_turn + count.possible
    most_usable = usable + count.ok_in_turn + count.risky_in_turn + count.possible
    days = case.profile.evidence.device_days
    newest = [one for found in case.observed.newest.values() for one in found.values()]
    nothing_asked = Text("why_devices_nothing_asked") if not required else None
    return Computed(
        value=Bounds(count.ok / count.need, most_ok / count.need) if required else None,
        wanted=target(requirement, 1.0),
        lenient=Bounds(usable / count.need, most_usable / count.need),
        default_softer=count.pupils / count.need,
        measured=count.ok,
        required=count.need,
        unit="devices",
        evidence=summary(one for one in newest if is_fresh(one, case.now, days)),
        steps=[
            *wanted(requirement),
            *tally_steps(case, count),
            computed("step_headroom", count.ok / count.need, "ratio", "devices in order / devices needed"),
        ],
        headroom=count.ok / count.need,
        unknown=nothing_asked,
        sentences={status: why_counted(count, status).code for status in Status},
        values={name: value for name, value in asdict(count).items() if isinstance(value, int)},
        advice=[*counted_advice(count, updatable=False, aged=aged), *missing_values(_reasons(case, required))],
    )


def _weakest(case: Assessment, device: str, required: list[str]) -> Fulfilment:
    """A device is as usable as the worst thing about it: one requirement that fails is enough, known or not."""
    return min((case.answers[one][device].outcome for one in required), default=Fulfilment.UNKNOWN)


def _only_aged(case: Assessment, device: str, required: list[str]) -> bool:
    """At the limit by an old list of releases and by nothing else: a newer list mends it."""
    risky = [one for one in (case.answers[name][device] for name in required) if one.outcome is Fulfilment.RISKY]
    is_risky = _weakest(case, device, required) is Fulfilment.RISKY
    return is_risky and all(answer.reason == RELEASES_AGING for answer in risky)


def _reasons(case: Assessment, required: list[str]) -> Iterator[str]:
    """Why a device that nothing speaks against cannot be counted on: the first requirement that it leaves open, or a
    list of releases that has aged.
    """
    for device in counted_devices(case.observed):
        if _only_aged(case, device, required):
            yield RELEASES_AGING
        if _weakest(case, device, required) is Fulfilment.UNKNOWN and required:
            answers = (case.answers[one][device] for one in required)
            yield next(answer.reason for answer in answers if answer.outcome is Fulfilment.UNKNOWN)


DERIVED = DerivedFact(
    "devices.usable_headroom",
    "ratio",
    "devices that meet every required device requirement, against pupils and spares",
    _compute,
)
